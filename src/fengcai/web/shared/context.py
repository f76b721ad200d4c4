"""What every page knows: the installation, the server's clock, the seats of who is signed in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone


def installation(request: HttpRequest) -> dict[str, Any]:
    """Context for every template."""
    return {
        "server_now": timezone.now(),
        "demo_logins": settings.FENGCAI_DEMO_LOGINS if is_loopback(request) else (),
        "demo_password": settings.FENGCAI_DEMO_PASSWORD if is_loopback(request) else "",
        "demo_phones": tuple(settings.FENGCAI_DEMO_PHONES.values()) if is_loopback(request) else (),
        "icp": settings.FENGCAI_ICP,
        "oidc_name": settings.FENGCAI_OIDC_NAME,
        "debug": settings.DEBUG,
    }


def is_loopback(request: HttpRequest) -> bool:
    """Whether the asker sits at this machine itself: demo logins are shown to nobody else."""
    forwarded = request.headers.get("X-Forwarded-For") or request.headers.get("Forwarded")
    return not forwarded and request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"}
