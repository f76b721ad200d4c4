"""The roster of units: looked at, imported with a preview that can be mended, exported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from fengcai.apps.contests import roster
from fengcai.apps.refusals import Refused
from fengcai.engines.documents.tables import Sheet, write_xlsx
from fengcai.web.organiser.doorway import actor, attachment, organiser_only, show
from fengcai.web.organiser.pages.exports import XLSX, stamp
from fengcai.web.organiser.pages.parcels import Parcel
from fengcai.web.organiser.pages.roster import UNITS, mapping_page, preview_page
from fengcai.web.organiser.pages.units import (
    classes_of,
    roster_lines,
    template_rows,
    units_page,
)

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest


@require_safe
@organiser_only
def units(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The roster as it stands, and the way to bring one in."""
    return show(request, contest, "office-units", "units", units_page(contest))


@require_POST
@organiser_only
def preview(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Show what an import would do: of a file, of columns that were just named, of rows that were
    just mended. Nothing is kept yet but which column is what."""
    try:
        if not request.POST.get("parcel") and not classes_of(contest):
            raise Refused("通知没有写明单位的类别，请先在“规则与答复”里答复，再导入名单。")
        parcel = UNITS.parcel(request, contest, actor(request))
    except Refused as error:
        return show(request, contest, "office-units", "units", units_page(contest), error=error)
    return _shown(request, contest, parcel)


@require_POST
@organiser_only
def columns(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Which column is what, said by hand and remembered; then the preview."""
    parcel, by = None, actor(request)
    try:
        parcel = UNITS.unsealed(contest, by, request.POST.get("parcel", ""))
        said = UNITS.said(request.POST, parcel)
        roster.ROSTER.remember(
            contest=contest, headers=parcel.headers, columns=said, by=by, at=timezone.now()
        )
    except Refused as error:
        if parcel is None:
            return show(request, contest, "office-units", "units", units_page(contest), error=error)
        page = mapping_page(contest, parcel, UNITS.sealed(contest, by, parcel), request.POST)
        return show(request, contest, "office-units", "table_mapping", page, error=error)
    return _shown(request, contest, UNITS.mapped(parcel, said))


@require_POST
@organiser_only
def take_in(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Import what the preview showed; it is understood anew, so a change meanwhile counts."""
    try:
        parcel = UNITS.confirmed(request, contest, actor(request))
        found = roster.preview_units(contest=contest, headers=roster.HEADERS, rows=parcel.rows)
        added = roster.import_units(
            contest=contest, preview=found, by=actor(request), at=timezone.now()
        )
    except Refused as error:
        return show(request, contest, "office-units", "units", units_page(contest), error=error)
    messages.success(
        request,
        f"已导入 {added} 个单位，原有 {len(found.known)} 个只补上空缺的内容"
        + (f"，{len(found.refused)} 行没有导入。" if found.refused else "。"),
    )
    return redirect("office-units", slug=contest.slug)


@require_safe
@organiser_only
def roster_xlsx(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The roster, in the columns that an import reads."""
    made = write_xlsx([Sheet("单位名单", roster.HEADERS, roster_lines(contest))])
    return attachment(made, f"{contest.title} 单位名单 {stamp()}.xlsx", XLSX)


@require_safe
@organiser_only
def template_xlsx(request: HttpRequest, contest: Contest) -> HttpResponse:
    """An empty roster to fill in, and a sheet that says what goes where."""
    made = write_xlsx(
        [
            Sheet("单位名单", roster.HEADERS, []),
            Sheet("填写说明", ["列", "说明"], template_rows(contest)),
        ]
    )
    return attachment(made, "单位名单（空白模板）.xlsx", XLSX)


def _shown(request: HttpRequest, contest: Contest, parcel: Parcel) -> HttpResponse:
    seal = UNITS.sealed(contest, actor(request), parcel)
    if not parcel.mapped:
        page = mapping_page(contest, parcel, seal)
        return show(request, contest, "office-units", "table_mapping", page)
    found = roster.preview_units(contest=contest, headers=roster.HEADERS, rows=parcel.rows)
    page = preview_page(contest, parcel, found, seal)
    return show(request, contest, "office-units", "units_preview", page)
