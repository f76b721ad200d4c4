"""Puts jobs into the queue in the caller's transaction, and gives up ones a second chance."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import router, transaction
from django.db.models import F
from django.db.models.functions import Least

from fengcai.engines.jobs import clock, registry
from fengcai.engines.jobs.models import UNFINISHED, Job, State
from fengcai.engines.jobs.registry import Priority

_TRIES = 20


class RetryRefused(Exception):
    """The job cannot be tried again; the text says why, in Chinese."""


def enqueue(
    kind: str,
    arguments: Mapping[str, Any] | None = None,
    *,
    dedupe_key: str | None = None,
    run_at: datetime | None = None,
    subject: str = "",
    priority: int = Priority.NORMAL,
    rerun: bool = False,
) -> Job:
    """Write a job in the caller's transaction; it exists exactly if the caller's change does.

    With `dedupe_key`, an unfinished job of that key is returned instead of a second one being
    made; it keeps its arguments and takes the earlier time and the higher priority. If that job is
    already running it may have read what the caller is changing: `rerun=True` sends it back to the
    queue once more when it ends. `run_at` must be aware. Raises UnknownKind, ArgumentsRefused.
    """
    spec = registry.find(kind)
    plain = registry.check_arguments(spec, arguments or {})
    at = clock.now()
    if run_at is not None and run_at.tzinfo is None:
        raise ValueError("run_at must carry a time zone")
    fields: dict[str, Any] = {
        "kind": kind,
        "arguments": plain,
        "subject": subject,
        "priority": int(priority),
        "run_at": at if run_at is None else run_at,
        "max_attempts": spec.max_attempts,
        "max_interruptions": spec.max_interruptions,
        "created": at,
    }
    if dedupe_key is None:
        return Job.objects.create(**fields)
    if not dedupe_key:
        raise ValueError("a deduplication key must not be empty")
    return _enqueue_once(dedupe_key, fields, rerun=rerun)


def _enqueue_once(key: str, fields: dict[str, Any], *, rerun: bool) -> Job:
    unfinished = Job.objects.filter(dedupe_key=key, state__in=UNFINISHED)
    with transaction.atomic(using=router.db_for_write(Job)):
        for _ in range(_TRIES):
            # An UPDATE, not a look: it holds the row until the caller commits, so that no worker
            # can finish the waiting job before the caller's change is there to be seen.
            waiting = Job.objects.filter(dedupe_key=key, state=State.QUEUED).update(
                run_at=Least("run_at", fields["run_at"])
            )
            if waiting:
                Job.objects.filter(
                    dedupe_key=key, state=State.QUEUED, priority__lt=fields["priority"]
                ).update(priority=fields["priority"])
                return unfinished.get()
            running = Job.objects.filter(dedupe_key=key, state=State.RUNNING)
            # `rerun or F(...)`: an earlier wish to run again is never taken back.
            if running.update(rerun=True if rerun else F("rerun")):
                return unfinished.get()
            # On conflict nothing is written and, on PostgreSQL, the transaction stays usable.
            Job.objects.bulk_create([Job(dedupe_key=key, **fields)], ignore_conflicts=True)
            job = unfinished.first()
            if job is not None and job.state == State.QUEUED:
                return job
    raise RuntimeError(f"jobs with the key {key!r} kept ending while another was enqueued")


def retry(job_id: int) -> Job:
    """Queue a failed or dead job again with its attempts forgiven. Raises RetryRefused."""
    with transaction.atomic(using=router.db_for_write(Job)):
        at = clock.now()
        over = Job.objects.filter(pk=job_id, state__in=(State.FAILED, State.DEAD))
        # The write comes first, as in every transaction here that may run on SQLite.
        if not over.update(heartbeat_at=at):
            raise RetryRefused("这项任务不在“未能完成”之列，没有重新提交。请刷新页面看看它的现状。")
        job = over.get()
        if (
            job.dedupe_key is not None
            and Job.objects.filter(dedupe_key=job.dedupe_key, state__in=UNFINISHED).exists()
        ):
            raise RetryRefused("同样的任务已经在排队，没有重复提交。请等它完成。")
        over.update(
            state=State.QUEUED,
            run_at=at,
            failures=0,
            interruptions=0,
            progress=0.0,
            progress_text="",
            finished=None,
            error="",
            technical="",
        )
        return Job.objects.get(pk=job_id)


def purge(before: datetime) -> int:
    """Delete jobs done before that instant; failed and dead ones stay. Returns how many went."""
    gone, _ = Job.objects.filter(state=State.DONE, finished__lt=before).delete()
    return gone
