"""The embedded worker: claims due jobs, keeps their leases alive, and takes back lost ones.

One process, a few threads, no broker. Several workers may serve one database.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import structlog
from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from fengcai.engines.jobs import claims, machine
from fengcai.engines.jobs.context import JobContext
from fengcai.engines.jobs.execution import execute

log = structlog.get_logger(__name__)

GRACE = 10.0
"""Seconds that running jobs are given to finish after `stop` before they are asked to yield."""

YIELD = 5.0
"""Further seconds that a job asked to yield has; after that it is put back into the queue."""


def run_pending(limit: int = 100, *, reraise: bool = False) -> int:
    """Carry out due jobs here and now, one after another; returns how many were begun.

    For tests and command-line tools: runs in the calling thread, sends no heartbeats, and stops
    when nothing is due or `limit` jobs were begun. With `reraise` a handler's exception is raised.
    """
    name = machine.worker_name()
    for begun in range(limit):
        held = claims.claim(name)
        if held is None:
            return begun
        execute(held, JobContext(held), reraise=reraise)
    return limit


def run_worker(
    stop: threading.Event,
    *,
    concurrency: int = 1,
    poll: float = 0.5,
    grace: float = GRACE,
    name: str | None = None,
) -> None:
    """Serve the queue until `stop` is set; returns when every job in hand has ended or gone back.

    `concurrency` jobs run at once, each in a thread. `poll` is how many seconds an idle thread
    waits before looking again. Database errors are logged and waited out.
    """
    _Worker(stop, concurrency, poll, grace, name or machine.worker_name()).serve()


@dataclass
class _Worker:
    stop: threading.Event
    concurrency: int
    poll: float
    grace: float
    name: str
    yielding: threading.Event = field(default_factory=threading.Event)
    contexts: dict[int, JobContext] = field(default_factory=dict)
    """The context of each thread that holds a job."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def serve(self) -> None:
        log.info("worker_started", worker=self.name, concurrency=self.concurrency)
        # Daemon threads: a handler that never yields must not keep a stopping process alive.
        threads = [
            threading.Thread(target=self._work, args=(slot,), name=f"jobs-{slot}", daemon=True)
            for slot in range(self.concurrency)
        ]
        for thread in threads:
            thread.start()
        try:
            self._watch(threads)
        finally:
            connections.close_all()
        log.info("worker_stopped", worker=self.name)

    def _watch(self, threads: list[threading.Thread]) -> None:
        tick = min(self.poll, 0.25)
        quiet_until = 0.0
        asked_at: float | None = None
        while any(thread.is_alive() for thread in threads):
            moment = time.monotonic()
            if asked_at is None and self.stop.is_set():
                asked_at = moment
            if asked_at is not None and moment - asked_at >= self.grace:
                self.yielding.set()
                if moment - asked_at >= self.grace + YIELD:
                    self._let_go()
                    return
            if moment >= quiet_until:
                try:
                    close_old_connections()
                    self._beat()
                    if asked_at is None:
                        claims.recover(known_alive=(self.name,))
                except (DatabaseError, InterfaceError):
                    log.warning("worker_database_unavailable", worker=self.name, exc_info=True)
                    quiet_until = moment + 0.5
            if asked_at is None:
                self.stop.wait(tick)
            else:
                threads[0].join(0.05)

    def _beat(self) -> None:
        """Renew every lease in hand of which a third has passed."""
        with self.lock:
            held = list(self.contexts.values())
        for context in held:
            if context.renewal_due() and not context.renew() and not context.completed:
                log.warning("job_lease_lost", job=context.id, kind=context.kind)

    def _work(self, slot: int) -> None:
        pause = self.poll
        try:
            while not self.stop.is_set():
                try:
                    close_old_connections()
                    worked = self._next(slot)
                    pause = self.poll
                except (DatabaseError, InterfaceError):
                    log.warning("worker_database_unavailable", worker=self.name, exc_info=True)
                    worked, pause = False, min(max(pause, 0.1) * 2, 10.0)
                if not worked:
                    self.stop.wait(pause)
        finally:
            connections.close_all()

    def _next(self, slot: int) -> bool:
        held = claims.claim(self.name)
        if held is None:
            return False
        context = JobContext(held, interrupted=self.yielding.is_set)
        with self.lock:
            self.contexts[slot] = context
        try:
            state = execute(held, context)
        finally:
            with self.lock:
                self.contexts.pop(slot, None)
        log.info("job_attempt_ended", job=held.id, kind=held.kind, state=state)
        return True

    def _let_go(self) -> None:
        with self.lock:
            held = list(self.contexts.values())
        for context in held:
            context.lose()
            context.release()
            log.warning("job_put_back", job=context.id, kind=context.kind)
