"""Middleware around signing in: the connection's headers, the second factor that a role must have,
and a thin mark of when a session was last used."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.contrib import messages
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    JsonResponse,
)
from django.middleware.security import SecurityMiddleware
from django.shortcuts import redirect
from django.utils import timezone

from fengcai.apps.contests.second_factor import lacks_second_factor
from fengcai.apps.people.access import seen
from fengcai.web.shared.address import client_address
from fengcai.web.shared.refusals import wants_json

if TYPE_CHECKING:
    from fengcai.apps.people.models import User

log = logging.getLogger("fengcai.web")

PERMISSIONS = (
    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), "
    "publickey-credentials-get=(self), publickey-credentials-create=(self)"
)
OPEN = ("/accounts/", "/static/", "/enter/", "/healthz", "/readyz")
KNOWN = "second_factor_known"
KNOWN_FOR = 300.0  # seconds: after a role is given, the gate closes within this time
SEEN_EVERY = 600.0  # seconds
MOST_SESSIONS = 10_000
REFUSAL = "您的角色必须启用第二步验证。请先到“账号安全”启用动态验证码或通行密钥，再继续。"


class Transport(SecurityMiddleware):
    """Django's, with a Permissions-Policy, and without sending a browser round in a circle when a
    proxy that is not trusted says that it has come by HTTPS."""

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        """Redirect to HTTPS where that was asked for."""
        if (
            settings.SECURE_SSL_REDIRECT
            and not request.is_secure()
            and request.headers.get("X-Forwarded-Proto") == "https"
        ):
            log.warning("前面的代理已用 HTTPS，但 FENGCAI_TRUSTED_PROXIES=0：请按代理层数设置")
            return None
        return super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Add the headers."""
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return super().process_response(request, response)


class SecondFactorGate:
    """Leads who must have a second factor and has none to the page where it is set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on, or answer 302 (403 to scripts)."""
        if (
            not settings.FENGCAI_SECOND_FACTOR_FOR
            or request.path.startswith(OPEN)
            or not request.user.is_authenticated
            or not self._missing(request)
        ):
            return self.get_response(request)
        if wants_json(request) or request.headers.get("HX-Request"):
            return JsonResponse(
                {"message": REFUSAL, "code": "second-factor"},
                status=403,
                json_dumps_params={"ensure_ascii": False},
            )
        messages.warning(request, REFUSAL)
        return redirect("account_security")

    def _missing(self, request: HttpRequest) -> bool:
        now = time.time()
        if now - float(request.session.get(KNOWN, 0)) < KNOWN_FOR:
            return False
        user = cast("User", request.user)
        missing = lacks_second_factor(user)
        if not missing:
            request.session[KNOWN] = now
        return missing


class Presence:
    """Marks each session as seen, once in ten minutes for each process: 1 SQL then, else none. A page
    with somebody's name on it, also a public one, is for no cache that others read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._seen: dict[str, float] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer first, mark then."""
        response = self.get_response(request)
        key = request.session.session_key
        if key and request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-cache")
        now = time.monotonic()
        if key and now - self._seen.get(key, -SEEN_EVERY) >= SEEN_EVERY:
            if len(self._seen) >= MOST_SESSIONS:
                self._seen.clear()
            self._seen[key] = now
            if request.user.is_authenticated:
                seen(session_key=key, at=timezone.now(), address=client_address(request))
        return response
