"""Kinds of jobs that exist for one test only, and databases for worker processes."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from fengcai.engines.jobs import handler, registry

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def kind() -> Iterator[Callable[..., Any]]:
    """`@kind("name", …)` registers a handler that is forgotten when the test ends."""
    before = set(registry.kinds())

    yield handler
    for name in set(registry.kinds()) - before:
        registry.forget(name)


class Drill:
    """A SQLite file served by real worker processes, looked at through sqlite3 alone."""

    def __init__(self, path: Path, transaction_mode: str) -> None:
        self.path = path
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.engines.jobs.drill_settings",
            "DRILL_DATABASE": str(path),
            "DRILL_TRANSACTION_MODE": transaction_mode,
            "PYTHONPATH": str(ROOT),
        }
        self.workers: list[subprocess.Popen[bytes]] = []
        self.log = path.with_suffix(".log").open("wb")

    def python(self, code: str) -> str:
        """Run `code` in the drill's Django; returns what it printed."""
        return subprocess.run(
            [sys.executable, "-c", f"import django; django.setup()\n{code}"],
            env=self.environment,
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def worker(self, *name: str) -> subprocess.Popen[bytes]:
        """Start a worker process; a given name hides its process number from the others."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.engines.jobs.drill_worker", *name],
            env=self.environment,
            cwd=ROOT,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        self.workers.append(process)
        return process

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Read from the file, beside the workers."""
        with closing(sqlite3.connect(self.path, timeout=20)) as connection:
            return connection.execute(sql, values).fetchall()

    def wait(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait until `condition` holds; fails with `what` and the workers' log after `seconds`."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                self.log.flush()
                text = self.path.with_suffix(".log").read_text(encoding="utf-8", errors="replace")
                pytest.fail(f"not within {seconds} s: {what}\n{text[-4000:]}")
            time.sleep(0.03)

    def close(self) -> None:
        """End every worker that is still there."""
        for process in self.workers:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()
        self.log.close()


@pytest.fixture
def drill(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Drill]:
    """An empty drill database; `@pytest.mark.parametrize("drill", [mode], indirect=True)` is SQLite's."""
    drill = Drill(tmp_path / "drill.sqlite3", getattr(request, "param", "IMMEDIATE"))
    drill.python(
        "from django.core.management import call_command\n"
        "call_command('migrate', '--run-syncdb', verbosity=0)"
    )
    yield drill
    drill.close()
