"""What of the works waits for the office: reviews, overdue mending, a deadline that is near."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries.listing import counts
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.apps.people.models import User
from fengcai.apps.people.waiting import OfContest, Waiting, waits

NEAR = timedelta(days=7)
URGENT = timedelta(days=1)


@waits("entries")
def waiting(contest: OfContest, user: User, at: datetime) -> Iterable[Waiting]:
    """Works to review, returned works past their day, unfinished works before the deadline. 3 SQL."""
    if not isinstance(contest, Contest) or not contest.is_open:
        return
    many = counts(contest)
    late = Entry.objects.filter(contest=contest, state=State.CONFIRMED, late=True).count()
    overdue = Entry.objects.filter(contest=contest, state=State.RETURNED, mend_until__lt=at).count()
    note = f"其中 {late} 件逾期报送" if late else ""
    yield Waiting("件作品待审核", many.get(State.CONFIRMED, 0), "review-desk", note=note)
    yield Waiting("件退回的作品过了修改期限", overdue, "office-works", "?state=returned")
    closes = rules_of(contest).window.closes
    left = closes - at
    if timedelta(0) < left <= NEAR:
        unfinished = sum(many.get(s, 0) for s in (State.DRAFT, State.RETURNED, State.SUBMITTED))
        yield Waiting(
            "件作品还没有报送完，报送就要截止",
            unfinished,
            "office-works",
            "?state=draft",
            due=closes,
            urgent=left <= URGENT,
        )
