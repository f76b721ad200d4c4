"""The office's first page: what to do today, and who has not handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from fengcai.apps.entries.coverage import tallies, units_in
from fengcai.engines.documents.tables import write_xlsx
from fengcai.web.organiser.doorway import actor, attachment, organiser_only, show
from fengcai.web.organiser.pages.coverage import Asked, in_words, unit_rows
from fengcai.web.organiser.pages.coverage_sheets import coverage_sheets
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
        asked=Asked.of(request.GET),
        page=request.GET.get("page"),
    )
    return show(request, contest, "office", "office", page)


@require_safe
@organiser_only
def coverage_xlsx(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Exactly the rows on the screen, with whom to call, and the figures above them."""
    asked = Asked.of(request.GET)
    found = tallies(contest)
    sheets = coverage_sheets(found, unit_rows(units_in(contest, asked.view, part=asked.part)))
    word = (in_words(asked, found) or "全部").replace(" · ", "、")
    name = f"{contest.title} 报送情况（{word}）{stamp()}.xlsx"
    return attachment(write_xlsx(sheets), name, XLSX)
