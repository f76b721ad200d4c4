"""The drill's kind of job: it takes a moment and leaves one row."""

from __future__ import annotations

import time

from benchmarks.faults.effects.models import Effect
from fengcai.engines.jobs import JobContext, handler

KIND = "drill.effect"


@handler(KIND, lease=10, max_attempts=50, max_interruptions=50, backoff=1, backoff_max=5)
def leave_effect(job: JobContext, *, number: int, seconds: float) -> None:
    """Leave the row in the transaction that ends the job: killed before, there is none."""
    time.sleep(seconds)
    with job.completing():
        Effect.objects.create(number=number)
