"""The roster of units: looked at, imported with a preview that can be mended, exported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from fengcai.apps.contests import roster
from fengcai.apps.refusals import Refused
from fengcai.engines.documents.tables import Sheet, TableRefused, read_table, write_xlsx
from fengcai.engines.documents.tables.reading import MAX_BYTES
from fengcai.web.organiser.doorway import actor, attachment, organiser_only, show
from fengcai.web.organiser.pages.exports import XLSX, stamp
from fengcai.web.organiser.pages.roster import (
    Parcel,
    corrections,
    mapping_page,
    preview_page,
    said_columns,
    sealed,
    unsealed,
)
from fengcai.web.organiser.pages.units import (
    EXPECTED,
    classes_of,
    roster_lines,
    template_rows,
    units_page,
)

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

MOST_ROWS = 3_000


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
        parcel = _parcel(request, contest)
    except Refused as error:
        return show(request, contest, "office-units", "units", units_page(contest), error=error)
    if parcel.columns is None:
        return show(request, contest, "office-units", "units_mapping", mapping_page(parcel))
    found = roster.preview_units(contest=contest, headers=roster.HEADERS, rows=parcel.rows)
    page = preview_page(contest, parcel, found, sealed(contest, actor(request), parcel))
    return show(request, contest, "office-units", "units_preview", page)


@require_POST
@organiser_only
def columns(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Which column is what, said by hand and remembered; then the preview."""
    parcel = None
    try:
        parcel = unsealed(contest, actor(request), request.POST.get("parcel", ""))
        said = said_columns(request.POST, parcel)
        roster.remember_columns(
            contest=contest,
            headers=parcel.headers,
            columns=said,
            by=actor(request),
            at=timezone.now(),
        )
    except Refused as error:
        if parcel is None:
            return show(request, contest, "office-units", "units", units_page(contest), error=error)
        page = mapping_page(parcel, sealed(contest, actor(request), parcel), request.POST)
        return show(request, contest, "office-units", "units_mapping", page, error=error)
    parcel = parcel.mapped(said)
    found = roster.preview_units(contest=contest, headers=roster.HEADERS, rows=parcel.rows)
    page = preview_page(contest, parcel, found, sealed(contest, actor(request), parcel))
    return show(request, contest, "office-units", "units_preview", page)


@require_POST
@organiser_only
def take_in(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Import what the preview showed; it is understood anew, so a change meanwhile counts."""
    try:
        parcel = unsealed(contest, actor(request), request.POST.get("parcel", ""))
        if parcel.columns is None:
            raise Refused("还没有指明哪一列是什么，没有导入。请重新上传文件。")
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


def _parcel(request: HttpRequest, contest: Contest) -> Parcel:
    """The table of a file just sent, or of a preview that was mended."""
    if request.POST.get("parcel"):
        parcel = unsealed(contest, actor(request), request.POST["parcel"])
        if parcel.columns is not None:
            mended = roster.mended(parcel.rows, corrections(request.POST))
            parcel = parcel.with_rows(mended)
        return parcel
    table = _table(request, contest)
    found = roster.columns_of(table["headers"])
    parcel = Parcel(table["filename"], table["headers"], table["rows"], None)
    if "unit" in found and "unit_class" in found:
        return parcel.mapped(found)
    return parcel.seen_by(sealed(contest, actor(request), parcel))


def _table(request: HttpRequest, contest: Contest) -> dict[str, Any]:
    if not classes_of(contest):
        raise Refused("通知没有写明单位的类别，请先在“规则与答复”里答复，再导入名单。")
    file = _file(request)
    if file is None:
        raise Refused("请先选择单位名单文件（.xlsx 或 .csv）。", fields={"file": "请选择文件"})
    if (file.size or 0) > MAX_BYTES:
        raise Refused(
            f"“{file.name}”超过 {MAX_BYTES // 1024 // 1024} MB，没有导入。"
            "请删去图片和多余的工作表，另存后再上传。",
            fields={"file": "文件太大"},
        )
    try:
        table = read_table(file.read(), file.name or "文件", expected=EXPECTED)
    except TableRefused as refusal:
        raise Refused(str(refusal), fields={"file": "请换一个文件"}) from None
    if len(table.rows) > MOST_ROWS:
        raise Refused(
            f"“{file.name}”有 {len(table.rows)} 行，一次最多导入 {MOST_ROWS} 个单位。请分几个文件。",
            fields={"file": "行数太多"},
        )
    return {
        "filename": file.name or "文件",
        "headers": list(table.headers),
        "rows": [[row.number, list(row.cells)] for row in table.rows],
    }


def _file(request: HttpRequest) -> UploadedFile | None:
    given = request.FILES.get("file")
    return given if isinstance(given, UploadedFile) else None
