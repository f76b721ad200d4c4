"""Jobs a second and the time to re-claim after kill -9, on SQLite, PostgreSQL, Celery over Redis and
over RabbitMQ; the peer is plain Celery (acks_late) whose task writes one row in the same database.

Ours keeps each job as a row in the caller's transaction; the peer sends a message and hopes. Servers
are real ones on the loopback, durable (fsync on), on the same disk in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tooling.servers import postgresql, rabbitmq, redis

ROOT = Path(__file__).resolve().parents[2]

LEASE = 10.0
"""Seconds of `bench.long`'s lease."""

ENQUEUE = """
import time
from fengcai.engines.jobs import enqueue
began = time.perf_counter()
for _ in range({number}): enqueue("{kind}")
print(time.perf_counter() - began)
"""
SEND = """
import time
from benchmarks.jobs.peer import note
began = time.perf_counter()
for number in range({number}): note.delay(number)
print(time.perf_counter() - began)
"""


class Case:
    """One engine on one database, and what was measured of it."""

    def __init__(self, name: str, database: str, broker: str, concurrency: int) -> None:
        self.name, self.database = name, database
        self.peer = name.startswith("peer")
        self.variables = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "benchmarks.jobs.settings",
            "BENCH_DATABASE": database,
            "BENCH_BROKER": broker,
            "BENCH_ENGINE": "celery" if broker and not self.peer else "embedded",
            "BENCH_CONCURRENCY": str(concurrency),
        }
        self.enqueued: list[float] = []
        self.done: list[float] = []

    def python(self, code: str) -> str:
        """Run code in a process of its own."""
        setup = "" if self.peer else "import django; django.setup()\n"
        return subprocess.run(
            [sys.executable, "-c", setup + code],
            env=self.variables, cwd=ROOT, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """Ask or change the database beside the engine."""
        if self.database.startswith("postgres"):
            with psycopg.connect(self.database, autocommit=True) as connection:
                cursor = connection.execute(statement)
                return cursor.fetchall() if cursor.description else []
        with closing(sqlite3.connect(self.database, timeout=20)) as connection:
            found = connection.execute(statement).fetchall()
            connection.commit()
            return found

    @contextmanager
    def worker(self, name: str = "") -> Iterator[subprocess.Popen[bytes]]:
        """A worker process, ended with the block."""
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.jobs.worker", "peer" if self.peer else "ours"],
            env=self.variables | {"BENCH_NAME": name}, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def count(self) -> int:
        """How many are done."""
        table = "peer_done" if self.peer else "jobs_job WHERE state = 'done'"
        return int(self.sql(f"SELECT count(*) FROM {table}")[0][0])

    def clear(self) -> None:
        """Forget what is done."""
        self.sql("DELETE FROM peer_done" if self.peer else "DELETE FROM jobs_job")

    def round(self, number: int) -> None:
        """Enqueue while nobody works, then let one worker process do them all."""
        self.clear()
        code = (SEND if self.peer else ENQUEUE).format(number=number, kind="bench.bare")
        self.enqueued.append(number / float(self.python(code)))
        with self.worker():
            # The first ones only show that the process is up.
            first = max(number // 20, 1)
            wait(lambda: self.count() >= first, 60)
            began, had = time.perf_counter(), self.count()
            wait(lambda: self.count() >= number, 300, pause=0.01)
            self.done.append((number - had) / (time.perf_counter() - began))

    def reclaim(self, *, elsewhere: bool) -> float:
        """Seconds from kill -9 of the worker that runs a job until another has done it.

        The other runs already. On the same machine it sees that the process is gone; `elsewhere`
        the first bears a name that tells it nothing, as a process of another machine does, and only
        the lease (LEASE) counts, of which up to a third has passed.
        """
        self.clear()
        self.python(ENQUEUE.format(number=1, kind="bench.long"))
        running = "SELECT count(*) FROM jobs_job WHERE state = 'running'"
        with self.worker("another machine" if elsewhere else "") as first:
            wait(lambda: self.sql(running) == [(1,)], 60)
            with self.worker():
                wait(lambda: self.sql("SELECT count(*) FROM jobs_worker") == [(2,)], 60)
                first.send_signal(signal.SIGKILL)
                began = time.perf_counter()
                wait(lambda: self.count() == 1, 120, pause=0.01)
                self.sql("DELETE FROM jobs_worker")
                return time.perf_counter() - began


def wait(condition: Callable[[], bool], seconds: float, *, pause: float = 0.02) -> None:
    """Until `condition` holds."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise SystemExit("the engine did not finish in time")
        time.sleep(pause)


def say(name: str, figure: float, unit: str, against: float, better: str, **more: object) -> None:
    """One line of JSON; a ratio above 1 is in our favour."""
    ratio = figure / against if better == "more" else against / figure
    line = {"name": name, "figure": round(figure, 2), "unit": unit, "ratio": round(ratio, 2)}
    print(json.dumps({**line, "against": round(against, 2), **more}), flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--concurrency", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--disk", type=Path, default=None, help="a directory on the disk to use")
    options = parser.parse_args()
    # An end by signal unwinds like any exit, so that no server is left behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-", dir=options.disk))
        )
        tables = stack.enter_context(postgresql.running(folder / "postgresql")).url
        brokers = {
            "redis": stack.enter_context(redis.running(folder / "redis")).url,
            "rabbitmq": stack.enter_context(rabbitmq.running(folder / "rabbitmq")).url,
        }
        cases = {
            name: Case(name, database, broker, options.concurrency)
            for name, database, broker in (
                ("sqlite", str(folder / "jobs.sqlite3"), ""),
                ("postgresql", tables, ""),
                ("celery.redis", tables, brokers["redis"]),
                ("celery.rabbitmq", tables, brokers["rabbitmq"]),
                ("peer.redis", tables, brokers["redis"]),
                ("peer.rabbitmq", tables, brokers["rabbitmq"]),
            )
        }
        for name in ("sqlite", "postgresql"):
            cases[name].python(
                "from django.core.management import call_command\ncall_command('migrate', verbosity=0)"
            )
        cases["postgresql"].sql("CREATE TABLE peer_done (number int)")
        for number in range(options.rounds + 1):
            for case in cases.values():
                case.round(options.jobs)
                if number == 0:  # the first round warms everything up
                    case.enqueued.clear()
                    case.done.clear()
        about = {"jobs": options.jobs, "concurrency": options.concurrency, "rounds": options.rounds}
        for name in ("sqlite", "postgresql", "celery.redis", "celery.rabbitmq"):
            peer = cases["peer.rabbitmq" if name.endswith("rabbitmq") else "peer.redis"]
            case = cases[name]
            against = {"peer": f"plain Celery, {peer.name.partition('.')[2]}", **about}
            say(f"jobs.enqueue.{name}", best(case.enqueued), "jobs/s", best(peer.enqueued), "more",
                **against)  # fmt: skip
            say(f"jobs.done.{name}", best(case.done), "jobs/s", best(peer.done), "more", **against)
        for name in ("sqlite", "postgresql", "celery.redis", "celery.rabbitmq"):
            for where in ("here", "elsewhere"):
                seconds = cases[name].reclaim(elsewhere=where == "elsewhere")
                say(f"jobs.reclaim.{name}.{where}", seconds, "s", LEASE, "less", limit="the lease")
        last = cases["celery.redis"]
        say("jobs", best(last.done), "jobs/s", best(cases["peer.redis"].done), "more",
            peer="plain Celery, redis", **about)  # fmt: skip


def best(figures: list[float]) -> float:
    """The median of the rounds."""
    return sorted(figures)[len(figures) // 2]


if __name__ == "__main__":
    main()
