"""The register of past winners: looked at, filled from a table with a preview, emptied row by row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from fengcai.apps.likeness.priors import (
    COLUMNS,
    import_priors,
    preview_priors,
    priors_of,
    remove_prior,
)
from fengcai.apps.refusals import Refused
from fengcai.engines.documents.tables import Sheet, TableRefused, read_table, write_xlsx
from fengcai.web.organiser.doorway import actor, attachment, organiser_only, show
from fengcai.web.organiser.pages.exports import XLSX
from fengcai.web.organiser.pages.parcels import without

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

SALT = "fengcai.organiser.priors"
PREVIEW_LIFE_S = 2 * 60 * 60
MOST_ROWS = 5_000
_EXPECTED = tuple(name for names in COLUMNS.values() for name in names)
_MEANS = {
    "title": "必填。作品的名称，带不带书名号都可以",
    "unit": "选填。报送单位",
    "year": "必填。获奖的年份，写四位数字",
    "award": "选填。如“一等奖”",
    "link": "选填。公开播放的网址，以 http:// 或 https:// 开头，供您自己对照",
    "summary": "选填。简介或文案；写了才能比对文字",
}


@require_safe
@organiser_only
def register(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The register as it stands, and the way to fill it."""
    return register_page(request, contest)


@require_POST
@organiser_only
def preview(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Read a file and show what an import would do. Nothing is kept yet."""
    try:
        table = _table(request)
    except Refused as error:
        return register_page(request, contest, error)
    # What was read comes back with the confirmation, sealed: nobody can slip rows in between.
    sealed = [contest.pk, actor(request).pk, table["headers"], table["rows"]]
    context: dict[str, Any] = {
        "preview": preview_priors(contest=contest, headers=table["headers"], rows=table["rows"]),
        "filename": table["filename"],
        "headers": table["headers"],
        "unused": table["unused"],
        "rows_template": "organiser/_prior_rows.html",
        "back": reverse("office-priors", args=[contest.slug]),
        "blank": reverse("office-priors-xlsx", args=[contest.slug]),
        "take_in": reverse("office-priors-import", args=[contest.slug]),
        "parcel": signing.dumps(sealed, salt=SALT, compress=True),
    }
    return show(request, contest, "office-likenesses", "priors_preview", context)


@require_POST
@organiser_only
def take_in(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Import what the preview showed; it is understood anew, so a change meanwhile counts."""
    try:
        found = preview_priors(contest=contest, **_unpacked(request, contest))
        by, at = actor(request), timezone.now()
        added = import_priors(contest=contest, preview=found, by=by, at=at)
    except Refused as error:
        return register_page(request, contest, error)
    messages.success(request, f"已登记 {added} 件往届作品，正在后台与本届作品比对。")
    return redirect("office-priors", contest.slug)


@require_POST
@organiser_only
def remove(request: HttpRequest, contest: Contest, prior: int) -> HttpResponse:
    """Take one work out of the register."""
    remove_prior(contest=contest, prior=prior, by=actor(request), at=timezone.now())
    messages.success(request, "已从登记中删去，与它有关的比对结果也一并删去。")
    return redirect("office-priors", contest.slug)


@require_safe
@organiser_only
def template_xlsx(request: HttpRequest, contest: Contest) -> HttpResponse:
    """An empty table to fill in, and a sheet that says what goes where."""
    headers = [names[0] for names in COLUMNS.values()]
    means = [[COLUMNS[key][0], text] for key, text in _MEANS.items()]
    sheets = [Sheet("往届获奖作品", headers, []), Sheet("填写说明", ["列", "说明"], means)]
    return attachment(write_xlsx(sheets), "往届获奖作品（空白模板）.xlsx", XLSX)


def register_page(
    request: HttpRequest,
    contest: Contest,
    error: Refused | None = None,
    told: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Both tables of the register; `told`: what was written for a material that was refused."""
    rows = priors_of(contest=contest, user=actor(request))
    winners = [row for row in rows if row.kind == row.Kind.WINNER]
    context = {
        "priors": winners,
        "materials": [row for row in rows if row.kind == row.Kind.MATERIAL],
        "films": sum(row.has_film for row in winners),  # type: ignore[attr-defined]
        "told": told or {},
    }
    return show(request, contest, "office-likenesses", "priors", context, error=error)


def _table(request: HttpRequest) -> dict[str, Any]:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Refused("请先选择表格文件（.xlsx 或 .csv）。", fields={"file": "请选择文件"})
    name = file.name or "文件"
    try:
        table = read_table(file.read(), name, expected=_EXPECTED)
    except TableRefused as refusal:
        raise Refused(str(refusal), fields={"file": "请换一个文件"}) from None
    if len(table.rows) > MOST_ROWS:
        raise Refused(
            f"“{name}”有 {len(table.rows)} 行，一次最多导入 {MOST_ROWS} 件作品。请分几个文件。",
            fields={"file": "行数太多"},
        )
    # Columns that the register has no room for, such as people's names, are left behind here.
    kept = [
        at
        for at, header in enumerate(table.headers)
        if "".join(header.split()).rstrip("*＊") in _EXPECTED
    ]
    rows = [(row.number, [row.cells[at] for at in kept]) for row in table.rows]
    return {
        "filename": name,
        "headers": [table.headers[at] for at in kept],
        "unused": without(table.headers, kept),
        "rows": rows,
    }


def _unpacked(request: HttpRequest, contest: Contest) -> dict[str, Any]:
    parcel = request.POST.get("parcel", "")
    try:
        whose, who, headers, rows = signing.loads(parcel, salt=SALT, max_age=PREVIEW_LIFE_S)
    except signing.SignatureExpired:
        raise Refused("预览已超过两小时，没有导入。请重新上传文件，再确认一次。") from None
    except signing.BadSignature:
        raise Refused("预览的内容不完整，没有导入。请重新上传文件。") from None
    if whose != contest.pk or who != actor(request).pk:
        raise Refused("这份预览属于别的活动或别的账号，没有导入。请重新上传文件。")
    return {"headers": headers, "rows": rows}
