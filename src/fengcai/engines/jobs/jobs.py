"""The engine's own upkeep as a job: what was done long ago goes; what was given up stays."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from fengcai.engines.jobs.context import JobContext
from fengcai.engines.jobs.queue import enqueue, purge
from fengcai.engines.jobs.registry import Priority, handler

KIND = "jobs.upkeep"

KEPT = timedelta(days=30)
"""How long a done job can still be looked up."""


@handler(KIND, title="清理早已办完的任务", lease=timedelta(minutes=5), max_attempts=2)
def upkeep(job: JobContext) -> dict[str, int]:
    """Can run twice without harm; if the machine dies in the middle, the next run does the rest."""
    return {"jobs": purge(timezone.now() - KEPT)}


def order_upkeep() -> None:
    """Have it done soon; one at a time however many workers ask."""
    enqueue(KIND, {}, dedupe_key=KIND, priority=Priority.BULK)
