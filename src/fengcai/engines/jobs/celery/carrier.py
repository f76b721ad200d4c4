"""Tells the broker the numbers of jobs as they are committed, from a thread of its own: no request
waits for a broker or fails with it.

What cannot be told now is let go of; a worker's dispatcher finds it in the table.
"""

from __future__ import annotations

import atexit
import os
import queue
import threading
import time

import structlog

from fengcai.engines.jobs.celery.line import Line

log = structlog.get_logger(__name__)

AWAY = 5.0
"""Seconds for which a broker that failed is left alone."""

MOST = 20_000
"""Numbers that may wait in this process."""

LAST_CALL = 2.0
"""Seconds that an ending process gives its last numbers to leave."""


class ThreadedCarrier:
    """See `carriage.Carrier`. One for a process; its thread starts with the first number."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._away_until = float("-inf")
        self._pid = 0
        self._lock = threading.Lock()
        self._waiting: queue.Queue[tuple[int, str, int]] = queue.Queue(MOST)

    def ready(self) -> bool:
        """False for some seconds after the broker failed."""
        return time.monotonic() >= self._away_until

    def tell(self, job_id: int, kind: str, priority: int) -> None:
        """Queue a number for the thread. Neither waits nor raises."""
        if self._pid != os.getpid():
            self._start()
        try:
            self._waiting.put_nowait((job_id, kind, priority))
        except queue.Full:
            log.warning("broker_slow", left_to_dispatcher=job_id)

    def flush(self, seconds: float) -> bool:
        """Wait until all numbers told so far have left; False when some still wait."""
        until = time.monotonic() + seconds
        while self._waiting.unfinished_tasks and time.monotonic() < until:
            time.sleep(0.005)
        return not self._waiting.unfinished_tasks

    def _start(self) -> None:
        """Once for a process; a forked child has neither its parent's thread nor a connection."""
        with self._lock:
            if self._pid == os.getpid():
                return
            self._waiting = queue.Queue(MOST)
            threading.Thread(target=self._run, name="jobs-carrier", daemon=True).start()
            atexit.register(self.flush, LAST_CALL)
            self._pid = os.getpid()

    def _run(self) -> None:
        line = Line(self._url)
        waiting = self._waiting
        while True:
            job_id, kind, priority = waiting.get()
            try:
                if self.ready():
                    line.send(job_id, kind, priority)
            except Exception as trouble:
                self._away_until = time.monotonic() + AWAY
                log.warning(
                    "broker_unreachable",
                    first_job=job_id,
                    trouble=str(trouble) or type(trouble).__name__,
                    kept="jobs are in the database and will be carried later",
                )
            finally:
                waiting.task_done()
