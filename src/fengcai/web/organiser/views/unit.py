"""One unit of the roster: looked at, corrected, exempted, closed, merged; its contact handed over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fengcai.apps.contests import units as acts
from fengcai.apps.contests.handover import hand_over, withdraw_handover
from fengcai.apps.contests.life import life_of
from fengcai.apps.contests.queries import unit as unit_in
from fengcai.apps.refusals import Refused
from fengcai.web.organiser.doorway import actor, organiser_only, show
from fengcai.web.organiser.pages.unit import FIELDS, blank_page, unit_page
from fengcai.web.shared.texts import whole_number

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest, Unit
    from fengcai.apps.people.models import User

PLACE = "office-units"


@require_safe
@organiser_only
def unit(request: HttpRequest, contest: Contest, pk: int) -> HttpResponse:
    """Everything about one unit."""
    return show(request, contest, PLACE, "unit", unit_page(contest, unit_in(contest, pk)))


@require_http_methods(["GET", "HEAD", "POST"])
@organiser_only
def add(request: HttpRequest, contest: Contest) -> HttpResponse:
    """One more unit, by hand."""
    error = None
    if request.method == "POST":
        try:
            made = acts.add_unit(
                contest=contest, text=_text(request.POST), by=actor(request), at=timezone.now()
            )
            messages.success(request, f"已把“{made.name}”加入名单。")
            return redirect("office-unit", slug=contest.slug, pk=made.pk)
        except Refused as refused:
            error = refused
    page = blank_page(contest, request.POST, error)
    return show(request, contest, PLACE, "unit_new", page, error=error)


@dataclass(frozen=True)
class Act:
    """What may be done to a unit: the part of the page that it stands in, the deed, what is said after.

    `do` gets the unit, what was sent, and who does it when.
    """

    part: str
    do: Callable[..., object]
    said: str


def _succeed(row: Unit, sent: QueryDict, *, by: User, at: datetime) -> object:
    """Another contact in the place of one."""
    seats = life_of(row, at=at).contacts
    leaving = next((s.user for s in seats if str(s.user_id) == sent.get("leaving")), None)
    typed = {key: sent.get(key, "") for key in ("name", "phone", "email")}
    return hand_over(contest=row.contest, unit=row, leaving=leaving, by=by, at=at, **typed)


ACTS: Mapping[str, Act] = {
    "change": Act(
        "change",
        lambda row, sent, **who: acts.change_unit(unit=row, text=_text(sent), **who),
        "已保存。改过的名称留作别名，来信仍能认出。",
    ),
    "close": Act(
        "close",
        lambda row, sent, **who: acts.close_unit(unit=row, reason=sent.get("reason", ""), **who),
        "“{}”已停用，作品和记录都在；需要时可以恢复。",
    ),
    "reopen": Act(
        "close", lambda row, sent, **who: acts.reopen_unit(unit=row, **who), "“{}”已恢复。"
    ),
    "exempt": Act(
        "exempt",
        lambda row, sent, **who: acts.exempt_unit(unit=row, reason=sent.get("reason", ""), **who),
        "“{}”已登记免报，不再计入应报，也不再催报。",
    ),
    "owe": Act(
        "exempt",
        lambda row, sent, **who: acts.end_exemption(unit=row, **who),
        "“{}”的免报已收回，重新计入应报。",
    ),
    "contact": Act(
        "succeed",
        _succeed,
        "联络员已定，草稿和作品都归其办理；原来有联络员的，其链接不再有效。请为新联络员签发个人链接。",
    ),
}


@require_POST
@organiser_only
def act(request: HttpRequest, contest: Contest, pk: int, what: str) -> HttpResponse:
    """One of `ACTS`."""
    row, deed = unit_in(contest, pk), ACTS[what]
    said = deed.said.format(row.name)
    return _done(request, contest, row, deed.part, partial(deed.do, row, request.POST), said)


@require_POST
@organiser_only
def withdraw_offer(request: HttpRequest, contest: Contest, pk: int, handover: int) -> HttpResponse:
    """End a link that a contact made for the successor."""
    row = unit_in(contest, pk)
    deed = partial(withdraw_handover, handover=handover)
    return _done(request, contest, row, "succeed", deed, "交接链接已作废。")


@require_POST
@organiser_only
def merge(request: HttpRequest, contest: Contest, pk: int) -> HttpResponse:
    """Make this unit a part of another: shown first, done with `sure`."""
    row, target = unit_in(contest, pk), whole_number(request.POST.get("into"))
    try:
        if not target:
            raise Refused("请选择并入哪个单位。", fields={"into": "请选择"})
        if request.POST.get("sure"):
            done = acts.merge_units(
                contest=contest, source=pk, target=target, by=actor(request), at=timezone.now()
            )
            messages.success(request, f"“{done.source.name}”已并入“{done.target.name}”。")
            return redirect("office-unit", slug=contest.slug, pk=target)
        found = acts.preview_merge(contest=contest, source=pk, target=target, by=actor(request))
    except Refused as error:
        page = unit_page(contest, row, typed=request.POST.dict(), part="merge", error=error)
        return show(request, contest, PLACE, "unit", page, error=error)
    return show(request, contest, PLACE, "unit_merge", {"merge": found})


def _text(sent: QueryDict) -> acts.UnitText:
    return acts.UnitText(**{key: sent.get(key, "")[:500] for key in FIELDS})


def _done(
    request: HttpRequest,
    contest: Contest,
    row: Unit,
    part: str,
    deed: Callable[..., object],
    said: str,
) -> HttpResponse:
    """Do it and say so; a refusal shows the page again with everything that was typed."""
    try:
        deed(by=actor(request), at=timezone.now())
    except Refused as error:
        page = unit_page(contest, row, typed=request.POST.dict(), part=part, error=error)
        return show(request, contest, PLACE, "unit", page, error=error)
    messages.success(request, said)
    return redirect("office-unit", slug=contest.slug, pk=row.pk)
