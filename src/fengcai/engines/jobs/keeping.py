"""What every engine's worker process does beside its jobs: keeps their leases alive, gives a sign of
life, takes back what vanished workers held, and comes to an orderly end.

Claims nothing and knows no broker.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from datetime import timedelta

import structlog
from django.db import DatabaseError, InterfaceError, connections, router

from fengcai.engines.jobs import claims, clock, machine
from fengcai.engines.jobs.claims import Claim
from fengcai.engines.jobs.context import JobContext
from fengcai.engines.jobs.execution import execute
from fengcai.engines.jobs.models import Job, State, Worker
from fengcai.engines.jobs.registry import Lane

log = structlog.get_logger(__name__)

GRACE = 10.0
"""Seconds that running jobs are given to finish after `stop` before they are asked to yield."""

YIELD = 5.0
"""Further seconds that a job asked to yield has; after that it is put back into the queue."""

TICK = 0.25
RECOVER_EVERY = 1.0
SIGN_EVERY = 5.0
"""Seconds between two looks at leases in hand, at vanished workers, and two signs of life."""

FORGOTTEN_AFTER = timedelta(hours=1)
"""A worker whose last sign is older leaves the list."""

DATABASE_TROUBLE = (DatabaseError, InterfaceError)


class Keeper:
    """One worker process's jobs in hand. Jobs run in threads of their own; `watch` in one more."""

    def __init__(
        self,
        *,
        engine: str,
        name: str = "",
        lanes: Collection[str] | None = None,
        concurrency: int = 1,
        tick: float = TICK,
        recover_every: float = RECOVER_EVERY,
    ) -> None:
        self.engine = engine
        # Drawn anew for each process: two workers can never pass for one another.
        self.name = name or machine.worker_name()
        self.lanes = tuple(Lane) if lanes is None else tuple(Lane(lane) for lane in lanes)
        self.concurrency = concurrency
        self.yielding = threading.Event()
        self._tick = tick
        self._recover_every = recover_every
        self._recover_at = self._sign_at = 0.0
        self._contexts: dict[int, JobContext] = {}
        self._lock = threading.Lock()

    def carry_out(self, held: Claim) -> State | None:
        """Run a claimed job in this thread, its lease renewed by `watch` meanwhile."""
        context = JobContext(held, interrupted=self.yielding.is_set)
        with self._lock:
            self._contexts[id(context)] = context
        try:
            state = execute(held, context)
        finally:
            with self._lock:
                self._contexts.pop(id(context), None)
        log.info("job_attempt_ended", job=held.id, kind=held.kind, state=state)
        return state

    @property
    def in_hand(self) -> int:
        """How many jobs run here now."""
        return len(self._contexts)

    def watch(
        self,
        stop: threading.Event,
        busy: Callable[[], bool],
        *,
        grace: float = GRACE,
    ) -> bool:
        """Keep watch until `stop` is set and `busy` says no; True for an orderly end.

        After `grace` seconds jobs are asked to yield; after YIELD more they are put back into the
        queue while their threads still run, and the answer is False: the process should end.
        """
        asked_at: float | None = None
        quiet_until = 0.0
        try:
            while busy():
                moment = time.monotonic()
                if asked_at is None and stop.is_set():
                    asked_at = moment
                if asked_at is not None and moment - asked_at >= grace:
                    self.yielding.set()
                    if moment - asked_at >= grace + YIELD:
                        self._let_go()
                        return False
                if moment >= quiet_until:
                    try:
                        self._round(moment, taking=asked_at is None)
                    except DATABASE_TROUBLE:
                        log.warning("worker_database_unavailable", worker=self.name, exc_info=True)
                        connections.close_all()
                        quiet_until = moment + 0.5
                if asked_at is None:
                    stop.wait(self._tick)
                else:
                    time.sleep(0.05)
            return True
        finally:
            self._leave()
            connections.close_all()

    def _round(self, moment: float, *, taking: bool) -> None:
        self._beat()
        if moment >= self._sign_at:
            self._sign()
            self._sign_at = moment + SIGN_EVERY
        if taking and moment >= self._recover_at:
            claims.recover(known_alive=(self.name,))
            self._recover_at = moment + self._recover_every

    def _beat(self) -> None:
        """Renew every lease in hand of which a third has passed."""
        with self._lock:
            held = list(self._contexts.values())
        for context in held:
            if context.lost or not context.renewal_due():
                continue
            try:
                kept = context.renew()
            except DATABASE_TROUBLE:
                # What befell one statement must not cost the other jobs their leases; a database
                # that is away would be waited for with each of them.
                if not connections[router.db_for_write(Job)].is_usable():
                    raise
                log.warning("job_not_renewed", job=context.id, kind=context.kind, exc_info=True)
                continue
            if not kept and not context.completed:
                log.warning("job_lease_lost", job=context.id, kind=context.kind)

    def _sign(self) -> None:
        now = clock.instant()
        if not Worker.objects.filter(name=self.name).update(seen=now):
            Worker.objects.create(
                name=self.name,
                engine=self.engine,
                lanes=[str(lane) for lane in self.lanes],
                concurrency=self.concurrency,
                started=now,
                seen=now,
            )
            Worker.objects.filter(seen__lt=clock.instant(-FORGOTTEN_AFTER)).delete()

    def _let_go(self) -> None:
        with self._lock:
            held = list(self._contexts.values())
        for context in held:
            context.lose()
            if context.release():
                log.warning("job_put_back", job=context.id, kind=context.kind)
            else:
                log.warning("job_left_to_its_lease", job=context.id, kind=context.kind)

    def _leave(self) -> None:
        try:
            Worker.objects.filter(name=self.name).delete()
        except DATABASE_TROUBLE:
            log.info("worker_left_without_a_word", worker=self.name)
