"""Orders and lists: a unit's own order, and the page on which a collecting unit passes works on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from fengcai.apps.contests.queries import contest_by_slug, unit
from fengcai.apps.entries import actions
from fengcai.apps.entries.passages import Gathering, collecting_units, gathering
from fengcai.apps.receipt import received_at
from fengcai.apps.refusals import NotPermitted, Refused
from fengcai.core.timetable import standing
from fengcai.web.shared.requests import MemberRequest
from fengcai.web.shared.texts import whole_number

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest, Unit

LAST = 10**6


@login_required
@require_POST
def rank(request: MemberRequest, slug: str) -> HttpResponse:
    """Keep a unit's own order of its works."""
    contest = contest_by_slug(slug)
    try:
        actions.rank_entries(
            contest=contest,
            unit=unit(contest, whole_number(request.POST.get("unit"))),
            order=_in_order(request.POST, request.POST.getlist("entry")),
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, "顺序已保存。")
    except Refused as error:
        if error.status != Refused.status:
            raise
        messages.error(request, error.message)
    return redirect("works", slug=slug)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def gather(request: MemberRequest, slug: str) -> HttpResponse:
    """What lies with my collecting units. POST shows the list that would be passed on, and with
    `sure` passes it on."""
    contest = contest_by_slug(slug)
    units = collecting_units(contest, request.user)
    if not units:
        raise NotPermitted("按通知，您所在的单位不是汇总单位。")
    error, preview = None, None
    if request.method == "POST":
        mine = next((u for u in units if u.pk == whole_number(request.POST.get("unit"))), None)
        if mine is None:
            raise NotPermitted("这不是您的汇总单位。")
        if request.POST.get("back"):
            error = _give_back(request, contest, mine)
            if error is None:
                return redirect("gathering", slug=slug)
        order = _in_order(request.POST, request.POST.getlist("chosen"))
        if request.POST.get("sure"):
            try:
                count = actions.pass_on(
                    contest=contest,
                    collector=mine,
                    order=order,
                    by=request.user,
                    at=received_at(request),
                )
                messages.success(request, f"已上报 {count} 件作品。")
                return redirect("gathering", slug=slug)
            except Refused as refused:
                error = refused
        preview = (mine.pk, order) if order else None
    pages = [_page(gathering(contest, each), preview) for each in units]
    context = {"contest": contest, "pages": pages, "error": error}
    status = error.status if error else 200
    return render(request, "entrant/gathering.html", context, status=status)


def _give_back(request: MemberRequest, contest: Contest, mine: Unit) -> Refused | None:
    """Give one work back to its unit; the refusal, if there is one."""
    try:
        actions.give_back(
            contest=contest,
            collector=mine,
            entry_id=UUID(request.POST["back"]),
            reasons=request.POST.get("reason", ""),
            by=request.user,
            at=timezone.now(),
        )
    except ValueError:
        return Refused("没有这件作品，没有退回。请刷新页面。")
    except Refused as refused:
        return refused
    messages.success(request, "已退回，单位改好后会再交来。")
    return None


def _page(found: Gathering, preview: tuple[int, list[UUID]] | None) -> dict[str, Any]:
    waiting = {row.pk: row for row in found.waiting}
    order = preview[1] if preview and preview[0] == found.unit.pk else []
    must = [each for each in found.below if each.must_enter]
    return {
        "due": len(must),
        "done": sum(each.handed_in > 0 for each in must),
        "found": found,
        "open": standing(found.window, timezone.now()) == "open",
        "preview": [waiting[pk] for pk in order if pk in waiting],
    }


def _in_order(sent: QueryDict, texts: list[str]) -> list[UUID]:
    """The ids by the places that were typed: `place-<id>`, or `place` in the order of the rows."""
    places = sent.getlist("place") + [""] * len(texts)
    rows = []
    for n, text in enumerate(texts):
        try:
            id = UUID(text)
        except ValueError:
            continue
        typed = sent.get(f"place-{text}") or places[n]
        rows.append((whole_number(typed, LAST), n, id))
    return [id for _, _, id in sorted(rows)]
