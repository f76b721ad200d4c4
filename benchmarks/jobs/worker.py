"""A worker process of the measurement: ours by `fengcai`'s engine, or a plain Celery one (`peer`)."""

from __future__ import annotations

import os
import signal
import sys
import threading


def ours() -> None:
    """The engine that the settings name, with its waits as in earnest."""
    import django

    django.setup()
    from fengcai.engines.jobs import run_worker

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    run_worker(
        stop, concurrency=int(os.environ["BENCH_CONCURRENCY"]), name=os.environ["BENCH_NAME"]
    )


def peer() -> None:
    """Celery alone: late acknowledgement, JSON, threads; the job is lost work if nothing is kept."""
    from benchmarks.jobs.peer import app

    app.Worker(
        pool_cls="threads",
        concurrency=int(os.environ["BENCH_CONCURRENCY"]),
        loglevel="ERROR",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        hostname=f"peer-{os.getpid()}@localhost",
    ).start()


if __name__ == "__main__":
    {"ours": ours, "peer": peer}[sys.argv[1]]()
