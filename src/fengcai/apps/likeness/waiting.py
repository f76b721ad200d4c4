"""What of the look-alikes waits for a person: pairs that nobody has decided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fengcai.apps.likeness.queries import waiting_in
from fengcai.apps.people.models import User
from fengcai.apps.people.waiting import OfContest, Waiting, waits


@waits("likeness")
def waiting(contest: OfContest, user: User, at: datetime) -> Iterable[Waiting]:
    """As many pairs as the page shows undecided. 1 SQL."""
    yield Waiting("对相似作品待判断", waiting_in(contest.pk), "office-likenesses")
