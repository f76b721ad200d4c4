"""The processes of drills: workers with shorter waits than in earnest, and scraps of code.

Each is forked from one warm process that has loaded Django, Celery and the drivers and nothing of
ours, so that a test pays for the worker and not for Python's start.
"""

from __future__ import annotations

import argparse
import atexit
import datetime as dt
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

# Loaded in the warm process, before any settings: the dear part of every start.
import celery.concurrency.thread
import celery.worker.worker  # noqa: F401
import django
import django.core.management
import django.db.backends.postgresql.base
import django.db.backends.sqlite3.base
import django.db.models
import kombu.transport.pyamqp
import kombu.transport.redis  # noqa: F401


def begin(variables: dict[str, str], log: Path) -> None:
    """Say everything to the end of `log` and set Django up for the drill."""
    with log.open("ab") as sink:
        os.dup2(sink.fileno(), 1)
        os.dup2(sink.fileno(), 2)
    sys.stdout = open(1, "w", buffering=1, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", closefd=False)  # noqa: SIM115
    os.environ |= {**variables, "DJANGO_SETTINGS_MODULE": "tests.engines.jobs.drill_settings"}
    django.setup()


def run(variables: dict[str, str], log: Path, code: str) -> None:
    """Run `code`, then what it left for its end: a forked process would forget that."""
    begin(variables, log)
    exec(code, {"__name__": "__main__"})
    atexit._run_exitfuncs()
    sys.stdout.flush()


def work(variables: dict[str, str], log: Path, words: tuple[str, ...]) -> None:
    """Serve the drill's database until SIGTERM.

    `--name NAME` hides the process number from other workers (no `is_dead`), `--only LANE` keeps it
    to a lane, `--clock HOURS` puts this machine's clock forward.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--name", default="")
    parser.add_argument("--only", action="append")
    parser.add_argument("--clock", type=float, default=0.0)
    parser.add_argument("--concurrency", type=int, default=2)
    options = parser.parse_args(words)
    begin(variables, log)
    from django.conf import settings
    from django.utils import timezone

    from fengcai.engines.jobs import keeping

    if options.clock:
        ahead, now = dt.timedelta(hours=options.clock), timezone.now
        timezone.now = lambda: now() + ahead
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    keeping.YIELD = 2.0
    common: dict[str, Any] = {
        "concurrency": options.concurrency,
        "lanes": options.only,
        "grace": 0.5,
        "name": options.name,
    }
    if settings.FENGCAI_JOBS == "celery":
        from fengcai.engines.jobs.celery.dispatch import Dispatcher
        from fengcai.engines.jobs.celery.line import Line
        from fengcai.engines.jobs.celery.worker import serve

        url = settings.FENGCAI_BROKER_URL
        quick = Dispatcher(Line(url), every=0.2, patience=1.0)
        serve(url, stop, dispatcher=quick, **common)
    else:
        from fengcai.engines.jobs.embedded.worker import run_worker

        run_worker(stop, poll=0.05, **common)
