"""The office's first page: what to do today, and who has not handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from fengcai.apps.entries.coverage import units_in
from fengcai.engines.documents.tables import Sheet, write_xlsx
from fengcai.web.organiser.doorway import actor, attachment, organiser_only, show
from fengcai.web.organiser.pages.coverage import VIEWS, unit_rows
from fengcai.web.organiser.pages.exports import XLSX, stamp
from fengcai.web.organiser.pages.office import office_page

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest


@require_safe
@organiser_only
def office(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The next step, the numbers, the coverage board."""
    page = office_page(
        contest,
        user=actor(request),
        at=timezone.now(),
        shown=_shown(request),
        page=request.GET.get("page"),
    )
    return show(request, contest, "office", "office", page)


@require_safe
@organiser_only
def coverage_xlsx(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Exactly the rows on the screen, with whom to call."""
    shown = _shown(request)
    rows = unit_rows(units_in(contest, shown))
    headers = ["单位", "类别", "状态", "已报送（件）", "草稿（件）", "联络员", "电话", "还差"]
    made = write_xlsx(
        [
            Sheet(
                "报送情况",
                headers,
                [
                    [
                        row.name,
                        row.class_name,
                        row.word,
                        row.works,
                        row.drafts,
                        "；".join(name for name, _ in row.contacts),
                        "；".join(phone for _, phone in row.contacts if phone),
                        "；".join(row.short),
                    ]
                    for row in rows
                ],
            )
        ]
    )
    word = VIEWS[shown] if shown else "全部"
    return attachment(made, f"{contest.title} 报送情况（{word}）{stamp()}.xlsx", XLSX)


def _shown(request: HttpRequest) -> str:
    asked = request.GET.get("show", "")
    return asked if asked in VIEWS else ""
