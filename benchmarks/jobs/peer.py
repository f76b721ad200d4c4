"""What people write with Celery alone: a task that notes in PostgreSQL that its work is done.

The note is the task's only effect, as the row's ending is ours, so that both pay for one lasting
write. Nothing makes task and change one: what the broker loses is lost.
"""

from __future__ import annotations

import os
import threading

import psycopg
from celery import Celery

app = Celery("peer", broker=os.environ.get("BENCH_BROKER", ""), set_as_current=False)
app.conf.update(
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_default_queue="peer",
    worker_enable_remote_control=False,
    broker_connection_retry_on_startup=True,
)
if (os.environ.get("BENCH_BROKER") or "").startswith("redis"):
    # Celery's own default is an hour: the time until a killed worker's task is seen again.
    app.conf.broker_transport_options = {"visibility_timeout": 3600}

_here = threading.local()


@app.task(name="peer.note")
def note(number: int) -> None:
    """One committed row."""
    if not hasattr(_here, "line"):
        _here.line = psycopg.connect(os.environ["BENCH_DATABASE"], autocommit=True)
    _here.line.execute("INSERT INTO peer_done (number) VALUES (%s)", [number])
