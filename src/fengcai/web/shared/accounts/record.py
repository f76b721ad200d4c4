"""Listens to allauth, axes and Django, and writes each account's log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.signals import password_changed
from allauth.mfa import signals as factors
from allauth.mfa.models import Authenticator
from allauth.socialaccount.signals import social_account_added, social_account_removed
from axes.signals import user_locked_out
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from django.utils import timezone

from fengcai.apps.people.access import remember_session
from fengcai.apps.people.events import Kind
from fengcai.apps.people.identities import NAMES
from fengcai.apps.people.log import note, noted_since
from fengcai.apps.people.queries import account_in_any_case
from fengcai.web.shared.accounts.device import device_in_words
from fengcai.web.shared.accounts.gate import KNOWN
from fengcai.web.shared.address import client_address

if TYPE_CHECKING:
    from fengcai.apps.people.models import User

ADDED = {
    Authenticator.Type.TOTP: Kind.TOTP_ADDED,
    Authenticator.Type.WEBAUTHN: Kind.PASSKEY_ADDED,
    Authenticator.Type.RECOVERY_CODES: Kind.CODES_MADE,
}
REMOVED = {
    Authenticator.Type.TOTP: Kind.TOTP_REMOVED,
    Authenticator.Type.WEBAUTHN: Kind.PASSKEY_REMOVED,
    Authenticator.Type.RECOVERY_CODES: Kind.CODES_REMOVED,
}
MEANS = {
    "password": "密码",
    "personal_link": "专属链接",
    "socialaccount": "统一认证",
    "phone": "手机验证码",
    **{key: name for key, name in NAMES.items() if key != "oidc"},
    "totp": "动态验证码",
    "webauthn": "通行密钥",
    "recovery_codes": "恢复码",
}


def listen() -> None:
    """Connect everything, once, when Django is ready."""
    user_logged_in.connect(on_sign_in, dispatch_uid="account-log-sign-in")
    user_locked_out.connect(on_locked, dispatch_uid="account-log-locked")
    password_changed.connect(on_password, dispatch_uid="account-log-password")
    factors.authenticator_added.connect(on_added, dispatch_uid="account-log-added")
    factors.authenticator_reset.connect(on_added, dispatch_uid="account-log-reset")
    factors.authenticator_removed.connect(on_removed, dispatch_uid="account-log-removed")
    factors.authenticator_used.connect(on_used, dispatch_uid="account-log-used")
    factors.authentication_failed.connect(on_failed, dispatch_uid="account-log-failed")
    social_account_added.connect(on_linked, dispatch_uid="account-log-linked")
    social_account_removed.connect(on_unlinked, dispatch_uid="account-log-unlinked")


def write(request: HttpRequest, user: User, kind: Kind, detail: str = "") -> None:
    """One line about what happened in `request`."""
    note(
        user,
        kind,
        at=timezone.now(),
        address=client_address(request),
        device=device_in_words(request.META.get("HTTP_USER_AGENT", "")),
        detail=detail,
    )


def on_sign_in(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    """By whatever way, personal links included; the session is listed from now on."""
    remember_session(
        user,
        session_key=str(request.session.session_key),
        address=client_address(request),
        user_agent=request.META.get("HTTP_USER_AGENT", ""),
        at=timezone.now(),
    )
    steps = []
    for step in get_authentication_records(request, user):
        words = MEANS.get(step.get("type", "")) or MEANS.get(step["method"], "")
        if words and words not in steps:
            steps.append(words)
    write(request, user, Kind.SIGNED_IN, "＋".join(steps))


def on_locked(sender: Any, request: HttpRequest, username: str, **_: Any) -> None:
    """Once for each cool-off, however often the locked door is tried."""
    user = account_in_any_case(username)
    if user is None or noted_since(
        user,
        Kind.LOCKED,
        at=timezone.now(),
        within=settings.AXES_COOLOFF_TIME,
        address=client_address(request),
    ):
        return
    write(request, user, Kind.LOCKED, f"{settings.AXES_FAILURE_LIMIT} 次密码不对")


def on_password(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    """The owner changed it."""
    write(request, user, Kind.PASSWORD_CHANGED)


def on_added(
    sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    """A factor, or a new set of recovery codes."""
    write(request, user, ADDED[Authenticator.Type(authenticator.type)], _name(authenticator))


def on_removed(
    sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    """A factor; the gate looks again."""
    request.session.pop(KNOWN, None)
    write(request, user, REMOVED[Authenticator.Type(authenticator.type)], _name(authenticator))


def on_used(
    sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    """Only a recovery code is worth a line of its own."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        left = len(authenticator.wrap().get_unused_codes())
        write(request, user, Kind.CODE_USED, f"还剩 {left} 个")


def on_failed(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    """Somebody had the password right and the code wrong."""
    write(request, user, Kind.FACTOR_FAILED)


def on_linked(sender: Any, request: HttpRequest, sociallogin: Any, **_: Any) -> None:
    """An identity of the provider opens this account from now on."""
    write(request, sociallogin.user, Kind.LINKED)


def on_unlinked(sender: Any, request: HttpRequest, socialaccount: Any, **_: Any) -> None:
    """No longer."""
    write(request, socialaccount.user, Kind.UNLINKED)


def _name(authenticator: Authenticator) -> str:
    if authenticator.type == Authenticator.Type.WEBAUTHN:
        return str(authenticator.wrap().name)
    return ""
