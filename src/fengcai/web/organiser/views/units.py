"""The roster of units: looked at, imported with a preview, exported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from fengcai.apps.contests import roster
from fengcai.apps.refusals import Refused
from fengcai.engines.documents.tables import Sheet, TableRefused, read_table, write_xlsx
from fengcai.engines.documents.tables.reading import MAX_BYTES
from fengcai.web.organiser.doorway import actor, attachment, organiser_only, show
from fengcai.web.organiser.pages.exports import XLSX, stamp
from fengcai.web.organiser.pages.units import (
    EXPECTED,
    classes_of,
    only_known,
    template_rows,
    units_page,
)

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

SALT = "fengcai.organiser.roster"
PREVIEW_LIFE_S = 2 * 60 * 60
MOST_ROWS = 3_000


@require_safe
@organiser_only
def units(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The roster as it stands, and the way to bring one in."""
    return show(request, contest, "office-units", "units", units_page(contest))


@require_POST
@organiser_only
def preview(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Read a file and show what an import would do. Nothing is kept yet."""
    try:
        table = _table(request, contest)
    except Refused as error:
        return show(request, contest, "office-units", "units", units_page(contest), error=error)
    filename = table.pop("filename")
    context: dict[str, Any] = {
        "preview": roster.preview_units(contest=contest, **table),
        "filename": filename,
        "headers": table["headers"],
        "rows_template": "organiser/_roster_rows.html",
        "back": reverse("office-units", args=[contest.slug]),
        "blank": reverse("office-units-template", args=[contest.slug]),
        "take_in": reverse("office-units-import", args=[contest.slug]),
        # What was read comes back with the confirmation, sealed: nobody can slip rows in between.
        "parcel": signing.dumps(
            [contest.pk, actor(request).pk, table["headers"], table["rows"]],
            salt=SALT,
            compress=True,
        ),
    }
    return show(request, contest, "office-units", "units_preview", context)


@require_POST
@organiser_only
def take_in(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Import what the preview showed; it is understood anew, so a change meanwhile counts."""
    try:
        found = roster.preview_units(contest=contest, **_unpacked(request, contest))
        added = roster.import_units(
            contest=contest, preview=found, by=actor(request), at=timezone.now()
        )
    except Refused as error:
        return show(request, contest, "office-units", "units", units_page(contest), error=error)
    messages.success(
        request,
        f"已导入 {added} 个单位，原有 {len(found.known)} 个保持不变"
        + (f"，{len(found.refused)} 行没有导入。" if found.refused else "。"),
    )
    return redirect("office-units", slug=contest.slug)


@require_safe
@organiser_only
def roster_xlsx(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The roster, in the columns that an import reads."""
    page = units_page(contest)
    headers = [names[0] for names in roster.COLUMNS.values()]
    rows = [
        [row.name, row.class_name, row.parent, row.contacts, row.phones, row.heads]
        for row in page["units"]
    ]
    made = write_xlsx([Sheet("单位名单", headers, rows)])
    return attachment(made, f"{contest.title} 单位名单 {stamp()}.xlsx", XLSX)


@require_safe
@organiser_only
def template_xlsx(request: HttpRequest, contest: Contest) -> HttpResponse:
    """An empty roster to fill in, and a sheet that says what goes where."""
    headers = [names[0] for names in roster.COLUMNS.values()]
    made = write_xlsx(
        [
            Sheet("单位名单", headers, []),
            Sheet("填写说明", ["列", "说明"], template_rows(contest)),
        ]
    )
    return attachment(made, "单位名单（空白模板）.xlsx", XLSX)


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
    return {"filename": file.name or "文件", **only_known(table)}


def _file(request: HttpRequest) -> UploadedFile | None:
    given = request.FILES.get("file")
    return given if isinstance(given, UploadedFile) else None


def _unpacked(request: HttpRequest, contest: Contest) -> dict[str, Any]:
    try:
        whose, who, headers, rows = signing.loads(
            request.POST.get("parcel", ""), salt=SALT, max_age=PREVIEW_LIFE_S
        )
    except signing.SignatureExpired:
        raise Refused("预览已超过两小时，没有导入。请重新上传文件，再确认一次。") from None
    except signing.BadSignature:
        raise Refused("预览的内容不完整，没有导入。请重新上传文件。") from None
    if whose != contest.pk or who != actor(request).pk:
        raise Refused("这份预览属于别的活动或别的账号，没有导入。请重新上传文件。")
    return {"headers": headers, "rows": rows}
