"""The stage of a live round from the office's side: the draw, the clock, the printed order."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from fengcai.apps.judging.actions import draw_order, record_time
from fengcai.apps.judging.queries import round_of, stage_page
from fengcai.apps.refusals import Refused
from fengcai.web.organiser.doorway import actor, organiser_only, show

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest


@require_safe
@organiser_only
def stage(request: HttpRequest, contest: Contest, round_id: str) -> HttpResponse:
    """Who comes when, how long it took; to print and to keep time by."""
    return _page(request, contest, round_id)


@require_POST
@organiser_only
def draw(request: HttpRequest, contest: Contest, round_id: str) -> HttpResponse:
    """Draw the order of appearance."""

    def act() -> str:
        draw_order(
            round=round_of(contest, round_id),
            reason=request.POST.get("reason", ""),
            by=actor(request),
            at=timezone.now(),
        )
        return "出场次序已抽定，评委看到的作品编号随之更新。"

    return _done(request, contest, round_id, act)


@require_POST
@organiser_only
def time(request: HttpRequest, contest: Contest, round_id: str, entry_id: UUID) -> HttpResponse:
    """Keep how long a work took."""

    def act() -> str:
        record_time(
            round=round_of(contest, round_id),
            entry_id=entry_id,
            seconds=_seconds(request.POST.get("seconds", "")),
            reason=request.POST.get("reason", ""),
            by=actor(request),
            at=timezone.now(),
        )
        return "用时已记录；超时的扣分已按规则算好。"

    return _done(request, contest, round_id, act, work=entry_id)


def _done(
    request: HttpRequest,
    contest: Contest,
    round_id: str,
    act: Callable[[], str],
    *,
    work: UUID | None = None,
) -> HttpResponse:
    try:
        said = act()
    except Refused as error:
        return _page(request, contest, round_id, error=error, work=work)
    messages.success(request, said)
    return redirect("office-stage", slug=contest.slug, round_id=round_id)


def _page(
    request: HttpRequest,
    contest: Contest,
    round_id: str,
    *,
    error: Refused | None = None,
    work: UUID | None = None,
) -> HttpResponse:
    page = stage_page(round=round_of(contest, round_id), user=actor(request))
    context = {
        "page": page,
        "work": work,
        "typed": {key: request.POST.get(key, "") for key in ("seconds", "reason")},
    }
    return show(request, contest, "office-round", "stage", context, error=error)


def _seconds(text: str) -> Decimal:
    """Seconds from `465`, `7:45`, `7：45.5`. Raises `Refused`."""
    found = Decimal(0)
    try:
        for part in unicodedata.normalize("NFKC", text).strip().split(":"):
            found = found * 60 + Decimal(part)
    except InvalidOperation:
        raise Refused("用时请写成“分:秒”，例如 7:45。", fields={"seconds": "例如 7:45"}) from None
    return found
