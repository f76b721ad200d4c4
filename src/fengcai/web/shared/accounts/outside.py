"""Signing in by what another system says: WeChat, 企业微信, CAS, a directory; tying it to an account.

An identity opens an account that it was tied to, and no other. Nothing here makes an account.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.decorators import login_not_required
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fengcai.apps.people.identities import account_for, account_of_this_name, tie, untie
from fengcai.apps.refusals import Refused
from fengcai.engines.identity import Identity, NotVouched
from fengcai.web.shared.accounts import doors
from fengcai.web.shared.accounts.device import device_in_words
from fengcai.web.shared.accounts.entrance import come_in, not_just_come_in
from fengcai.web.shared.accounts.errands import (
    Errand,
    begin,
    drop_pending,
    keep_pending,
    pending,
    pending_since,
    safe_next,
    take,
)
from fengcai.web.shared.accounts.limits import Tries
from fengcai.web.shared.address import client_address
from fengcai.web.shared.browser import in_wechat, in_wecom
from fengcai.web.shared.pace import paced
from fengcai.web.shared.requests import MemberRequest

if TYPE_CHECKING:
    from fengcai.apps.people.models import User

log = logging.getLogger("fengcai.web")
LOST = "这次登录已经过期，或不是从这个浏览器开始的，没有登录。请再试一次。"


@login_not_required
@never_cache
@paced("outside", limit=300, seconds=60)
@require_POST
def start(request: HttpRequest, provider: str) -> HttpResponse:
    """The button of a provider on the sign-in page."""
    return depart(request, provider, process="login", next=safe_next(request, _next(request)))


@login_required
@reauthentication_required(app="allauth.socialaccount")
@require_http_methods(["GET", "HEAD", "POST"])
def attach(request: MemberRequest, provider: str) -> HttpResponse:
    """The button 绑定 on the page of one's account."""
    if request.method != "POST":  # from the page that asked for the password again
        return redirect("account_security")
    if provider == "ldap" and doors.directory():
        return redirect(reverse("account_ldap") + "?" + urlencode({"for": "link"}))
    return depart(request, provider, process="link", next=reverse("account_security"))


def depart(
    request: HttpRequest, provider: str, *, process: str, next: str = "", silent: bool = False
) -> HttpResponse:
    """Send the browser to the provider. Raises Http404 for one that is not set."""
    client = _client(request, provider)
    state = begin(request, provider, process=process, next=next, silent=silent)
    back = request.build_absolute_uri(reverse("account_outside_back", args=[provider]))
    if provider == "cas":
        return redirect(client.login_url(f"{back}?{urlencode({'state': state})}"))
    if provider == "wecom":
        inside = in_wecom(request)
        return redirect(client.authorize_url(redirect_uri=back, state=state, inside=inside))
    return redirect(client.authorize_url(redirect_uri=back, state=state))


@login_not_required
@never_cache
@sensitive_variables("ticket")
@paced("outside", limit=300, seconds=60)
@require_safe
def back(request: HttpRequest, provider: str) -> HttpResponse:
    """The provider sends the browser back, with what can be exchanged once for an identity."""
    client = _client(request, provider)
    state = request.GET.get("state", "")[:64]
    errand = take(request, provider, state)
    if errand is None:
        return _failed(request, LOST)
    ticket = request.GET.get("ticket" if provider == "cas" else "code", "")
    if not ticket or len(ticket) > 600:  # turned back there, or nothing sensible came
        return _turned_back(request, provider, errand)
    try:
        if provider == "cas":
            here = request.build_absolute_uri(reverse("account_outside_back", args=[provider]))
            identity = client.identity(ticket, f"{here}?{urlencode({'state': state})}")
        else:
            identity = client.identity(ticket)
    except NotVouched as refusal:
        log.warning("%s 登录没有成功：%s", provider, refusal.why)
        if errand.silent:
            return _asked(errand.next)
        return _failed(request, refusal.text, next=errand.next)
    return arrive(request, identity, errand)


@login_not_required
@never_cache
@sensitive_variables("password")
@sensitive_post_parameters("password")
@paced("ldap", limit=300, seconds=60)
@require_http_methods(["GET", "HEAD", "POST"])
def ldap(request: HttpRequest) -> HttpResponse:
    """Name and password of the hospital's directory: to sign in, or to tie it to one's account."""
    client = doors.directory()
    if client is None:
        raise Http404
    linking = request.user.is_authenticated and "link" in (
        request.GET.get("for"), request.POST.get("for"),
    )  # fmt: skip
    if linking and not did_recently_reauthenticate(request):
        return redirect("account_security")  # the button there asks for the password first
    page = {
        "name": doors.name_of("ldap"),
        "next": safe_next(request, _next(request)),
        "linking": linking,
    }
    if request.method != "POST":
        return render(request, "account/ldap.html", page)
    login, password = request.POST.get("login", ""), request.POST.get("password", "")
    tries = Tries("ldap", login, request)
    page["login"] = login[:191]
    if wait := tries.closed():
        return render(request, "account/ldap.html", {**page, "error": wait}, status=429)
    try:
        identity = client.identity(login, password)
    except NotVouched as refusal:
        if refusal.again and not refusal.mend:
            tries.failed()
        else:
            log.warning("单位账号登录没有成功：%s", refusal.why)
        return render(request, "account/ldap.html", {**page, "error": refusal.text}, status=422)
    tries.right()
    user = request.user.pk if linking else None
    errand = Errand("ldap", "link" if linking else "login", str(page["next"]), user, False, 0)
    return arrive(request, identity, errand)


def arrive(request: HttpRequest, identity: Identity, errand: Errand) -> HttpResponse:
    """What an identity leads to: the account that it is tied to, tying it, or a page that says how to
    have it tied."""
    name = doors.name_of(identity.provider)
    if identity.passing:
        return render(request, "account/passing.html", {"next": errand.next}, status=403)
    if errand.process == "link":
        if not request.user.is_authenticated or request.user.pk != errand.user:
            return _failed(request, "绑定的过程中换了账号或退出了登录，没有绑定。")
        return _tie(request, identity)
    user = account_for(identity)
    if user is None and settings.FENGCAI_DOOR_MATCH.get(identity.provider) == "username":
        user = account_of_this_name(identity)
        if user is not None:
            tie(user=user, identity=identity, at=timezone.now(), **_from(request))
    if user is not None:
        drop_pending(request)
        return come_in(request, user, identity.provider, next=errand.next)
    keep_pending(request, identity)
    if request.user.is_authenticated:
        return redirect("account_link")
    if errand.silent:
        return _asked(errand.next)
    return render(
        request,
        "account/unlinked.html",
        {"name": name, "who": identity.name or identity.login, **_other_ways()},
        status=403,
    )


@login_required
@never_cache
@reauthentication_required(app="allauth.socialaccount", enabled=not_just_come_in)
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: MemberRequest) -> HttpResponse:
    """Tie the identity with which this browser came first to the account that it is in now; only when
    the person says so."""
    identity = pending(request)
    if identity is None:
        return redirect("me")
    if request.method != "POST":
        name = doors.name_of(identity.provider)
        page = {
            "name": name,
            "who": identity.name or identity.login,
            "since": pending_since(request),
        }
        return render(request, "account/link.html", page)
    drop_pending(request)
    if "no" in request.POST:
        return redirect("me")
    return _tie(request, identity)


@login_required
@reauthentication_required(app="allauth.socialaccount")
@require_http_methods(["GET", "HEAD", "POST"])
def detach(request: MemberRequest, provider: str) -> HttpResponse:
    """The button 解除."""
    if request.method != "POST":
        return redirect("account_security")
    name = doors.name_of(provider)
    try:
        if untie(user=request.user, provider=provider, at=timezone.now(), **_from(request)):
            messages.success(request, f"已解除{name}，以后不能再用它登录这个账号。")
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("account_security")


def _tie(request: HttpRequest, identity: Identity) -> HttpResponse:
    name = doors.name_of(identity.provider)
    try:
        user = cast("User", request.user)
        tie(user=user, identity=identity, at=timezone.now(), **_from(request))
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"已绑定{name}，以后可以用它登录这个账号。")
    return redirect("account_security")


def _client(request: HttpRequest, provider: str) -> Any:
    """The client of a provider to whose page one is sent. Raises Http404 where it is not set."""
    client: Any = {
        "wechat": lambda: doors.wechat(inside=in_wechat(request)),
        "wecom": doors.wecom,
        "cas": doors.cas,
    }.get(provider, lambda: None)()
    if client is None:
        raise Http404
    return client


def _from(request: HttpRequest) -> dict[str, str]:
    return {
        "address": client_address(request),
        "device": device_in_words(request.META.get("HTTP_USER_AGENT", "")),
    }


def _next(request: HttpRequest) -> str | None:
    return request.POST.get("next") or request.GET.get("next")


def _asked(next: str) -> HttpResponse:
    """The sign-in page, which does not ask the provider by itself again."""
    query = {"asked": "1", **({"next": next} if next else {})}
    return redirect(f"{reverse('account_login')}?{urlencode(query)}")


def _turned_back(request: HttpRequest, provider: str, errand: Errand) -> HttpResponse:
    if errand.process == "link":
        return redirect("account_security")
    if not errand.silent:
        messages.info(request, f"没有用{doors.name_of(provider)}登录。可以再试，或换一种方式。")
    return _asked(errand.next)


def _failed(request: HttpRequest, text: str, *, next: str = "") -> HttpResponse:
    page = {"text": text, "next": next, **_other_ways()}
    return render(request, "account/not_vouched.html", page, status=403)


def _other_ways() -> dict[str, object]:
    return {"by_phone": doors.by_phone()}
