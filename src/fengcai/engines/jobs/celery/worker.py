"""The Celery worker: a number comes in, its very row is claimed, and the job runs in a thread.

Threads and not processes: a film is measured in a limited child process of its own anyway, mails and
exports wait for others, and a thread can be asked to yield and has its lease renewed by the watch.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Collection

import structlog
from celery.exceptions import Reject
from celery.utils.log import get_logger
from celery.worker import state as celery_state
from celery.worker.request import Request
from django.db import connections

from fengcai.engines.jobs import claims
from fengcai.engines.jobs.celery.app import TASK, make, queue_of
from fengcai.engines.jobs.celery.dispatch import Dispatcher
from fengcai.engines.jobs.celery.line import Line
from fengcai.engines.jobs.claims import Claim
from fengcai.engines.jobs.keeping import DATABASE_TROUBLE, GRACE, Keeper

log = structlog.get_logger(__name__)
celery_log = get_logger(__name__)

DATABASE_PAUSE = 10.0
"""The longest wait, in seconds, between two tries of a database that is away."""


class Acknowledged(Request):
    """A number whose acknowledgement, if it fails, ends the connection that it came by.

    Celery would log the failure and keep the place in the prefetch window taken for good: after a
    Redis that was away for a second the worker would stand still, connected and deaf.
    """

    acknowledged: bool

    def acknowledge(self) -> None:
        """Acknowledge once; errors pass on to the consumer, which connects anew.

        A number that came by a line which is gone has nobody to acknowledge it to: the broker gives
        it again, and its row says that it is done.
        """
        if not self.acknowledged:
            if getattr(self.message.channel, "is_open", True):  # Redis has no lines of its own
                self._on_ack(celery_log, ())
            self.acknowledged = True


def serve(
    url: str,
    stop: threading.Event,
    *,
    concurrency: int = 1,
    lanes: Collection[str] | None = None,
    grace: float = GRACE,
    name: str = "",
    dispatcher: Dispatcher | None = None,
) -> bool:
    """Serve numbers of `lanes` until `stop` is set. Runs Celery's loop in the calling thread.

    Ends the process itself (exit code 0) when a job would not yield: its row is back in the queue,
    and only the process can stop the thread. Raises RuntimeError when Celery gave up.
    """
    keeper = Keeper(engine="celery", name=name, lanes=lanes, concurrency=concurrency)
    app = make(url)

    @app.task(name=TASK, Request=Acknowledged)
    def carry(job_id: int) -> None:
        _carry(keeper, stop, job_id)

    controller = app.WorkController(
        hostname=f"fengcai@{keeper.name.replace('@', '-')}",
        pool_cls="threads",
        concurrency=concurrency,
        queues=[queue_of(lane) for lane in keeper.lanes],
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    finished = threading.Event()

    def busy() -> bool:
        if stop.is_set():
            celery_state.should_stop = os.EX_OK
        return not finished.is_set()

    def watch() -> None:
        if not keeper.watch(stop, busy, grace=grace):
            os._exit(os.EX_OK)

    tellers = dispatcher or Dispatcher(Line(url))
    threads = [
        threading.Thread(target=watch, name="jobs-watch", daemon=True),
        threading.Thread(target=tellers.run, args=(stop,), name="jobs-dispatcher", daemon=True),
    ]
    celery_state.should_stop = None
    log.info("worker_started", worker=keeper.name, concurrency=concurrency, lanes=keeper.lanes)
    for thread in threads:
        thread.start()
    try:
        controller.start()
    finally:
        finished.set()
        threads[0].join()
    log.info("worker_stopped", worker=keeper.name)
    if not stop.is_set():
        raise RuntimeError(f"Celery ended by itself with {controller.exitcode}")
    return True


def _carry(keeper: Keeper, stop: threading.Event, job_id: int) -> None:
    """What a number is good for: nothing when its row is done, held, or not due."""
    held = _claimed(keeper, stop, job_id)
    if held is None:
        return
    try:
        keeper.carry_out(held)
    except DATABASE_TROUBLE:
        # The ending could not be written: the lease runs out, and the job is taken back.
        log.warning("job_ending_not_written", job=job_id, exc_info=True)
        connections.close_all()


def _claimed(keeper: Keeper, stop: threading.Event, job_id: int) -> Claim | None:
    """Claim the row, waiting for a database that is away: else its numbers would all be used up."""
    pause = 0.5
    while not stop.is_set():
        try:
            return claims.claim_one(job_id, keeper.name)
        except DATABASE_TROUBLE:
            log.warning("worker_database_unavailable", worker=keeper.name, exc_info=True)
            connections.close_all()
        stop.wait(pause)
        pause = min(pause * 2, DATABASE_PAUSE)
    raise Reject(requeue=True)
