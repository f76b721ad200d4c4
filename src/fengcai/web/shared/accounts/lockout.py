"""Locking an account after wrong passwords: by whom attempts are counted, and what people read.

Counting is axes'. One account from one address is locked, so that a stranger who guesses elsewhere
cannot shut its owner out.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from fengcai.apps.people.access import attempts_key, locked_until
from fengcai.apps.people.queries import username_for
from fengcai.web.shared.address import counted_address
from fengcai.web.shared.refusals import wants_json

__all__ = ["attempts_key", "locked_out", "tried_name"]


def tried_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The account name that was tried, in one spelling: `Admin` is no second five attempts."""
    name = (credentials or {}).get("username") or username_for(request.POST.get("login") or "")
    return str(name).strip().casefold()[:150]


def locked_out(
    request: HttpRequest,
    original: HttpResponse | None = None,
    credentials: dict[str, Any] | None = None,
) -> HttpResponse:
    """429: when to try again, and what else there is."""
    cool_off: timedelta = settings.AXES_COOLOFF_TIME
    until: datetime = locked_until(
        username=tried_name(request, credentials),
        address=counted_address(request),
        cool_off=cool_off,
    ) or (timezone.now() + cool_off)
    # A minute more than a minute less: who comes at the minute told must be let try.
    local = timezone.localtime(until) + timedelta(seconds=59)
    told = f"{local:%H:%M}"
    if wants_json(request):
        answer: HttpResponse = JsonResponse(
            {"message": f"登录失败次数太多，请在 {told} 之后再试。", "code": "locked"},
            status=429,
            json_dumps_params={"ensure_ascii": False},
        )
    else:
        answer = render(
            request,
            "account/locked.html",
            {"until": told, "limit": settings.AXES_FAILURE_LIMIT},
            status=429,
        )
    answer["Retry-After"] = str(max(1, int((until - timezone.now()).total_seconds())))
    return answer
