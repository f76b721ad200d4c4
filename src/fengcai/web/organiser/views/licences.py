"""The office's list of licences: what may be done with which work, how long, who granted it; as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from fengcai.apps.releases.licences import (
    PER_PAGE,
    SORTS,
    VIEWS,
    Licence,
    every_licence,
    licences_page,
)
from fengcai.engines.documents.tables import Sheet, write_xlsx
from fengcai.web.organiser.doorway import actor, attachment, not_open, organiser_only, show
from fengcai.web.organiser.pages.exports import XLSX, stamp
from fengcai.web.shared.texts import storable, whole_number

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

HEADERS = (
    *("编号", "作品", "单位", "许可的内容", "期限", "地域", "谁授权"),
    *("授权时间", "到期", "状态", "失效原因"),
)
STANDING = {"valid": "有效", "soon": "即将到期", "ended": "已失效"}


@require_safe
@organiser_only
def licences(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Every licence of the contest, by what it is of and how it stands."""
    if not contest.is_open:
        return not_open(request, contest, "office-licences", "授权")
    asked = request.GET
    page = licences_page(
        contest,
        user=actor(request),
        sort=asked.get("sort", ""),
        view=asked.get("view", ""),
        words=storable(asked.get("q", "")).strip()[:60],
        page=whole_number(asked.get("page")) or 1,
        at=timezone.now(),
    )
    context = {
        "page": page,
        "sorts": list(SORTS.items()),
        "views": [(name, word, page.counts[name]) for name, word in VIEWS.items()],
        "query": urlencode({"sort": page.sort, "view": page.view, "q": page.words}),
        "pager": Paginator(range(page.total), PER_PAGE).page(page.number),
    }
    return show(request, contest, "office-licences", "licences", context)


@require_safe
@organiser_only
def licences_xlsx(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Exactly what is on screen, all its pages, as a spreadsheet."""
    asked = request.GET
    sort, view = asked.get("sort", "work"), asked.get("view", "all")
    rows = every_licence(
        contest,
        user=actor(request),
        sort=sort,
        view=view,
        words=storable(asked.get("q", "")).strip()[:60],
        at=timezone.now(),
    )
    title = SORTS.get(sort, SORTS["work"])
    made = write_xlsx([Sheet(title, HEADERS, [_cells(row) for row in rows])])
    name = f"{contest.title} {title}（{VIEWS.get(view, '全部')}） {stamp()}.xlsx"
    return attachment(made, name, XLSX)


def _cells(row: Licence) -> list[object]:
    return [
        row.number,
        row.work,
        row.unit,
        row.scope,
        row.term,
        row.territory,
        row.granted_by,
        stamp(row.granted_at) if row.granted_at else "",
        "永久" if row.endless else row.until or "",
        STANDING[row.state],
        row.why,
    ]
