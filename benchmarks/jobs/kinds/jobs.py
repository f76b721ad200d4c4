"""The kinds of jobs that are measured."""

from __future__ import annotations

import time

from fengcai.engines.jobs import JobContext, handler


@handler("bench.bare")
def bare(job: JobContext) -> None:
    """Nothing: what remains is the engine's own cost, one lasting row claimed and ended."""


@handler("bench.long", lease=10.0)
def long(job: JobContext) -> None:
    """Works until it is killed the first time; the second attempt ends at once."""
    if job.attempt == 1:
        time.sleep(600)
