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
    from fengcai.engines.jobs.queries import JobStatus, counts, newest_by_subject, status, statuses
    from fengcai.engines.jobs.queue import RetryRefused, enqueue, purge, retry
    from fengcai.engines.jobs.running import run_pending, run_worker

__all__ = [
    "ArgumentsRefused",
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
    "counts",
    "enqueue",
    "handler",
    "newest_by_subject",
    "observe",
    "purge",
    "retry",
    "run_pending",
    "run_worker",
    "status",
    "statuses",
]

# Django imports this package before models can be loaded, so what needs a model is looked up late.
_LATE = {
    "Job": "models",
    "JobContext": "context",
    "JobStatus": "queries",
    "RetryRefused": "queue",
    "counts": "queries",
    "enqueue": "queue",
    "newest_by_subject": "queries",
    "purge": "queue",
    "retry": "queue",
    "run_pending": "running",
    "run_worker": "running",
    "status": "queries",
    "statuses": "queries",
}


def __getattr__(name: str) -> Any:
    """Load the parts that need Django's models when they are first asked for."""
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
