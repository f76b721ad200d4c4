"""What of the registrations waits for the office: units to look at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fengcai.apps.people.models import User
from fengcai.apps.people.waiting import OfContest, Waiting, waits
from fengcai.apps.registration.models import Registration


@waits("registration")
def waiting(contest: OfContest, user: User, at: datetime) -> Iterable[Waiting]:
    """Units that have registered and wait for a decision. 1 SQL."""
    rows = Registration.objects.filter(contest=contest.pk, state=Registration.State.PENDING)
    yield Waiting("个单位报名待审核", rows.count(), "office-registrations")
