"""How the engine itself is: who serves, what waits and for how long, whether the broker answers.

For `fengcai doctor` and the office's page. Looks and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module

from django.db.models import Count, Min

from fengcai.engines.jobs import clock, machine, registry
from fengcai.engines.jobs.models import Job, State, Worker
from fengcai.engines.jobs.registry import Lane
from fengcai.engines.jobs.running import engine

LATELY = timedelta(seconds=20)
"""A worker signs every five seconds; one that has been silent for longer is not counted."""


@dataclass(frozen=True, slots=True)
class WorkerSeen:
    """A worker process that signed lately."""

    name: str
    engine: str
    lanes: tuple[str, ...]
    concurrency: int
    started: datetime
    seen: datetime

    @property
    def machine(self) -> str:
        """The machine that it runs on."""
        return self.name.partition("@")[0]


@dataclass(frozen=True, slots=True)
class Health:
    """The engine at one instant. `broker` says what keeps us from it; empty when it answers, None
    where the engine needs none. `oldest` is since when the job that is due longest has waited."""

    engine: str
    at: datetime
    broker: str | None
    workers: tuple[WorkerSeen, ...]
    waiting: Mapping[Lane, int] = field(default_factory=dict)
    running: int = 0
    given_up: int = 0
    oldest: datetime | None = None

    @property
    def waited(self) -> timedelta:
        """How long the job that is due longest has waited; nothing when none is due."""
        return timedelta(0) if self.oldest is None else max(self.at - self.oldest, timedelta(0))

    @property
    def unserved(self) -> tuple[Lane, ...]:
        """Lanes in which jobs wait and no worker serves."""
        served = {lane for worker in self.workers for lane in worker.lanes}
        return tuple(lane for lane, number in self.waiting.items() if number and lane not in served)


def workers() -> tuple[WorkerSeen, ...]:
    """The workers of every machine that live, oldest first. One statement."""
    lately = Worker.objects.filter(seen__gte=clock.instant(-LATELY)).order_by("started", "pk")
    return tuple(
        WorkerSeen(row.name, row.engine, tuple(row.lanes), row.concurrency, row.started, row.seen)
        for row in lately
        if not machine.is_dead(row.name)
    )


def health(*, ask_broker: bool = True) -> Health:
    """Everything at once: four statements, and a knock at the broker unless told otherwise."""
    at = clock.now()
    waiting = dict.fromkeys(Lane, 0)
    oldest: datetime | None = None
    due = Job.objects.filter(state=State.QUEUED, run_at__lte=at).order_by()
    for kind, number, first in due.values_list("kind").annotate(n=Count("pk"), first=Min("run_at")):
        waiting[registry.lane(kind)] += number
        oldest = first if oldest is None else min(oldest, first)
    standing = dict(
        Job.objects.filter(state__in=(State.RUNNING, State.FAILED, State.DEAD))
        .order_by()
        .values_list("state")
        .annotate(n=Count("pk"))
    )
    return Health(
        engine=engine(),
        at=at,
        broker=_broker() if ask_broker else None,
        workers=workers(),
        waiting=waiting,
        running=standing.get(State.RUNNING, 0),
        given_up=standing.get(State.FAILED, 0) + standing.get(State.DEAD, 0),
        oldest=oldest,
    )


def _broker() -> str | None:
    trouble: str | None = import_module(f"fengcai.engines.jobs.{engine()}").broker_trouble()
    return trouble
