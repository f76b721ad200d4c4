"""Tells the broker what it was not told, or has lost: jobs whose time has come, jobs taken back from
lost workers, jobs of a broker that was away, emptied or forgetful.

Runs in every worker. Rows are marked before they are told, so that two dispatchers tell different
ones, and none is told again while the broker still holds as many numbers as jobs wait.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import structlog
from django.db import connections, router
from django.db.models import Count, Q

from fengcai.engines.jobs import clock, registry
from fengcai.engines.jobs.celery.line import Line
from fengcai.engines.jobs.keeping import DATABASE_TROUBLE
from fengcai.engines.jobs.models import Job, State
from fengcai.engines.jobs.registry import Lane

log = structlog.get_logger(__name__)

EVERY = 1.0
"""Seconds between two looks for jobs that are due and untold."""

BATCH = 500

PATIENCE = 10.0
"""Seconds that a told job may wait before the broker is asked whether it still knows."""

LONGEST_PAUSE = 10.0


class Dispatcher:
    """One worker's dispatcher. Needs PostgreSQL."""

    def __init__(self, line: Line, *, every: float = EVERY, patience: float = PATIENCE) -> None:
        self._line = line
        self._every = every
        self._patience = timedelta(seconds=patience)
        self._ask_at = 0.0

    def run(self, stop: threading.Event) -> None:
        """Until `stop`. Troubles of the broker and the database are waited out."""
        pause = self._every
        away = False
        try:
            while not stop.wait(pause):
                try:
                    self.round()
                    if away:
                        log.info("broker_back")
                    away, pause = False, self._every
                except self._line.troubles as trouble:
                    if not away:
                        log.warning("broker_unreachable", trouble=str(trouble))
                    away, pause = True, min(pause * 2, LONGEST_PAUSE)
                except DATABASE_TROUBLE:
                    log.warning("dispatcher_database_unavailable", exc_info=True)
                    connections.close_all()
        finally:
            self._line.close()
            connections.close_all()

    def round(self) -> int:
        """One look; returns how many numbers were told."""
        told = 0
        while batch := self._tell("carried_at IS NULL", [], BATCH):
            told += batch
            if batch < BATCH:
                break
        if time.monotonic() >= self._ask_at:
            told += self._tell_lost()
            self._ask_at = time.monotonic() + self._patience.total_seconds() / 2
        return told

    def _tell_lost(self) -> int:
        """Tell again as many of a lane's old waiting jobs as the broker has numbers too few."""
        late = Q(carried_at__lt=clock.instant(-self._patience))
        waiting: Counter[Lane] = Counter()
        overdue: Counter[Lane] = Counter()
        rows = (
            Job.objects.filter(
                state=State.QUEUED, run_at__lte=clock.instant(), carried_at__isnull=False
            )
            .order_by()
            .values_list("kind")
            .annotate(all=Count("pk"), late=Count("pk", filter=late))
        )
        kinds: dict[Lane, list[str]] = {}
        for kind, number, old in rows:
            lane = registry.lane(kind)
            waiting[lane] += number
            overdue[lane] += old
            kinds.setdefault(lane, []).append(kind)
        told = 0
        for lane in (lane for lane, old in overdue.items() if old):
            missing = waiting[lane] - self._line.depth(lane)
            while missing > 0:
                again = self._tell(
                    "carried_at < statement_timestamp() - %s AND kind = ANY(%s)",
                    [self._patience, kinds[lane]],
                    min(missing, BATCH),
                )
                if not again:
                    break
                missing -= again
                told += again
        if told:
            log.info("numbers_told_again", count=told)
        return told

    def _tell(self, condition: str, values: Sequence[object], limit: int) -> int:
        """Mark and tell at most `limit` due jobs that meet `condition`; returns how many."""
        marked = Job.objects.using(router.db_for_write(Job)).raw(
            f"""
            UPDATE jobs_job SET carried_at = statement_timestamp()
            WHERE id IN (
                SELECT id FROM jobs_job
                WHERE state = 'queued' AND run_at <= statement_timestamp() AND {condition}
                ORDER BY priority DESC, run_at, id LIMIT %s
                FOR UPDATE SKIP LOCKED
            )
            RETURNING id, kind, priority
            """,  # noqa: S608 - made of the words above; every value is a parameter
            [*values, limit],
        )
        jobs = sorted(marked, key=lambda job: (-job.priority, job.pk))
        told = 0
        try:
            for job in jobs:
                self._line.send(job.pk, job.kind, job.priority)
                told += 1
        except self._line.troubles:
            untold = [job.pk for job in jobs[told:]]
            Job.objects.filter(pk__in=untold, state=State.QUEUED).update(carried_at=None)
            raise
        return told
