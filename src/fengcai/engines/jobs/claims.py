"""Who holds a job: claiming, renewing, letting go, and taking back from workers that vanished.

Every write names the fencing token it relies on, so a statement that arrives too late changes
nothing. Plain UPDATE … WHERE through the ORM; rows are locked only where SKIP LOCKED exists.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connections, router, transaction
from django.db.models import F, Q

from fengcai.engines.jobs import clock, machine, registry
from fengcai.engines.jobs.models import Job, State
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


def claim(worker: str) -> Claim | None:
    """Take the most urgent job that is due, or None. Kinds unknown here are left for others."""
    database = router.db_for_write(Job)
    skips_locked = connections[database].features.has_select_for_update_skip_locked
    for _ in range(TRIES_PER_CLAIM):
        at = clock.now()
        due = Job.objects.using(database).filter(
            state=State.QUEUED, run_at__lte=at, kind__in=registry.kinds()
        )
        due = due.order_by("-priority", "run_at", "id")
        # Without SKIP LOCKED the read stands outside any transaction: a SQLite transaction that
        # began by reading cannot always go on to write, and a lone UPDATE decides the race anyway.
        with transaction.atomic(using=database) if skips_locked else nullcontext():
            if skips_locked:
                due = due.select_for_update(skip_locked=True)
            job = due.first()
            if job is None:
                return None
            spec = registry.find(job.kind)
            token = uuid.uuid4()
            taken = (
                Job.objects.using(database)
                .filter(pk=job.pk, state=State.QUEUED)
                .update(
                    state=State.RUNNING,
                    worker=worker,
                    token=token,
                    lease_until=at + spec.lease,
                    heartbeat_at=at,
                    attempts=F("attempts") + 1,
                    started=at,
                    progress=0.0,
                    progress_text="",
                )
            )
        if taken:
            return Claim(
                id=job.pk,
                token=token,
                kind=job.kind,
                arguments=dict(job.arguments),
                subject=job.subject,
                attempts=job.attempts + 1,
                failures=job.failures,
                interruptions=job.interruptions,
                max_attempts=job.max_attempts,
                max_interruptions=job.max_interruptions,
                handler=spec,
            )
    return None


def renew(held: Claim, **fields: Any) -> bool:
    """Lengthen the lease by one term from now, writing `fields` too; False when it was lost."""
    at = clock.now()
    return bool(_held(held).update(heartbeat_at=at, lease_until=at + held.handler.lease, **fields))


@contextmanager
def completing(held: Claim) -> Iterator[dict[str, Any]]:
    """One transaction for a job's effects and its ending; the yielded dict becomes the outcome.

    Raises LeaseLost before anything is written when the job is in other hands. The check is an
    UPDATE on purpose: it takes the row's lock (on SQLite the database's) until the commit, so
    nobody can claim the job between the check and the effects.
    """
    outcome: dict[str, Any] = {}
    with transaction.atomic(using=router.db_for_write(Job)):
        if not _held(held).update(heartbeat_at=clock.now()):
            raise LeaseLost(f"job {held.id} is no longer held by this attempt")
        yield outcome
        _end(
            held,
            State.DONE,
            outcome=outcome or None,
            progress=1.0,
            error="",
            technical="",
        )


def release(held: Claim) -> bool:
    """Give the job back unfinished, at once and without blame: this worker is stopping."""
    return bool(
        _held(held).update(
            state=State.QUEUED,
            worker="",
            token=None,
            lease_until=None,
            run_at=clock.now(),
            attempts=F("attempts") - 1,
        )
    )


def interrupted(held: Claim, *, error: str, technical: str, delay: timedelta) -> State | None:
    """Record that the attempt was cut short by its surroundings; None when the lease was lost."""
    if held.interruptions + 1 >= held.max_interruptions:
        return _finish(held, State.DEAD, error, technical, interruptions=F("interruptions") + 1)
    back = _held(held).update(
        **_queued(clock.now() + delay), interruptions=F("interruptions") + 1, technical=technical
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
        **_queued(clock.now() + delay),
        failures=F("failures") + 1,
        error=error,
        technical=technical,
    )
    return State.QUEUED if back else None


def recover(*, known_alive: Collection[str] = ()) -> int:
    """Put back into the queue what vanished workers held; returns how many jobs that were.

    A lease that ran out counts, and so does a dead process of this machine, whose lease nobody
    needs to wait for. `known_alive` names workers to spare the look.
    """
    at = clock.now()
    dead: set[str] = set()
    names = Job.objects.filter(state=State.RUNNING).values_list("worker", flat=True).distinct()
    for name in names:
        if name not in known_alive and machine.is_dead(name):
            dead.add(name)
    lost = Job.objects.filter(Q(state=State.RUNNING) & (Q(lease_until__lt=at) | Q(worker__in=dead)))
    count = 0
    for job in lost.only("id", "token", "kind", "worker", "interruptions", "max_interruptions"):
        # The lease is asked for again in the UPDATE: a heartbeat may have come in between.
        same = Job.objects.filter(pk=job.pk, state=State.RUNNING, token=job.token).filter(
            Q(lease_until__lt=at) | Q(worker__in=dead)
        )
        if job.interruptions + 1 >= job.max_interruptions:
            changed = _finish_rows(
                same,
                State.DEAD,
                f"处理程序连续中断了 {job.interruptions + 1} 次，系统不再自动重试。"
                f"已收到的内容都还在。请联系管理员，并报出任务编号 {job.pk}。",
                f"worker {job.worker} vanished while running {job.kind}",
                interruptions=F("interruptions") + 1,
            )
        else:
            changed = same.update(**_queued(at), interruptions=F("interruptions") + 1)
        if changed:
            count += 1
            log.warning("job_recovered", job=job.pk, kind=job.kind, worker=job.worker)
    return count


def _held(held: Claim) -> Any:
    return Job.objects.filter(pk=held.id, token=held.token, state=State.RUNNING)


def _queued(run_at: datetime) -> dict[str, Any]:
    return {
        "state": State.QUEUED,
        "worker": "",
        "token": None,
        "lease_until": None,
        "run_at": run_at,
    }


def _finish(held: Claim, state: State, error: str, technical: str, **fields: Any) -> State | None:
    with transaction.atomic(using=router.db_for_write(Job)):
        # The first UPDATE takes the lock, so that `rerun` cannot change before the second.
        if not _held(held).update(heartbeat_at=clock.now()):
            return None
        return _end(held, state, error=error, technical=technical, **fields)


def _end(held: Claim, state: State, **fields: Any) -> State:
    """Write the ending of a job whose row this transaction has locked already."""
    at = clock.now()
    ending = {"worker": "", "token": None, "lease_until": None, "finished": at, **fields}
    again = _held(held).filter(rerun=True)
    if again.update(**{**ending, **_queued(at), "rerun": False, "failures": 0, "interruptions": 0}):
        return State.QUEUED
    if not _held(held).update(state=state, **ending):
        raise LeaseLost(f"job {held.id} is no longer held by this attempt")
    return state


def _finish_rows(rows: Any, state: State, error: str, technical: str, **fields: Any) -> int:
    changed: int = rows.update(
        state=state,
        worker="",
        token=None,
        lease_until=None,
        finished=clock.now(),
        rerun=False,
        error=error,
        technical=technical,
        **fields,
    )
    return changed
