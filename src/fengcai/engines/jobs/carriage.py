"""Where the numbers of waiting jobs are told to, once their transaction has committed.

Without a carrier nobody is told: workers that look into the table find the jobs by themselves. What
a carrier is told may be lost; the row is the truth.
"""

from __future__ import annotations

from functools import partial
from typing import Protocol

from django.db import router, transaction

from fengcai.engines.jobs.models import Job


class Carrier(Protocol):
    """Hands numbers of jobs to workers, soon and without waiting."""

    def ready(self) -> bool:
        """Whether telling makes sense now; False while what carries is known to be away."""

    def tell(self, job_id: int, kind: str, priority: int) -> None:
        """Pass a number on. Neither waits nor raises."""


_carrier: Carrier | None = None


def install(carrier: Carrier | None) -> Carrier | None:
    """Tell `carrier` from now on, or nobody; returns the one before."""
    global _carrier
    before, _carrier = _carrier, carrier
    return before


def ready() -> bool:
    """Whether a job that is written now will be told."""
    return _carrier is not None and _carrier.ready()


def tell_after_commit(job: Job) -> None:
    """Tell the job's number when the caller's transaction is committed; at once outside of any."""
    if _carrier is not None:
        told = partial(_carrier.tell, job.pk, job.kind, job.priority)
        transaction.on_commit(told, using=router.db_for_write(Job), robust=True)
