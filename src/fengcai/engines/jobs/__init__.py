"""The jobs engine: work that outlives a request, kept as rows beside the change that needs it.

A job is written in the caller's transaction, claimed under a lease, and takes effect once even when
a worker is killed in the middle. This page names the public interface; it does not know what any
job means.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from fengcai.engines.jobs.observers import Sign, observe
from fengcai.engines.jobs.registry import (
    LANE_NAMES,
    ArgumentsRefused,
    JobFailed,
    JobInterrupted,
    JobRetry,
    Lane,
    LeaseLost,
    Priority,
    UnknownKind,
    handler,
)

if TYPE_CHECKING:
    from fengcai.engines.jobs.context import JobContext
    from fengcai.engines.jobs.models import Job
    from fengcai.engines.jobs.queries import (
        GivenUp,
        JobStatus,
        counts,
        given_up,
        given_up_ids,
        given_up_kinds,
        newest_by_subject,
        status,
        statuses,
    )
    from fengcai.engines.jobs.queue import RetryRefused, enqueue, purge, retry
    from fengcai.engines.jobs.running import engine, run_pending, run_worker
    from fengcai.engines.jobs.standing import Health, WorkerSeen, health, workers

__all__ = [
    "LANE_NAMES",
    "ArgumentsRefused",
    "GivenUp",
    "Health",
    "Job",
    "JobContext",
    "JobFailed",
    "JobInterrupted",
    "JobRetry",
    "JobStatus",
    "Lane",
    "LeaseLost",
    "Priority",
    "RetryRefused",
    "Sign",
    "UnknownKind",
    "WorkerSeen",
    "counts",
    "engine",
    "enqueue",
    "given_up",
    "given_up_ids",
    "given_up_kinds",
    "handler",
    "health",
    "newest_by_subject",
    "observe",
    "purge",
    "retry",
    "run_pending",
    "run_worker",
    "status",
    "statuses",
    "workers",
]

# Django imports this package before models can be loaded, so what needs a model is looked up late.
_LATE = {
    "GivenUp": "queries",
    "Health": "standing",
    "Job": "models",
    "JobContext": "context",
    "JobStatus": "queries",
    "RetryRefused": "queue",
    "WorkerSeen": "standing",
    "counts": "queries",
    "engine": "running",
    "enqueue": "queue",
    "given_up": "queries",
    "given_up_ids": "queries",
    "given_up_kinds": "queries",
    "health": "standing",
    "newest_by_subject": "queries",
    "purge": "queue",
    "retry": "queue",
    "run_pending": "running",
    "run_worker": "running",
    "status": "queries",
    "statuses": "queries",
    "workers": "standing",
}


def __getattr__(name: str) -> Any:
    """Load the parts that need Django's models when they are first asked for."""
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
