"""The statistics of a contest's works, and the same as a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from fengcai.engines.documents.tables import write_xlsx
from fengcai.web.organiser.coverage_picture import PATTERNS
from fengcai.web.organiser.doorway import attachment, not_open, organiser_only, show
from fengcai.web.organiser.pages.exports import XLSX, stamp
from fengcai.web.organiser.pages.statistics import statistics_page, statistics_sheets

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest


@require_safe
@organiser_only
def statistics(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Works by direction, track, division, class and district, by state; and by the day."""
    if not contest.is_open:
        return not_open(request, contest, "office-statistics", "统计")
    page = {**statistics_page(contest), "patterns": PATTERNS}
    return show(request, contest, "office-statistics", "statistics", page)


@require_safe
@organiser_only
def statistics_xlsx(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Exactly what is on the page, a sheet for each table."""
    made = write_xlsx(statistics_sheets(statistics_page(contest)))
    return attachment(made, f"{contest.title} 统计 {stamp()}.xlsx", XLSX)
