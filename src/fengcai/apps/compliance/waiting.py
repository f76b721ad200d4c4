"""What of the wording waits for a person: remarks that nobody has decided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fengcai.apps.compliance.models import Remark
from fengcai.apps.people.models import User
from fengcai.apps.people.waiting import OfContest, Waiting, waits


@waits("compliance")
def waiting(contest: OfContest, user: User, at: datetime) -> Iterable[Waiting]:
    """Works with doubtful words that nobody has decided. 1 SQL."""
    rows = Remark.objects.filter(entry__contest=contest.pk, current=True, decision="")
    works = rows.order_by().values("entry").distinct().count()
    yield Waiting("件作品的用语待判断", works, "office-compliance")
