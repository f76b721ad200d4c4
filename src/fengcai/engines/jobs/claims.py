"""Who holds a job: claiming, renewing, letting go, and taking back from workers that vanished.

Every write names the fencing token it relies on, so a statement that arrives too late changes
nothing. Plain UPDATE … WHERE through the ORM; rows are locked only where SKIP LOCKED exists.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import structlog
from django.db import connections, router, transaction
from django.db.models import Case, F, Field, Q, QuerySet, Value, When

from fengcai.engines.jobs import clock, machine, registry
from fengcai.engines.jobs.models import Job, State
from fengcai.engines.jobs.observers import Sign, tell
from fengcai.engines.jobs.registry import Handler, LeaseLost

log = structlog.get_logger(__name__)

TRIES_PER_CLAIM = 8
"""How many candidates lost to other workers are shrugged off before the next poll."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A job in one worker's hands, as it was when claimed."""

    id: int
    token: uuid.UUID
    kind: str
    arguments: dict[str, Any]
    subject: str
    attempts: int
    failures: int
    interruptions: int
    max_attempts: int
    max_interruptions: int
    handler: Handler


def claim(worker: str, kinds: Collection[str] | None = None) -> Claim | None:
    """Take the most urgent job that is due, or None. Kinds unknown here are left for others.

    `kinds` narrows it to some of those registered. One statement on PostgreSQL, two on SQLite.
    """
    wanted = registry.kinds() if kinds is None else tuple(kinds)
    if _skips_locked():
        return _take("kind = ANY(%s)", [list(wanted)], worker)
    due = Job.objects.filter(kind__in=wanted).order_by("-priority", "run_at", "id")
    for _ in range(TRIES_PER_CLAIM):
        found, held = _try(due, worker)
        if held is not None or not found:
            return held
    return None


def claim_one(job_id: int, worker: str) -> Claim | None:
    """Take this very job if it waits and is due; None when it does not, or another takes it now."""
    wanted = registry.kinds()
    if _skips_locked():
        return _take("id = %s AND kind = ANY(%s)", [job_id, list(wanted)], worker)
    return _try(Job.objects.filter(pk=job_id, kind__in=wanted), worker)[1]


def _skips_locked() -> bool:
    return connections[router.db_for_write(Job)].features.has_select_for_update_skip_locked


def _take(condition: str, values: list[Any], worker: str) -> Claim | None:
    """Find, lock and take in one statement; rows that another transaction holds are passed over."""
    token = uuid.uuid4()
    at = clock.instant()
    now, nows = ("%s", [at]) if isinstance(at, datetime) else ("statement_timestamp()", [])
    leases = json.dumps(registry.leases())
    taken = Job.objects.using(router.db_for_write(Job)).raw(
        f"""
        UPDATE jobs_job
        SET state = 'running', worker = %s, token = %s, heartbeat_at = {now}, started = {now},
            lease_until = {now} + (%s::jsonb ->> kind)::float8 * interval '1 second',
            attempts = attempts + 1, progress = 0, progress_text = ''
        WHERE id = (
            SELECT id FROM jobs_job
            WHERE state = 'queued' AND run_at <= {now} AND {condition}
            ORDER BY priority DESC, run_at, id LIMIT 1
            FOR UPDATE SKIP LOCKED
        )
        RETURNING id, kind, arguments, subject, attempts, failures, interruptions,
            max_attempts, max_interruptions
        """,  # noqa: S608 - made of the words above; every value is a parameter
        [worker, token, *nows, *nows, *nows, leases, *nows, *values],
    )
    for job in taken:
        return _claim(job, token, job.attempts)
    return None


def _try(waiting: QuerySet[Job], worker: str) -> tuple[bool, Claim | None]:
    """Whether a job was found, and the claim unless another worker was quicker.

    Without SKIP LOCKED the read stands outside any transaction: a SQLite transaction that began by
    reading cannot always go on to write, and a lone UPDATE decides the race anyway.
    """
    at = clock.now()
    job = waiting.filter(state=State.QUEUED, run_at__lte=at).first()
    if job is None:
        return False, None
    token = uuid.uuid4()
    # As it was read: another worker may have begun it, failed and put it back for later meanwhile.
    same = Job.objects.filter(
        pk=job.pk, state=State.QUEUED, attempts=job.attempts, run_at=job.run_at
    )
    taken = same.update(
        state=State.RUNNING,
        worker=worker,
        token=token,
        lease_until=at + registry.find(job.kind).lease,
        heartbeat_at=at,
        attempts=F("attempts") + 1,
        started=at,
        progress=0.0,
        progress_text="",
    )
    return True, _claim(job, token, job.attempts + 1) if taken else None


def _claim(job: Job, token: uuid.UUID, attempts: int) -> Claim:
    return Claim(
        id=job.pk,
        token=token,
        kind=job.kind,
        arguments=dict(job.arguments),
        subject=job.subject,
        attempts=attempts,
        failures=job.failures,
        interruptions=job.interruptions,
        max_attempts=job.max_attempts,
        max_interruptions=job.max_interruptions,
        handler=registry.find(job.kind),
    )


def renew(held: Claim, **fields: Any) -> bool:
    """Lengthen the lease by one term from now, writing `fields` too; False when it was lost."""
    return bool(
        _held(held).update(
            heartbeat_at=clock.instant(), lease_until=clock.instant(held.handler.lease), **fields
        )
    )


def keep(held: Claim) -> bool | None:
    """As `renew`, without waiting for a transaction that holds the row: then None."""
    with _if_free(_held(held)) as free:
        if free:
            return renew(held)
    return None if _held(held).exists() else False


@contextmanager
def completing(held: Claim) -> Iterator[dict[str, Any]]:
    """One transaction for a job's effects and its ending; the yielded dict becomes the outcome.

    Raises LeaseLost before anything is written when the job is in other hands. The check is an
    UPDATE on purpose: it takes the row's lock (on SQLite the database's) until the commit, so
    nobody can claim the job between the check and the effects.
    """
    outcome: dict[str, Any] = {}
    with transaction.atomic(using=router.db_for_write(Job)):
        if not _held(held).update(heartbeat_at=clock.instant()):
            raise LeaseLost(f"job {held.id} is no longer held by this attempt")
        yield outcome
        complete(held, outcome)


def complete(held: Claim, outcome: Mapping[str, Any]) -> None:
    """End a job well whose effects, if any, are written; one statement. Raises LeaseLost."""
    if not _end(
        held, State.DONE, outcome=dict(outcome) or None, progress=1.0, error="", technical=""
    ):
        raise LeaseLost(f"job {held.id} is no longer held by this attempt")


def release(held: Claim) -> bool:
    """Give the job back unfinished, at once and without blame: this worker is stopping."""
    return bool(
        _held(held).update(
            state=State.QUEUED,
            worker="",
            token=None,
            lease_until=None,
            run_at=clock.instant(),
            carried_at=None,
            attempts=F("attempts") - 1,
        )
    )


def release_if_free(held: Claim) -> bool:
    """As `release`, without waiting for a transaction that holds the row: then False as well."""
    with _if_free(_held(held)) as free:
        return free and release(held)


def interrupted(held: Claim, *, error: str, technical: str, delay: timedelta) -> State | None:
    """Record that the attempt was cut short by its surroundings; None when the lease was lost."""
    if held.interruptions + 1 >= held.max_interruptions:
        return _finish(held, State.DEAD, error, technical, interruptions=F("interruptions") + 1)
    back = _held(held).update(
        **_queued(delay), interruptions=F("interruptions") + 1, technical=technical
    )
    return State.QUEUED if back else None


def failed(
    held: Claim, *, error: str, technical: str, final: bool, delay: timedelta
) -> State | None:
    """Record a failed attempt: again after `delay`, or the end. None when the lease was lost."""
    if final:
        return _finish(held, State.FAILED, error, technical, failures=F("failures") + 1)
    if held.failures + 1 >= held.max_attempts:
        return _finish(held, State.DEAD, error, technical, failures=F("failures") + 1)
    back = _held(held).update(
        **_queued(delay),
        failures=F("failures") + 1,
        error=error,
        technical=technical,
    )
    return State.QUEUED if back else None


def recover(*, known_alive: Collection[str] = ()) -> int:
    """Put back into the queue what vanished workers held; returns how many jobs that were.

    A lease that ran out counts, and so does a dead process of this machine, whose lease nobody
    needs to wait for. `known_alive` names workers to spare the look. One statement when all is well.
    """
    lapsed = Q(lease_until__lt=clock.instant())
    held = Job.objects.filter(state=State.RUNNING).annotate(
        lapsed=Case(When(lapsed, then=True), default=False)
    )
    rows = list(
        held.values_list(
            "pk", "token", "kind", "worker", "interruptions", "max_interruptions", "lapsed"
        )
    )
    dead = {name for name in {row[3] for row in rows} - set(known_alive) if machine.is_dead(name)}
    count = 0
    for pk, token, kind, worker, interruptions, most, late in rows:
        if not late and worker not in dead:
            continue
        # The lease is asked for again in the UPDATE: a heartbeat may have come in between.
        same = Job.objects.filter(pk=pk, state=State.RUNNING, token=token).filter(
            Q(lease_until__lt=clock.instant()) | Q(worker__in=dead)
        )
        if interruptions + 1 >= most:
            state = State.DEAD
            changes = _ended(
                state,
                error=f"处理程序连续中断了 {interruptions + 1} 次，系统不再自动重试。"
                f"已收到的内容都还在。请联系管理员，并报出任务编号 {pk}。",
                technical=f"worker {worker} vanished while running {kind}",
                rerun=False,
            )
        else:
            state, changes = State.QUEUED, _queued()
        with _if_free(same) as free:
            changed = free and same.update(**changes, interruptions=F("interruptions") + 1)
        if changed:
            count += 1
            log.warning("job_recovered", job=pk, kind=kind, worker=worker, state=state)
            tell(Sign(pk, state))
    return count


@contextmanager
def _if_free(rows: QuerySet[Job]) -> Iterator[bool]:
    """Lock the rows for a block; False when there are none, or another transaction holds them.

    Where rows are not locked the answer is True, and the statement in the block decides.
    """
    if not _skips_locked():
        yield True
        return
    with transaction.atomic(using=router.db_for_write(Job)):
        yield bool(rows.select_for_update(skip_locked=True).values_list("pk"))


def _held(held: Claim) -> QuerySet[Job]:
    return Job.objects.filter(pk=held.id, token=held.token, state=State.RUNNING)


def _queued(delay: timedelta = timedelta(0)) -> dict[str, Any]:
    return {
        "state": State.QUEUED,
        "worker": "",
        "token": None,
        "lease_until": None,
        "run_at": clock.instant(delay),
        "carried_at": None,
    }


def _ended(state: State, **fields: Any) -> dict[str, Any]:
    return {
        "state": state,
        "worker": "",
        "token": None,
        "lease_until": None,
        "finished": clock.instant(),
        **fields,
    }


def _finish(held: Claim, state: State, error: str, technical: str, **fields: Any) -> State | None:
    if not _end(held, state, error=error, technical=technical, **fields):
        return None
    after = Job.objects.values_list("state", flat=True).filter(pk=held.id).first()
    return state if after == state else State.QUEUED


def _end(held: Claim, state: State, **fields: Any) -> int:
    """Write the ending, or the way back to the queue where the job was asked for again meanwhile.

    One statement, so that no wish to run again can come between looking and writing.
    """
    ended = {"failures": F("failures"), "interruptions": F("interruptions")}
    ended |= _ended(state, **fields)
    again = {**_queued(), "failures": 0, "interruptions": 0}
    changes = {
        name: Case(When(rerun=True, then=_value(name, again[name])), default=_value(name, value))
        if name in again and value != again[name]
        else value
        for name, value in ({name: F(name) for name in again} | ended).items()
    }
    return _held(held).update(**changes, rerun=False)


def _value(name: str, value: Any) -> Any:
    if hasattr(value, "resolve_expression"):
        return value
    return Value(value, output_field=cast("Field[Any, Any]", Job._meta.get_field(name)))
