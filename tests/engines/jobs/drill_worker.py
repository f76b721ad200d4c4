"""A worker process for drills: `python -m tests.engines.jobs.drill_worker [NAME]`; SIGTERM stops."""

from __future__ import annotations

import os
import signal
import sys
import threading

import django


def main() -> None:
    """Serve the drill database until SIGTERM. A given name hides the process number (no `is_dead`)."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.engines.jobs.drill_settings"
    django.setup()
    from fengcai.engines.jobs.embedded import run_worker

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    run_worker(
        stop,
        concurrency=2,
        poll=0.05,
        grace=0.5,
        name=sys.argv[1] if len(sys.argv) > 1 else "",
    )


if __name__ == "__main__":
    main()
