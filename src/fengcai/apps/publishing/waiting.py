"""What of the background work waits for the office: jobs that were given up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fengcai.apps.people.models import User
from fengcai.apps.people.waiting import OfContest, Waiting, waits
from fengcai.apps.publishing.backstage import GIVEN_UP
from fengcai.engines.jobs.models import Job


@waits("publishing")
def waiting(contest: OfContest, user: User, at: datetime) -> Iterable[Waiting]:
    """Jobs of this contest that ended badly. 1 SQL."""
    rows = Job.objects.filter(scope=f"contest:{contest.pk}", state__in=GIVEN_UP)
    yield Waiting("项后台任务没有完成", rows.count(), "office-jobs", urgent=True)
