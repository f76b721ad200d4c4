"""The office's list of the people on screen: owed, signed, ended; the same as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from fengcai.apps.releases.office import VIEWS, OfficeRow, office_page, table_rows
from fengcai.engines.documents.tables import Sheet, write_xlsx
from fengcai.web.organiser.doorway import actor, attachment, not_open, organiser_only, show
from fengcai.web.organiser.pages.exports import XLSX, stamp
from fengcai.web.shared.texts import whole_number

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

HEADERS = ("编号", "作品", "单位", "出镜人员", "身份", "年龄", "同意书", "还差", "有效期至")


@require_safe
@organiser_only
def releases(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Everybody on screen in the contest, by what is still owed."""
    if not contest.is_open:
        return not_open(request, contest, "office-releases", "出镜同意")
    asked = request.GET
    page = office_page(
        contest,
        user=actor(request),
        view=asked.get("view", "owed"),
        unit=asked.get("unit", "")[:100],
        page=whole_number(asked.get("page")) or 1,
        at=timezone.now(),
    )
    query = urlencode({"view": page.view, "unit": page.unit})
    context = {"page": page, "query": query, "numbers": range(1, page.pages + 1)}
    return show(request, contest, "office-releases", "releases", context)


@require_safe
@organiser_only
def table(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Exactly what is on screen, all its pages, as a spreadsheet."""
    view = request.GET.get("view", "all")
    rows = table_rows(
        contest,
        user=actor(request),
        view=view,
        unit=request.GET.get("unit", "")[:100],
        at=timezone.now(),
    )
    sheet = Sheet("出镜同意", HEADERS, [_cells(row) for row in rows])
    name = f"{contest.title} 出镜同意（{VIEWS.get(view, '全部')}） {stamp()}.xlsx"
    return attachment(write_xlsx([sheet]), name, XLSX)


def _cells(row: OfficeRow) -> list[object]:
    return [
        row.number,
        row.work,
        row.unit,
        row.name,
        row.role,
        row.age,
        "；".join(row.states),
        "；".join(row.owed),
        row.until.isoformat() if row.until else "",
    ]
