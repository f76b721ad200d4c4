"""Drills: a database, perhaps a broker, and real worker processes that tests kill at will."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
import pytest

from fengcai.engines.jobs.celery.line import Line
from fengcai.engines.jobs.registry import Lane
from tests.engines.jobs import drill_worker
from tooling.servers.postgresql import PostgreSQL
from tooling.servers.rabbitmq import RabbitMQ
from tooling.servers.redis import Redis

WARM = multiprocessing.get_context("forkserver")
WARM.set_forkserver_preload(["tests.engines.jobs.drill_worker"])

ALL = ("sqlite", "postgresql", "redis", "rabbitmq")
"""The embedded engine on either database, the Celery engine over either broker."""

BROKERS = ("redis", "rabbitmq")


def drilled(*engines: str) -> pytest.MarkDecorator:
    """Run a test once for each of these engines."""
    return pytest.mark.parametrize("drill", engines, indirect=True)


class Process:
    """A forked process of a drill, as `subprocess` would show it."""

    def __init__(self, target: Callable[..., None], *words: object) -> None:
        self._process = WARM.Process(target=target, args=words, daemon=True)
        self._process.start()
        assert self._process.pid
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """Its exit code, or less than nothing for a signal's; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float = 60.0) -> int:
        """Its exit code once it has ended."""
        self._process.join(timeout)
        code = self._process.exitcode
        assert code is not None, f"still there after {timeout} s"
        return code

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Servers:
    """PostgreSQL and the brokers, each started when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def postgresql(self) -> PostgreSQL:
        server = PostgreSQL(self.folder / "postgresql", durable=False).start()
        migrate({"DRILL_DATABASE": server.url})
        return server

    @cached_property
    def sqlite(self) -> Path:
        """An empty database to copy."""
        file = self.folder / "empty.sqlite3"
        migrate({"DRILL_DATABASE": str(file)})
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return file

    @cached_property
    def redis(self) -> Redis:
        return Redis(self.folder / "redis").start()

    @cached_property
    def rabbitmq(self) -> RabbitMQ:
        return RabbitMQ(self.folder / "rabbitmq").start()

    def stop(self) -> None:
        for name in ("rabbitmq", "redis", "postgresql"):
            if name in self.__dict__:
                getattr(self, name).stop()


class Drill:
    """A database served by real worker processes, looked at without the engine."""

    def __init__(self, folder: Path, engine: str, servers: Servers) -> None:
        self.engine, self.servers = engine, servers
        self.broker: Any = getattr(servers, engine) if engine in BROKERS else None
        self.on_file = engine == "sqlite"
        self._connection: psycopg.Connection | None = None
        self.database = str(folder / "drill.sqlite3") if self.on_file else servers.postgresql.url
        self.variables = {
            "DRILL_DATABASE": self.database,
            "DRILL_ENGINE": "celery" if self.broker else "embedded",
            "DRILL_BROKER": self.broker.url if self.broker else "",
        }
        self.workers: list[Process] = []
        self.log = folder / "workers.log"
        if self.on_file:
            shutil.copyfile(servers.sqlite, self.database)
        else:
            self.sql("TRUNCATE jobs_job, jobs_worker, drill_effect RESTART IDENTITY")
        if self.broker:
            self.broker.start()
            self.empty_broker()

    def python(self, code: str) -> str:
        """Run `code` in the drill's Django; returns what it printed."""
        return python(code, self.variables)

    def enqueue(self, *calls: str) -> None:
        """`enqueue("'drill.slow', {…}", …)`, in one process."""
        lines = "\n".join(f"enqueue({call})" for call in calls)
        self.python(
            "from datetime import timedelta\nfrom django.utils import timezone\n"
            f"from fengcai.engines.jobs import enqueue\n{lines}"
        )

    def worker(self, *options: str) -> Process:
        """Start a worker process; see `drill_worker.work` for the options."""
        process = Process(drill_worker.work, self.variables, self.log, options)
        self.workers.append(process)
        return process

    def served(self, number: int = 1) -> None:
        """Wait until so many workers have signed."""
        count = "SELECT count(*) FROM jobs_worker"
        self.wait(lambda: self.sql(count)[0][0] >= number, 30, "workers signed")
        if self.broker:
            time.sleep(0.5)  # it signs a moment before it listens

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """Ask or change the database beside the workers."""
        if self.on_file:
            with closing(sqlite3.connect(self.database, timeout=20)) as connection:
                found = connection.execute(statement).fetchall()
                connection.commit()
                return found
        if self._connection is None or self._connection.broken:
            self._connection = psycopg.connect(self.database, autocommit=True)
        try:
            cursor = self._connection.execute(statement)
        except psycopg.OperationalError:  # the server was killed since
            self._connection.close()
            self._connection = psycopg.connect(self.database, autocommit=True)
            cursor = self._connection.execute(statement)
        return cursor.fetchall() if cursor.description else []

    def states(self) -> dict[str, int]:
        """How many jobs stand in each state that any stands in."""
        return dict(self.sql("SELECT state, count(*) FROM jobs_job GROUP BY state"))  # type: ignore[arg-type]

    def all_done(self, seconds: float) -> None:
        """Wait until every job is done."""
        self.wait(lambda: set(self.states()) == {"done"}, seconds, "all jobs are done")

    def effects(self) -> list[tuple[int, int]]:
        """Job and number of effects."""
        rows = self.sql("SELECT job, count(*) FROM drill_effect GROUP BY job ORDER BY job")
        return [(job, number) for job, number in rows]

    def wait(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait until `condition` holds; fails with `what` and the workers' log after `seconds`."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                text = self.log.read_text(encoding="utf-8", errors="replace")
                pytest.fail(f"not within {seconds} s: {what}\n{text[-6000:]}")
            time.sleep(0.03)

    def empty_broker(self) -> None:
        """Take every number from the broker: what a broker does that accepts and drops."""
        line = Line(self.broker.url)
        for lane in Lane:
            queue = line._app.amqp.queues[f"fengcai.{lane}"](line._open().channel())
            queue.declare()
            queue.purge()
        line.close()

    def depth(self, lane: Lane = Lane.DEFAULT) -> int:
        """Numbers that wait at the broker."""
        line = Line(self.broker.url)
        try:
            return line.depth(lane)
        finally:
            line.close()

    def close(self) -> None:
        """End every worker that is still there."""
        for process in self.workers:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()
        if self._connection is not None:
            self._connection.close()


def python(code: str, variables: dict[str, str]) -> str:
    """Run `code` in a Django of its own; returns what it printed."""
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "said"
        code_of_exit = Process(drill_worker.run, variables, said, code).wait()
        text = said.read_text(encoding="utf-8") if said.exists() else ""
    assert code_of_exit == 0, text
    return text


def migrate(variables: dict[str, str]) -> None:
    """Make the tables."""
    python(
        "from django.core.management import call_command\n"
        "call_command('migrate', '--run-syncdb', verbosity=0)",
        variables,
    )
