"""What of the look-alikes waits for a person: pairs that nobody has decided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from fengcai.apps.likeness.models import Likeness
from fengcai.apps.people.models import User
from fengcai.apps.people.waiting import OfContest, Waiting, waits


@waits("likeness")
def waiting(contest: OfContest, user: User, at: datetime) -> Iterable[Waiting]:
    """Pairs of works that are alike and undecided. 1 SQL."""
    ours = Q(first__contest=contest.pk) | Q(second__contest=contest.pk)
    rows = Likeness.objects.filter(ours, decision="")
    yield Waiting("对相似作品待判断", rows.count(), "office-likenesses")
