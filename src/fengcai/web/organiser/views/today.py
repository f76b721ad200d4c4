"""The officer's day: everything that waits for a person in one list, and the numbers of the navigation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from fengcai.apps.people.waiting import waiting_for
from fengcai.web.organiser.doorway import actor, organiser_only, show
from fengcai.web.organiser.pages.today import today_rows
from fengcai.web.shared.office import counts

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest


@require_safe
@organiser_only
def today(request: HttpRequest, contest: Contest) -> HttpResponse:
    """What waits today, urgent things first, each with the page on which it is done."""
    rows = today_rows(contest, user=actor(request), at=timezone.now())
    context = {"rows": rows, "total": sum(row.count for row in rows)}
    return show(request, contest, "office-today", "today", context)


@require_safe
@organiser_only
def count(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The numbers in the navigation, fetched after the page."""
    lines = waiting_for(contest, actor(request), timezone.now())
    return render(request, "shared/_office_counts.html", {"counts": counts(lines)})
