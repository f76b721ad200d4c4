"""The page on which people see and change how they come in, and what little it does itself."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.account.decorators import reauthentication_required
from allauth.socialaccount.internal.flows.connect import disconnect
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from fengcai.apps.contests.second_factor import must_have_second_factor
from fengcai.apps.people.access import (
    end_session,
    end_sessions,
    factors_of,
    identity_of,
    sessions_of,
)
from fengcai.apps.people.events import Kind
from fengcai.apps.people.identities import ties_of
from fengcai.apps.people.log import newest
from fengcai.apps.people.phones.actions import phone_of
from fengcai.web.shared.accounts import doors
from fengcai.web.shared.accounts.device import device_in_words
from fengcai.web.shared.accounts.entrance import LEFT
from fengcai.web.shared.accounts.errands import pending, safe_next
from fengcai.web.shared.accounts.outside import depart
from fengcai.web.shared.accounts.record import write
from fengcai.web.shared.address import passkeys_at
from fengcai.web.shared.browser import in_wechat
from fengcai.web.shared.requests import MemberRequest

CHOICE = frozenset({"wechat", "wecom", "phone", "cas", "ldap"})
"""With any of these the sign-in page asks first how to come in."""


def sign_in(request: HttpRequest) -> HttpResponse:
    """How to come in? Where there is the password only (or OIDC and passkeys beside it), its form.

    Inside WeChat, who has a tie to it comes in without a tap, once for each time that it was asked
    for; not who has signed out here. The form itself is allauth's.
    """
    if request.method in ("GET", "HEAD") and not request.user.is_authenticated:
        next = safe_next(request, request.GET.get("next"))
        if _comes_by_itself(request):
            return depart(request, "wechat", process="login", next=next, silent=True)
        ways = doors.ways(request)
        if request.GET.get("way") != "password" and any(way.key in CHOICE for way in ways):
            known = pending(request)
            page = {"ways": ways, "next": next, "known": known and doors.name_of(known.provider)}
            return never_cache_now(render(request, "account/ways.html", page))
    answer: HttpResponse = account.login(request)
    return answer


def _comes_by_itself(request: HttpRequest) -> bool:
    return (
        request.method == "GET"
        and in_wechat(request)
        and doors.wechat(inside=True) is not None
        and not {"asked", "way"} & set(request.GET)
        and not request.session.get(LEFT)
    )


def never_cache_now(answer: HttpResponse) -> HttpResponse:
    """The same headers as `never_cache`, for one answer of a view that has others."""
    add_never_cache_headers(answer)
    return answer


@login_required
@never_cache
@require_safe
def security(request: MemberRequest) -> HttpResponse:
    """Password, second step, where one is signed in, and what has happened."""
    sessions = sessions_of(request.user, current=str(request.session.session_key))
    page: dict[str, Any] = {
        "factors": factors_of(request.user),
        "must": must_have_second_factor(request.user),
        "passkeys_at": passkeys_at(request).value,
        "sessions": [(row, device_in_words(row.user_agent)) for row in sessions],
        "others": sum(not row.current for row in sessions),
        "lines": newest(request.user),
        "oidc_name": settings.FENGCAI_OIDC_NAME,
        "identity": identity_of(request.user) if settings.FENGCAI_OIDC_NAME else None,
        "ties": _ties(request),
        "by_phone": doors.by_phone(),
        "phone": phone_of(request.user),
        "by_mail": doors.by_mail(),
    }
    return render(request, "account/security.html", page)


def _ties(request: MemberRequest) -> list[dict[str, Any]]:
    """The providers that are set, or were when the account was tied to them."""
    held = ties_of(request.user)
    here = [
        key
        for key in doors.configured()
        if key != "wechat" or doors.wechat(inside=in_wechat(request))
    ]
    known = [key for key in settings.FENGCAI_DOOR_NAMES if key in held or key in here]
    return [
        {"key": key, "name": doors.name_of(key), "tie": held.get(key), "possible": key in here}
        for key in known
    ]


@login_required
@require_POST
def sign_out_elsewhere(request: MemberRequest) -> HttpResponse:
    """End every other session, or the one that is named."""
    chosen = request.POST.get("session", "")
    if chosen.isdecimal():
        ended = int(end_session(request.user, int(chosen[:18])))
    else:
        ended = end_sessions(request.user, but=str(request.session.session_key))
    if ended:
        write(request, request.user, Kind.SESSIONS_ENDED, f"{ended} 处")
        messages.success(request, f"已让 {ended} 处设备退出登录。")
    else:
        messages.info(request, "没有别的设备登录着这个账号。")
    return redirect("account_security")


@login_required
@require_POST
@reauthentication_required(app="allauth.socialaccount")
def unlink(request: MemberRequest) -> HttpResponse:
    """Untie the identity provider, if there is another way in."""
    identity = identity_of(request.user)
    if identity is None:
        messages.info(request, "没有绑定统一认证。")
    elif not request.user.has_usable_password() and not factors_of(request.user).passkeys:
        messages.error(
            request, "这是您唯一的登录方式，不能解除。请先添加通行密钥，或联系管理员设密码。"
        )
    else:
        disconnect(request, identity)
    return redirect("account_security")


def inactive(request: HttpRequest) -> HttpResponse:
    """The account was closed by the office."""
    return render(request, "account/inactive.html", status=403)
