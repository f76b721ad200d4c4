"""`fengcai worker` as it is run in earnest: over a broker, on a server's database, until SIGTERM."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests import databases
from tests.cli.installed import Installation
from tooling.servers import together

pytestmark = pytest.mark.timeout(180)

ORDERED = {"jobs.upkeep", "people.upkeep", "uploads.upkeep"}
"""What a worker orders by itself when it starts."""


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with together.running(("postgresql", "redis")) as settings:
        databases.furnish_postgresql(settings["FENGCAI_DATABASE_URL"])
        installation = Installation(tmp_path / "data", **settings)
        words = ("init", "--admin", "office", "--password-stdin")
        made = installation.run(*words, said="yizhangtongzhi-1\n")
        assert made.returncode == 0, made.stderr
        yield installation


def test_a_worker_over_a_broker_does_jobs_and_stops_in_order(installation: Installation):
    worker = installation.begin("worker", "--concurrency", "2")
    url = installation.variables["FENGCAI_DATABASE_URL"]
    try:
        with psycopg.connect(url, autocommit=True) as connection:

            def ask(statement: str) -> list[tuple[object, ...]]:
                return connection.execute(statement).fetchall()

            done = "SELECT kind FROM jobs_job WHERE state = 'done'"
            until = time.monotonic() + 60
            while not {kind for (kind,) in ask(done)} >= ORDERED:
                assert worker.poll() is None, worker.communicate()
                assert time.monotonic() < until, ask("SELECT kind, state, error FROM jobs_job")
                time.sleep(0.1)
            assert ask("SELECT engine, concurrency FROM jobs_worker") == [("celery", 2)]
            assert ask("SELECT count(*) FROM jobs_job WHERE carried_at IS NULL") == [(0,)]
            assert ask("SELECT sum(failures), sum(interruptions) FROM jobs_job") == [(0, 0)]

            worker.send_signal(signal.SIGTERM)
            _, errors = worker.communicate(timeout=30)
            assert worker.returncode == 0, errors
            assert "Traceback" not in errors
            assert ask("SELECT count(*) FROM jobs_worker") == [(0,)], "it took leave"
            assert ask("SELECT count(*) FROM jobs_job WHERE state = 'running'") == [(0,)]
    finally:
        if worker.poll() is None:
            worker.kill()
            worker.communicate()
