"""Signing in with a telephone number and a code, and proving the number of one's account.

Each step is a page of its own. What is known of a number is told only to who has entered its code.
"""

from __future__ import annotations

import secrets
import time
from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.decorators import login_not_required
from captcha.conf import settings as captcha
from captcha.models import CaptchaStore
from captcha.views import captcha_audio, captcha_image
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.signing import BadSignature
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fengcai.apps.messages.actions import Recipient, post
from fengcai.apps.people.phones.actions import (
    LIFE,
    NO_MOBILE,
    accounts_of,
    new_code,
    prove,
    remove_phone,
    verify_phone,
)
from fengcai.apps.people.phones.numbers import masked, mobile
from fengcai.apps.refusals import Refused
from fengcai.apps.registration.queries import ways_for_phone
from fengcai.web.shared.accounts import doors
from fengcai.web.shared.accounts.device import device_in_words
from fengcai.web.shared.accounts.entrance import come_in
from fengcai.web.shared.accounts.errands import safe_next
from fengcai.web.shared.address import client_address, counted_address
from fengcai.web.shared.pace import paced
from fengcai.web.shared.requests import MemberRequest

STEP = "phone_step"
STEP_LIFE = 900.0  # seconds
DEVICE, DEVICE_LIFE = "fengcai_device", 365 * 24 * 3600
WRONG = "验证码不对，或已经过期。请核对短信里最新的一条；输错五次要重新获取。"


class NumberForm(forms.Form):
    """A mobile number, and the digits of the picture."""

    number = forms.CharField(label="手机号", max_length=40, error_messages={"required": NO_MOBILE})
    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    picture = forms.CharField(
        label="图中的四位数字", max_length=8, error_messages={"required": "请填图中的四位数字。"}
    )

    def clean_number(self) -> str:
        """Eleven digits."""
        number = mobile(self.cleaned_data["number"])
        if not number:
            raise forms.ValidationError(NO_MOBILE)
        return number

    def clean(self) -> dict[str, Any]:
        """The picture is good once, right or wrong."""
        said = self.cleaned_data.get("picture", "").strip()
        row = CaptchaStore.objects.filter(hashkey=self.cleaned_data.get("key", "")).first()
        if row is not None:
            gone, _ = CaptchaStore.objects.filter(pk=row.pk).delete()
            alive = gone and row.expiration > timezone.now()
        if said and (
            row is None or not alive or not constant_time_compare(row.response, said.lower())
        ):
            self.add_error("picture", "数字不对，或图已过期。已换一张，请照新图填写。")
        return self.cleaned_data


@login_not_required
@never_cache
@paced("phone", limit=300, seconds=60)
@require_http_methods(["GET", "HEAD", "POST"])
def number(request: HttpRequest) -> HttpResponse:
    """Which number? Then a code goes to it, whoever it belongs to."""
    if not doors.by_phone():
        raise Http404
    if request.user.is_authenticated:
        return redirect("account_my_phone")
    return _ask_number(request, process="login")


@login_required
@never_cache
@reauthentication_required(app="allauth.account")
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: MemberRequest) -> HttpResponse:
    """Prove the number by which the own account may be opened."""
    if not doors.by_phone():
        raise Http404
    return _ask_number(request, process="prove")


def _ask_number(request: HttpRequest, *, process: str) -> HttpResponse:
    form = NumberForm(request.POST if request.method == "POST" else None)
    next = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    device = _device(request)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            _send(form.cleaned_data["number"], request, device)
        except Refused as refusal:
            form.add_error(None, refusal.message)
            status = refusal.status
        else:
            request.session[STEP] = {
                "number": form.cleaned_data["number"],
                "process": process,
                "user": request.user.pk,
                "next": next,
                "at": time.time(),
            }
            return _remembering(redirect("account_phone_code"), device)
    elif form.is_bound:
        status = 422
    page = {
        "form": form,
        "next": next,
        "proving": process == "prove",
        "picture": CaptchaStore.generate_key(),
        "spoken": captcha.CAPTCHA_FLITE_PATH is not None,
        "printed": doors.codes_are_printed(),
    }
    answer = render(request, "account/phone.html", page, status=status)
    return _remembering(answer, device)


@transaction.atomic
@sensitive_variables("code")
def _send(number: str, request: HttpRequest, device: str) -> None:
    now = timezone.now()
    code = new_code(number=number, address=counted_address(request), device=device, at=now)
    post(
        template="account.code",
        to=Recipient(phone=number),  # never the account: the outbox must not tell whose it is
        context={"code": code, "minutes": int(LIFE.total_seconds() // 60)},
        channel="sms",
        key=f"account.code:{secrets.token_hex(12)}",
        contest=None,
        at=now,
        expires_at=now + LIFE,
    )


@login_not_required
@never_cache
@sensitive_post_parameters("code")
@sensitive_variables("given")
@paced("phone-code", limit=300, seconds=60)
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Which code? A right one opens the account, or says that there is none."""
    step = _step(request)
    if step is None:
        return redirect("account_phone")
    page = {"number": masked(step["number"]), "next": step["next"],
            "proving": step["process"] == "prove", "printed": doors.codes_are_printed()}  # fmt: skip
    if request.method != "POST":
        return render(request, "account/phone_code.html", page)
    now = timezone.now()
    given = request.POST.get("code", "")[:20]
    if not prove(number=step["number"], code=given, at=now):
        return render(request, "account/phone_code.html", {**page, "error": WRONG}, status=422)
    if step["process"] == "prove":
        return _proved(request, step["number"])
    found = accounts_of(step["number"])
    if len(found) == 1:
        return _open(request, found[0], step)
    request.session[STEP] = {**step, "proved": True, "at": time.time()}
    if found:
        return redirect("account_phone_choose")
    del request.session[STEP]
    own, doors_open = ways_for_phone(step["number"], at=now)
    page |= {"own": own, "doors": doors_open}
    return render(request, "account/phone_unknown.html", page, status=403)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Which of the accounts that this number opens?"""
    step = _step(request)
    if step is None or not step.get("proved") or step["process"] != "login":
        return redirect("account_phone")
    found = accounts_of(step["number"])
    chosen = request.POST.get("account", "")
    for user in found if request.method == "POST" else ():
        if str(user.pk) == chosen:
            return _open(request, user, step)
    page = {"number": masked(step["number"]), "accounts": found}
    return render(request, "account/phone_choose.html", page)


@login_required
@require_POST
@reauthentication_required(app="allauth.account")
def forget(request: MemberRequest) -> HttpResponse:
    """Take the proved number away from the own account."""
    if remove_phone(user=request.user, at=timezone.now(), **_from(request)):
        messages.success(request, "已解除手机号，以后不能再用它登录这个账号。")
    return redirect("account_security")


@login_not_required
@paced("picture", limit=300, seconds=60)
@require_safe
def picture(request: HttpRequest, key: str) -> HttpResponse:
    """The picture with the digits."""
    return cast("HttpResponse", captcha_image(request, key))


@login_not_required
@paced("picture", limit=30, seconds=60)
@require_safe
def spoken(request: HttpRequest, key: str) -> HttpResponse:
    """The digits read out, where this server has the programs for it."""
    return cast("HttpResponse", captcha_audio(request, key))


def _open(request: HttpRequest, user: Any, step: dict[str, Any]) -> HttpResponse:
    """First use by the roster's number proves it for good."""
    del request.session[STEP]
    verify_phone(user=user, number=step["number"], at=timezone.now(), **_from(request))
    return come_in(request, user, "phone", next=step["next"])


def _proved(request: HttpRequest, number: str) -> HttpResponse:
    step = request.session.pop(STEP)
    if not request.user.is_authenticated or request.user.pk != step["user"]:
        return redirect("account_phone")
    verify_phone(user=request.user, number=number, at=timezone.now(), **_from(request))
    messages.success(request, f"手机号 {masked(number)} 已验证，以后可以用它登录。")
    return redirect("account_security")


def _step(request: HttpRequest) -> dict[str, Any] | None:
    step = request.session.get(STEP)
    return step if step and time.time() - step["at"] < STEP_LIFE else None


def _device(request: HttpRequest) -> str:
    """The random name of this browser; a new one where it has none or made one up."""
    try:
        return str(request.get_signed_cookie(DEVICE, max_age=DEVICE_LIFE))
    except (KeyError, BadSignature):
        return secrets.token_hex(12)


def _remembering(answer: HttpResponse, device: str) -> HttpResponse:
    answer.set_signed_cookie(
        DEVICE, device, max_age=DEVICE_LIFE, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE, path="/accounts/",
    )  # fmt: skip
    return answer


def _from(request: HttpRequest) -> dict[str, str]:
    return {
        "address": client_address(request),
        "device": device_in_words(request.META.get("HTTP_USER_AGENT", "")),
    }
