"""The embedded worker: claims due jobs, one thread for each that runs at once.

One process, no broker. Several workers may serve one database.
"""

from __future__ import annotations

import threading
from collections.abc import Collection

import structlog
from django.db import connections

from fengcai.engines.jobs import claims, registry
from fengcai.engines.jobs.keeping import (
    DATABASE_TROUBLE,
    GRACE,
    RECOVER_EVERY,
    TICK,
    Keeper,
)
from fengcai.engines.jobs.registry import Lane

log = structlog.get_logger(__name__)

POLL = 0.5
"""Seconds that an idle thread waits before it looks again."""


def run_worker(
    stop: threading.Event,
    *,
    concurrency: int = 1,
    lanes: Collection[str] | None = None,
    poll: float = POLL,
    grace: float = GRACE,
    name: str = "",
) -> bool:
    """Serve the queue until `stop` is set; returns when every job in hand has ended or gone back.

    `concurrency` jobs of `lanes` (default: all) run at once, each in a thread; where films are among
    them, one more thread serves all the rest, so that a film never holds up a message. Database
    errors are logged and waited out. False when a job had to be put back while its thread still
    ran: the process should end.
    """
    keeper = Keeper(
        engine="embedded",
        name=name,
        lanes=lanes,
        concurrency=concurrency,
        tick=min(poll, TICK),
        recover_every=min(2 * poll, RECOVER_EVERY),
    )
    served = [set(keeper.lanes)] * concurrency
    if Lane.MEDIA in keeper.lanes and len(keeper.lanes) > 1:
        served.append(set(keeper.lanes) - {Lane.MEDIA})
    log.info("worker_started", worker=keeper.name, concurrency=concurrency, lanes=keeper.lanes)
    # Daemon threads: a handler that never yields must not keep a stopping process alive.
    threads = [
        threading.Thread(
            target=_work, args=(keeper, stop, mine, poll), name=f"jobs-{slot}", daemon=True
        )
        for slot, mine in enumerate(served)
    ]
    for thread in threads:
        thread.start()
    orderly = keeper.watch(stop, lambda: any(t.is_alive() for t in threads), grace=grace)
    log.info("worker_stopped", worker=keeper.name)
    return orderly


def _work(keeper: Keeper, stop: threading.Event, lanes: set[Lane], poll: float) -> None:
    pause = poll
    try:
        while not stop.is_set():
            try:
                held = claims.claim(keeper.name, registry.kinds(lanes))
                if held is not None:
                    keeper.carry_out(held)
                    continue
                pause = poll
            except DATABASE_TROUBLE:
                log.warning("worker_database_unavailable", worker=keeper.name, exc_info=True)
                connections.close_all()
                pause = min(max(pause, 0.1) * 2, 10.0)
            stop.wait(pause)
    finally:
        connections.close_all()
