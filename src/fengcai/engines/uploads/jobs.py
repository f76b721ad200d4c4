"""The receiver's own upkeep as a job: hand over what arrived whole, free what nobody continued."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from fengcai.engines import storage
from fengcai.engines.jobs import JobContext, JobRetry, Priority, enqueue, handler
from fengcai.engines.uploads.completion import finish_pending
from fengcai.engines.uploads.housekeeping import purge_expired

KIND = "uploads.upkeep"


@handler(KIND, title="整理上传的文件", lease=timedelta(minutes=5), max_attempts=2)
def upkeep(job: JobContext) -> dict[str, int]:
    """Each step can run twice without harm; if the machine dies, the next run does the rest."""
    handed_over = finish_pending()
    try:
        purged = purge_expired(timezone.now())
    except storage.StorageTrouble as trouble:
        raise JobRetry(trouble.text) from trouble
    left_over = storage.clear_scratch()
    return {"handed_over": handed_over, "purged": purged, "left_over": left_over}


def order_upkeep() -> None:
    """Have it done soon; one at a time however many workers ask."""
    enqueue(KIND, {}, dedupe_key=KIND, priority=Priority.BULK)
