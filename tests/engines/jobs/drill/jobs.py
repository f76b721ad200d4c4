"""Handlers for the drills: they take their time, so that a kill finds them in the middle."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

from fengcai.engines.jobs import JobContext, Lane, handler
from tests.engines.jobs.drill.models import Effect


def leave_effect(job: JobContext) -> None:
    Effect.objects.create(
        job=job.id, attempt=job.attempt, worker_pid=os.getpid(), at=time.monotonic()
    )


@handler("drill.quick")
def quick(job: JobContext, n: int = 0) -> None:
    """One effect, at once."""
    with job.completing():
        leave_effect(job)


@handler("drill.bare")
def bare(job: JobContext, n: int = 0) -> None:
    """Nothing at all: what the engine itself costs."""


@handler("drill.film", lane=Lane.MEDIA)
def film(job: JobContext) -> None:
    """Occupies the lane of films."""
    time.sleep(0.2)


@handler("drill.mail", lane=Lane.MAIL)
def mail(job: JobContext) -> None:
    """Occupies the lane of messages, for no time at all."""


@handler("drill.slow", lease=1.5, max_interruptions=1_000)
def slow(job: JobContext, before: float, inside: float) -> dict[str, int]:
    """Work, write one effect, linger in the open transaction, finish.

    If the machine dies at any line, the effect and the ending are both absent or both there.
    """
    steps = 4
    for step in range(steps):
        time.sleep(before / steps)
        job.progress(step / steps, f"第 {step + 1} 步")
    with job.completing() as outcome:
        leave_effect(job)
        time.sleep(inside)
        outcome["attempt"] = job.attempt
    return {}


@handler("drill.frozen", lease=timedelta(seconds=1))
def frozen(job: JobContext, marker: str, resume: str) -> None:
    """Say that it has begun, wait for a file, then try to write its effect."""
    Path(f"{marker}.{job.attempt}").write_text(str(os.getpid()), encoding="utf-8")
    deadline = time.monotonic() + 30
    while not Path(resume).exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    with job.completing():
        leave_effect(job)


@handler("drill.deaf")
def deaf(job: JobContext, seconds: float) -> None:
    """Asks nobody whether it should stop."""
    time.sleep(seconds)


@handler("drill.falters", backoff=0.25)
def falters(job: JobContext, times: int) -> None:
    """Leaves a trace of each attempt and fails the first few."""
    leave_effect(job)
    if job.attempt <= times:
        raise RuntimeError("not yet")


@handler("drill.killer", lease=1.0, max_interruptions=3)
def killer(job: JobContext) -> None:
    """Fell the worker that runs it, as a decoder bug would."""
    os.kill(os.getpid(), 9)
