"""The officer's day: everything that waits for a person in one list, and its number for the navigation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from fengcai.apps.people.waiting import waiting_for
from fengcai.web.organiser.doorway import actor, organiser_only, show
from fengcai.web.organiser.pages.today import today_rows

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest


@require_safe
@organiser_only
def today(request: HttpRequest, contest: Contest) -> HttpResponse:
    """What waits today, urgent things first, each with the page on which it is done."""
    rows = today_rows(contest, user=actor(request), at=timezone.now())
    return show(request, contest, "office-today", "today", {"rows": rows})


@require_safe
@organiser_only
def count(request: HttpRequest, contest: Contest) -> HttpResponse:
    """How many kinds of things wait: the number beside 待办, fetched after the page."""
    lines = waiting_for(contest, actor(request), timezone.now())
    context = {"count": len(lines), "urgent": any(line.urgent for line in lines)}
    return render(request, "organiser/_today_count.html", context)
