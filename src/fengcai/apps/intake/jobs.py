"""Jobs of intake: reminders that fell due."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from fengcai.apps.contests.models import Contest
from fengcai.apps.intake.reminders import KIND, schedule, send_due
from fengcai.engines.jobs import JobContext, handler


@handler(KIND, title="催报提醒", lease=timedelta(minutes=2))
def remind(job: JobContext, *, contest_id: int) -> None:
    """Send the reminders that are due and look again when the next falls due. Units are reminded
    some at a time; if the machine dies in the middle, those that were are passed over afterwards."""

    def pause(done: int, of: int) -> None:
        job.progress(done / of if of else 1.0, f"已催 {done} / {of} 个单位")

    now = timezone.now()
    sent = send_due(contest_id=contest_id, at=now, pause=pause)
    with job.completing() as outcome:
        schedule(Contest.objects.select_related("version").get(pk=contest_id), at=now)
        outcome["units"] = sent
