"""Jobs: tell everybody who enters. Enqueued by name, also by contexts above."""

from __future__ import annotations

from django.utils import timezone

from fengcai.apps.contests.models import Amendment, Contest
from fengcai.apps.contests.telling import tell_amendment, tell_results
from fengcai.engines.jobs import JobContext, handler


@handler("contests.tell_amendment", title="告知补充通知", atomic=True)
def amendment(job: JobContext, *, amendment_id: int) -> dict[str, int]:
    """Post an amendment to all entrants. If the machine dies in the middle nothing was posted; a second
    time posts nothing, since each message has its key."""
    row = Amendment.objects.select_related("contest").get(pk=amendment_id)
    return {"told": tell_amendment(row, at=timezone.now())}


@handler("contests.tell_results", title="告知结果公布", atomic=True)
def results(job: JobContext, *, contest_id: int) -> dict[str, int]:
    """Post that results are public to all entrants. If the machine dies in the middle nothing was
    posted; a second time posts nothing, since each message has its key."""
    return {"told": tell_results(Contest.objects.get(pk=contest_id), at=timezone.now())}
