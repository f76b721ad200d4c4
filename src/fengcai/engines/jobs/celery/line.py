"""One connection to the broker for telling numbers: opened when needed, let go at any trouble.

Never waits for long and never tries more than twice. Not shared between threads.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

from kombu.connection import Connection
from kombu.exceptions import KombuError
from kombu.messaging import Producer

from fengcai.engines.jobs import registry
from fengcai.engines.jobs.celery.app import ANSWER, CONNECT, TASK, make, priority_at, queue_of
from fengcai.engines.jobs.registry import Lane

IDLE = 1.0
"""Seconds after which a connection is looked at before it is trusted with a number."""

NOT_FOUND = "404"
IMPATIENT = {"max_retries": 0, "interval_start": 0, "interval_step": 0, "interval_max": 0}


class Line:
    """Sends numbers and asks how many wait at the broker. Raises one of `troubles`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._app = make(url)
        self._connection: Connection | None = None
        self._producer: Producer | None = None
        self._used = 0.0
        probe = self._app.connection_for_write()
        self.troubles: tuple[type[Exception], ...] = (
            *probe.connection_errors,
            *probe.channel_errors,
            OSError,
            KombuError,
        )

    def send(self, job_id: int, kind: str, priority: int) -> None:
        """Hand one number over; once more on a new connection when the old one has broken."""
        fresh = self._producer is None
        try:
            self._send(job_id, kind, priority)
        except self.troubles:
            self.close()
            if fresh:
                raise
            try:
                self._send(job_id, kind, priority)
            except self.troubles:
                self.close()
                raise

    def depth(self, lane: Lane) -> int:
        """How many numbers wait in a lane's queue, those in workers' hands not counted."""
        try:
            connection = self._open()
            with connection.channel() as channel:
                queue = self._app.amqp.queues[queue_of(lane)](channel)
                return int(queue.queue_declare(passive=True).message_count)
        except self.troubles as trouble:
            # RabbitMQ's number, or Redis's text of it: an empty list does not exist there.
            if str(getattr(trouble, "reply_code", "")) == NOT_FOUND:
                return 0
            self.close()
            raise

    def knock(self) -> None:
        """Raise unless the broker answers."""
        self._open()

    def close(self) -> None:
        """Let the connection go; the next use opens another."""
        connection, self._connection, self._producer = self._connection, None, None
        if connection is not None:
            with suppress(*self.troubles):
                connection.collect(socket_timeout=0.2)

    def _send(self, job_id: int, kind: str, priority: int) -> None:
        connection = self._open()
        if self._producer is None:
            self._producer = self._app.amqp.Producer(connection)
        self._app.send_task(
            TASK,
            (job_id,),
            queue=queue_of(registry.lane(kind)),
            priority=priority_at(self._url, priority),
            producer=self._producer,
            retry=False,
            ignore_result=True,
        )

    def _open(self) -> Connection:
        if self._connection is not None and time.monotonic() - self._used > IDLE:
            self._look()
        if self._connection is None:
            options: dict[str, Any] = {**self._app.conf.broker_transport_options, **IMPATIENT}
            if not self._url.startswith("redis"):
                options |= {"read_timeout": ANSWER, "write_timeout": ANSWER}
            connection = self._app.connection_for_write(
                connect_timeout=CONNECT, heartbeat=0, transport_options=options
            )
            self._connection = connection
            try:
                _ = connection.default_channel
            except self.troubles:
                self.close()
                raise
        self._used = time.monotonic()
        return self._connection

    def _look(self) -> None:
        """RabbitMQ says good-bye before it goes; a number written after that would be lost."""
        if self._url.startswith("redis") or self._connection is None:
            return
        try:
            self._connection.drain_events(timeout=0.001)
        except TimeoutError:
            return
        except self.troubles:
            self.close()
