"""Starts the worker of the engine that the settings name, and carries jobs out on the spot.

Engines are named by string here: none of them is loaded unless it is the one in use.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from importlib import import_module

from django.conf import settings

from fengcai.engines.jobs import claims, machine
from fengcai.engines.jobs.context import JobContext
from fengcai.engines.jobs.execution import execute
from fengcai.engines.jobs.keeping import GRACE


def engine() -> str:
    """`embedded` or `celery`: FENGCAI_JOBS."""
    return str(getattr(settings, "FENGCAI_JOBS", "embedded"))


def run_worker(
    stop: threading.Event,
    *,
    concurrency: int = 1,
    lanes: Collection[str] | None = None,
    grace: float = GRACE,
    name: str = "",
) -> bool:
    """Serve jobs of `lanes` (default: all), `concurrency` at once, until `stop` is set.

    Running jobs then have `grace` seconds to end before they are asked to yield. True when all have
    ended or gone back in order; False when a thread would not yield: end the process.
    """
    module = import_module(f"fengcai.engines.jobs.{engine()}")
    orderly: bool = module.run_worker(
        stop, concurrency=concurrency, lanes=lanes, grace=grace, name=name
    )
    return orderly


def run_pending(limit: int = 100, *, reraise: bool = False) -> int:
    """Carry out due jobs here and now, one after another; returns how many were begun.

    For tests and command-line tools, whatever the engine: runs in the calling thread, sends no
    heartbeats, and stops when nothing is due or `limit` jobs were begun. With `reraise` a handler's
    exception is raised.
    """
    name = machine.worker_name()
    for begun in range(limit):
        held = claims.claim(name)
        if held is None:
            return begun
        execute(held, JobContext(held), reraise=reraise)
    return limit
