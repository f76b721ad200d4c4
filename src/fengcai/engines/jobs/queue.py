"""Puts jobs into the queue in the caller's transaction, and gives up ones a second chance."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, router, transaction
from django.db.models import F
from django.db.models.functions import Greatest, Least

from fengcai.engines.jobs import carriage, clock, registry
from fengcai.engines.jobs.models import UNFINISHED, Job, State
from fengcai.engines.jobs.registry import Priority

_TRIES = 20
_SLICE = 500


class RetryRefused(Exception):
    """The job cannot be tried again; the text says why, in Chinese."""


def enqueue(
    kind: str,
    arguments: Mapping[str, Any] | None = None,
    *,
    dedupe_key: str | None = None,
    run_at: datetime | None = None,
    subject: str = "",
    scope: str = "",
    priority: int = Priority.NORMAL,
    rerun: bool = False,
) -> Job:
    """Write a job in the caller's transaction; it exists exactly if the caller's change does.

    With `dedupe_key`, an unfinished job of that key is returned instead of a second one being
    made; it keeps its arguments and takes the earlier time and the higher priority. If that job is
    already running it may have read what the caller is changing: `rerun=True` sends it back to the
    queue once more when it ends. `subject` is what pages ask by (`asset:7`), `scope` whose it is
    (`contest:3`). `run_at` must be aware. Raises UnknownKind, ArgumentsRefused.
    """
    spec = registry.find(kind)
    plain = registry.check_arguments(spec, arguments or {})
    if run_at is not None and run_at.tzinfo is None:
        raise ValueError("run_at must carry a time zone")
    at = clock.instant()
    # Marked as handed over before it is: a worker asks again for what a broker never had.
    told = run_at is None and carriage.ready()
    fields: dict[str, Any] = {
        "kind": kind,
        "arguments": plain,
        "subject": subject,
        "scope": scope,
        "priority": int(priority),
        "max_attempts": spec.max_attempts,
        "max_interruptions": spec.max_interruptions,
        "carried_at": at if told else None,
    }
    # Left out, both times are the database's own, and it answers the INSERT with them.
    if isinstance(at, datetime):
        fields |= {"run_at": at, "created": at}
    if run_at is not None:
        fields["run_at"] = run_at
    if dedupe_key is None:
        job = Job.objects.create(**fields)
        job.carried_at = job.created if told else None
    elif not dedupe_key:
        raise ValueError("a deduplication key must not be empty")
    else:
        job = _enqueue_once(dedupe_key, fields, rerun=rerun)
    if told and job.state == State.QUEUED:
        carriage.tell_after_commit(job)
    return job


def _enqueue_once(key: str, fields: dict[str, Any], *, rerun: bool) -> Job:
    unfinished = Job.objects.filter(dedupe_key=key, state__in=UNFINISHED)
    earliest = fields.get("run_at", clock.instant())
    with transaction.atomic(using=router.db_for_write(Job)):
        for _ in range(_TRIES):
            # An UPDATE, not a look: it holds the row until the caller commits, so that no worker
            # can finish the waiting job before the caller's change is there to be seen.
            waiting = Job.objects.filter(dedupe_key=key, state=State.QUEUED).update(
                run_at=Least("run_at", earliest),
                priority=Greatest("priority", fields["priority"]),
            )
            if waiting:
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
    try:
        return _retry(job_id)
    except IntegrityError:
        # One unfinished job for each key: only the database can say so without a gap.
        raise RetryRefused("同样的任务已经在排队，没有重复提交。请等它完成。") from None


def _retry(job_id: int) -> Job:
    with transaction.atomic(using=router.db_for_write(Job)):
        over = Job.objects.filter(pk=job_id, state__in=(State.FAILED, State.DEAD))
        # The write comes first, as in every transaction here that may run on SQLite.
        if not over.update(heartbeat_at=clock.instant()):
            raise RetryRefused("这项任务不在“未能完成”之列，没有重新提交。请刷新页面看看它的现状。")
        told = carriage.ready()
        over.update(
            state=State.QUEUED,
            run_at=clock.instant(),
            carried_at=clock.instant() if told else None,
            failures=0,
            interruptions=0,
            progress=0.0,
            progress_text="",
            finished=None,
            error="",
            technical="",
        )
        job = Job.objects.get(pk=job_id)
        if told:
            carriage.tell_after_commit(job)
        return job


def purge(before: datetime) -> int:
    """Delete jobs done before that instant; failed and dead ones stay. Returns how many went.

    A slice at a time, each its own statement: on SQLite nobody else can write meanwhile.
    """
    old = Job.objects.filter(state=State.DONE, finished__lt=before).values_list("pk", flat=True)
    gone = 0
    while some := list(old[:_SLICE]):
        gone += Job.objects.filter(pk__in=some).delete()[0]
    return gone
