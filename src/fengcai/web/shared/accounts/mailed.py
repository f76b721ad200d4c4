"""Links that go out by mail: to set a forgotten password anew, and to confirm an address.

Whether an account or an address is known is not told; a link is good for an hour, and the one that sets
a password for one time.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.decorators import login_not_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import base36_to_int, int_to_base36
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from fengcai.apps.messages.actions import Recipient, post
from fengcai.apps.people.access import set_password
from fengcai.apps.people.actions import set_email
from fengcai.apps.people.events import Kind
from fengcai.apps.people.queries import account_by_number, accounts_to_reset
from fengcai.apps.refusals import Refused
from fengcai.web.shared.accounts import doors
from fengcai.web.shared.accounts.device import device_in_words
from fengcai.web.shared.accounts.limits import Tries
from fengcai.web.shared.address import client_address
from fengcai.web.shared.pace import paced
from fengcai.web.shared.requests import MemberRequest

if TYPE_CHECKING:
    from fengcai.apps.people.models import User

EMAIL_SALT = "fengcai.account.email"
LIFE = 3600  # seconds
GONE = "这个链接无效、用过或已过一小时，没有改动。需要的话请重新获取一个。"


@login_not_required
@never_cache
@paced("reset", limit=60, seconds=60)
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Whose password? The answer is the same for everybody."""
    _require_mail()
    if request.method != "POST":
        return render(request, "account/forgotten.html")
    login = request.POST.get("login", "").strip()[:191]
    if not login:
        page = {"error": "请填账号或邮箱。"}
        return render(request, "account/forgotten.html", page, status=422)
    tries = Tries("reset", login, request)
    if not tries.closed():  # else the same page, and nothing is sent
        tries.failed()
        for user in accounts_to_reset(login):
            _mail_reset(user)
    return render(request, "account/forgotten_sent.html", {"login": login})


@transaction.atomic
@sensitive_variables("token")
def _mail_reset(user: User) -> None:
    token = default_token_generator.make_token(user)
    path = reverse("account_reset", args=[int_to_base36(user.pk), token])
    _mail(user, user.email, "account.reset", path)


@login_not_required
@never_cache
@sensitive_post_parameters()
@sensitive_variables()
@paced("reset", limit=60, seconds=60)
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """Set a new password by a mailed link. The second step stays."""
    user = _of(number)
    if user is None or not default_token_generator.check_token(user, token):
        return render(request, "account/link_gone.html", {"text": GONE}, status=410)
    page: dict[str, Any] = {"account": user}
    if request.method != "POST":
        return render(request, "account/reset.html", page)
    first, second = request.POST.get("password1", ""), request.POST.get("password2", "")
    if not constant_time_compare(first, second):
        page |= {"error": "两次输入不一样，请重输。"}
        return render(request, "account/reset.html", page, status=422)
    try:
        set_password(
            username=user.username,
            password=first,
            at=timezone.now(),
            by=f"{device_in_words(request.META.get('HTTP_USER_AGENT', ''))}，{client_address(request)}",
            kind=Kind.PASSWORD_RESET,
        )
    except Refused as refusal:
        page |= {"error": refusal.message}
        return render(request, "account/reset.html", page, status=422)
    messages.success(request, "新密码已设好，其他设备已退出。请用新密码登录。")
    return redirect(reverse("account_login") + "?way=password")


@login_required
@never_cache
@reauthentication_required(app="allauth.account")
@paced("email", limit=20, seconds=60)
@require_http_methods(["GET", "HEAD", "POST"])
def email(request: MemberRequest) -> HttpResponse:
    """Which address? A link goes there; nothing changes before it is opened."""
    _require_mail()
    if request.method != "POST":
        return render(request, "account/email.html")
    given = request.POST.get("email", "").strip()[:254]
    tries = Tries("email", str(request.user.pk), request)
    error = tries.closed() and "今天要的验证邮件太多了，请过一会儿再试。"
    try:
        validate_email(given)
    except ValidationError:
        error = "邮箱的写法不对，例如 zhangsan@example.cn。"
    if error:
        page = {"error": error, "given": given}
        return render(request, "account/email.html", page, status=422)
    tries.failed()
    with transaction.atomic():
        token = signing.dumps([request.user.pk, given, request.user.email], salt=EMAIL_SALT)
        _mail(request.user, given, "account.email", reverse("account_confirm", args=[token]))
    return render(request, "account/email_sent.html", {"given": given})


@login_required
@never_cache
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: MemberRequest, token: str) -> HttpResponse:
    """The mailed link, opened by who asked for it. A look at it changes nothing: mail programs look."""
    try:
        pk, given, before = signing.loads(token, salt=EMAIL_SALT, max_age=LIFE)
    except (signing.BadSignature, ValueError):
        pk, given, before = 0, "", ""
    if pk != request.user.pk or before != request.user.email:
        return render(request, "account/link_gone.html", {"text": GONE}, status=410)
    if request.method != "POST":
        return render(request, "account/email_confirm.html", {"given": given})
    device = device_in_words(request.META.get("HTTP_USER_AGENT", ""))
    set_email(
        user=request.user, email=given, at=timezone.now(), address=client_address(request),
        device=device,
    )  # fmt: skip
    messages.success(request, "邮箱已验证，以后可以用它登录和找回密码。")
    return redirect("account_security")


def _mail(user: User, to: str, template: str, path: str) -> None:
    post(
        template=template,
        to=Recipient(user.pk, str(user), to, ""),
        context={
            "name": str(user),
            "username": user.username,
            "link": f"{settings.FENGCAI_PUBLIC_URL}{path}",
        },
        channel="mail",
        key=f"{template}:{secrets.token_hex(12)}",
        contest=None,
        at=timezone.now(),
        expires_at=timezone.now() + timedelta(seconds=LIFE),
    )


def _of(number: str) -> User | None:
    try:
        return account_by_number(base36_to_int(number))
    except ValueError:
        return None


def _require_mail() -> None:
    if not doors.by_mail():
        raise Http404
