"""A worker process for drills: `python -m tests.engines.jobs.drill_worker [OPTION…]`; SIGTERM stops.

`--name NAME` hides the process number from other workers (no `is_dead`), `--only LANE` keeps it to a
lane, `--clock HOURS` puts this machine's clock forward.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import signal
import threading
from typing import Any

import django


def main() -> None:
    """Serve the drill's database until SIGTERM, with shorter waits than in earnest."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--name", default="")
    parser.add_argument("--only", action="append")
    parser.add_argument("--clock", type=float, default=0.0)
    parser.add_argument("--concurrency", type=int, default=2)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.engines.jobs.drill_settings"
    django.setup()
    from django.conf import settings
    from django.utils import timezone

    if options.clock:
        ahead, now = dt.timedelta(hours=options.clock), timezone.now
        timezone.now = lambda: now() + ahead
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
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
        quick = Dispatcher(Line(url), every=0.2, patience=1.5)
        serve(url, stop, dispatcher=quick, **common)
    else:
        from fengcai.engines.jobs.embedded.worker import run_worker

        run_worker(stop, poll=0.05, **common)


if __name__ == "__main__":
    main()
