"""The list of judges: looked at, brought in from a table with a preview that can be mended, exported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from fengcai.apps.contests.judges import import_judges
from fengcai.apps.contests.judges_reading import JUDGES, preview_judges
from fengcai.apps.refusals import Refused
from fengcai.engines.documents.tables import Sheet, write_xlsx
from fengcai.web.organiser.doorway import actor, attachment, organiser_only, show
from fengcai.web.organiser.pages.exports import XLSX, stamp
from fengcai.web.organiser.pages.judges import (
    JUDGES_COUNTER,
    judge_lines,
    judges_page,
    mapping_page,
    preview_page,
    template_rows,
)
from fengcai.web.organiser.pages.parcels import Parcel

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest


@require_safe
@organiser_only
def judges(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The list as it stands, and the way to bring one in."""
    return _page(request, contest)


@require_POST
@organiser_only
def preview(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Show what an import would do: of a file, or of rows that were just mended. Nothing is kept."""
    try:
        parcel = JUDGES_COUNTER.parcel(request, contest, actor(request))
    except Refused as error:
        return _page(request, contest, error)
    return _shown(request, contest, parcel)


@require_POST
@organiser_only
def columns(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Which column is what, said by hand and remembered; then the preview."""
    parcel, by = None, actor(request)
    try:
        parcel = JUDGES_COUNTER.unsealed(contest, by, request.POST.get("parcel", ""))
        said = JUDGES_COUNTER.said(request.POST, parcel)
        JUDGES.remember(
            contest=contest, headers=parcel.headers, columns=said, by=by, at=timezone.now()
        )
    except Refused as error:
        if parcel is None:
            return _page(request, contest, error)
        seal = JUDGES_COUNTER.sealed(contest, by, parcel)
        page = mapping_page(contest, parcel, seal, request.POST)
        return show(request, contest, "office-people", "table_mapping", page, error=error)
    return _shown(request, contest, JUDGES_COUNTER.mapped(parcel, said))


@require_POST
@organiser_only
def take_in(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Import what the preview showed; it is understood anew, so a change meanwhile counts."""
    by = actor(request)
    try:
        parcel = JUDGES_COUNTER.confirmed(request, contest, by)
        found = preview_judges(contest=contest, headers=JUDGES.headers, rows=parcel.rows, by=by)
        added = import_judges(contest=contest, preview=found, by=by, at=timezone.now())
    except Refused as error:
        return _page(request, contest, error)
    messages.success(
        request,
        f"已聘任 {added} 位评委，原有 {len(found.known)} 位只补上空缺的内容"
        + (f"，{len(found.refused)} 行没有导入。" if found.refused else "。")
        + "请打印入口卡，或逐人签发个人链接。",
    )
    return redirect("office-judges", slug=contest.slug)


@require_safe
@organiser_only
def judges_xlsx(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The list, in the columns that an import reads."""
    made = write_xlsx([Sheet("评委名单", JUDGES.headers, judge_lines(contest))])
    return attachment(made, f"{contest.title} 评委名单 {stamp()}.xlsx", XLSX)


@require_safe
@organiser_only
def template_xlsx(request: HttpRequest, contest: Contest) -> HttpResponse:
    """An empty list to fill in, and a sheet that says what goes where."""
    sheets = [
        Sheet("评委名单", JUDGES.headers, []),
        Sheet("填写说明", ["列", "说明"], template_rows(contest)),
    ]
    return attachment(write_xlsx(sheets), "评委名单（空白模板）.xlsx", XLSX)


def _page(request: HttpRequest, contest: Contest, error: Refused | None = None) -> HttpResponse:
    return show(request, contest, "office-people", "judges", judges_page(contest), error=error)


def _shown(request: HttpRequest, contest: Contest, parcel: Parcel) -> HttpResponse:
    by = actor(request)
    seal = JUDGES_COUNTER.sealed(contest, by, parcel)
    if not parcel.mapped:
        page = mapping_page(contest, parcel, seal)
        return show(request, contest, "office-people", "table_mapping", page)
    found = preview_judges(contest=contest, headers=JUDGES.headers, rows=parcel.rows, by=by)
    page = preview_page(contest, parcel, found, seal)
    return show(request, contest, "office-people", "judges_preview", page)
