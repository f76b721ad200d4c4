"""What of the releases waits for the office: scans to look at, accepted works that wait for somebody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fengcai.apps.contests.models import Contest
from fengcai.apps.people.models import User
from fengcai.apps.people.waiting import OfContest, Waiting, waits
from fengcai.apps.releases import office


@waits("releases")
def waiting(contest: OfContest, user: User, at: datetime) -> Iterable[Waiting]:
    """Scans to look at, works owed a release before they are shown, withdrawals to act on. 4 SQL."""
    if not isinstance(contest, Contest) or not contest.is_open:
        return
    found = office.waiting(contest)
    page = "office-releases"
    yield Waiting("份同意书扫描件待核对", found["check"], page, "?view=check")
    yield Waiting("件通过审核的作品，出镜同意还没签齐", found["owed"], page, "?view=owed")
    yield Waiting("件通过审核的作品，没有登记出镜人员", found["silent"], page)
    note = "评委已不能观看；请决定补签、退回剪去或取消参评，并核对其他渠道"
    yield Waiting("位出镜人员撤回、拒绝或到期", found["ended"], page, "?view=ended", note=note)
