"""The scrub as a job: a slice of the stored files at a time, then the next slice."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from fengcai.engines.jobs import JobContext, JobRetry, Priority, enqueue, handler
from fengcai.engines.storage import scrubbing
from fengcai.engines.storage.keys import StorageTrouble
from fengcai.engines.storage.scrubbing import Place

KIND = "storage.scrub"


@handler(KIND, title="核对存储的文件", lease=timedelta(minutes=10), max_attempts=5)
def scrub(job: JobContext, *, began: str = "", owner: str = "", after: str = "") -> dict[str, int]:
    """Look at about a minute's worth of files and order the next slice.

    If the machine dies in the middle, what was looked at is noted and the slice is gone over again.
    """
    at = place = Place(datetime.fromisoformat(began), owner, after) if began else None
    looked = wrong = 0
    try:
        for reached, found in scrubbing.scrub(at):
            place = reached
            looked, wrong = looked + 1, wrong + (found != scrubbing.State.GOOD)
            job.progress(0.0, f"已核对 {looked} 个文件")
    except StorageTrouble as trouble:
        raise JobRetry(trouble.text) from trouble
    with job.completing() as outcome:
        outcome |= {"looked": looked, "wrong": wrong}
        if place is not None and place.owner:
            rest = {"began": place.began.isoformat(), "owner": place.owner, "after": place.after}
            enqueue(KIND, rest, priority=Priority.BULK)
    return {}


def order_scrub() -> None:
    """Begin a round if one is due; one at a time however many workers ask."""
    if scrubbing.is_due(timezone.now()):
        enqueue(KIND, {}, dedupe_key=KIND, priority=Priority.BULK)
