"""How jobs stand, in rows ready to show. Reads only, one SQL statement per question."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, QuerySet

from fengcai.engines.jobs import registry
from fengcai.engines.jobs.models import UNFINISHED, Job, State


@dataclass(frozen=True, slots=True)
class JobStatus:
    """One job as a page shows it. `progress` runs 0–1; `error` is Chinese, `technical` is not."""

    id: int
    kind: str
    subject: str
    scope: str
    state: str
    label: str
    progress: float
    text: str
    error: str
    technical: str
    outcome: dict[str, Any] | None
    attempts: int
    failures: int
    max_attempts: int
    run_at: datetime
    created: datetime
    started: datetime | None
    finished: datetime | None

    @property
    def percent(self) -> int:
        """Whole per cent, never 100 before the job is done."""
        if self.state == State.DONE:
            return 100
        return min(int(self.progress * 100), 99)

    @property
    def unfinished(self) -> bool:
        """Still queued or running: a page keeps asking."""
        return self.state in UNFINISHED

    @property
    def done(self) -> bool:
        """Ended well."""
        return self.state == State.DONE

    @property
    def given_up(self) -> bool:
        """Ended badly: a person may `retry`."""
        return self.state in (State.FAILED, State.DEAD)

    @property
    def waits_to_retry(self) -> bool:
        """Queued again after a failed attempt; `error` says what happened, `run_at` when."""
        return self.state == State.QUEUED and self.failures > 0


def status(
    job_id: int | None = None,
    *,
    subject: str | None = None,
    dedupe_key: str | None = None,
    kind: str | None = None,
) -> JobStatus | None:
    """The newest job that matches all that is given, or None. Raises ValueError without any."""
    if job_id is None and subject is None and dedupe_key is None:
        raise ValueError("say which job: by number, subject or deduplication key")
    rows = Job.objects.all()
    if job_id is not None:
        rows = rows.filter(pk=job_id)
    if subject is not None:
        rows = rows.filter(subject=subject)
    if dedupe_key is not None:
        rows = rows.filter(dedupe_key=dedupe_key)
    if kind is not None:
        rows = rows.filter(kind=kind)
    job = rows.order_by("-id").first()
    return None if job is None else _row(job)


def statuses(
    *,
    subject: str | None = None,
    kind: str | None = None,
    states: Iterable[str] | None = None,
    limit: int = 50,
) -> tuple[JobStatus, ...]:
    """Matching jobs, newest first, at most `limit`."""
    rows: QuerySet[Job] = Job.objects.all()
    if subject is not None:
        rows = rows.filter(subject=subject)
    if kind is not None:
        rows = rows.filter(kind=kind)
    if states is not None:
        rows = rows.filter(state__in=list(states))
    return tuple(_row(job) for job in rows.order_by("-id")[:limit])


def newest_by_subject(subjects: Iterable[str], *, kind: str | None = None) -> dict[str, JobStatus]:
    """The newest job of each subject that has one, in one statement however many subjects."""
    rows = Job.objects.filter(subject__in=list(subjects))
    if kind is not None:
        rows = rows.filter(kind=kind)
    newest = rows.order_by().values("subject").annotate(newest=Max("id")).values("newest")
    return {job.subject: _row(job) for job in Job.objects.filter(pk__in=newest)}


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A job that a person may try again, in officers' words."""

    id: int
    kind: str
    title: str
    subject: str
    scope: str
    label: str
    error: str
    technical: str
    attempts: int
    created: datetime
    since: datetime


def given_up(
    *, scope: str | None = None, kind: str | None = None, limit: int = 100, offset: int = 0
) -> tuple[GivenUp, ...]:
    """Jobs that ended badly, newest first; of one scope, or everybody's with None."""
    rows = _given_up(scope, kind).order_by("-finished", "-id")[offset : offset + limit]
    return tuple(
        GivenUp(
            id=job.pk,
            kind=job.kind,
            title=registry.title(job.kind),
            subject=job.subject,
            scope=job.scope,
            label=str(State(job.state).label),
            error=job.error,
            technical=job.technical,
            attempts=job.attempts,
            created=job.created,
            since=job.finished or job.created,
        )
        for job in rows
    )


def given_up_ids(*, kind: str, scope: str | None = None, limit: int = 1000) -> tuple[int, ...]:
    """The numbers of the jobs of one kind that ended badly, oldest first, at most `limit`."""
    rows = _given_up(scope, kind).order_by("finished", "id")
    return tuple(rows.values_list("pk", flat=True)[:limit])


def given_up_kinds(*, scope: str | None = None) -> tuple[tuple[str, str, int], ...]:
    """Kind, title and number of the jobs that ended badly, the most first."""
    rows = _given_up(scope, None).order_by().values_list("kind").annotate(number=Count("id"))
    found = [(kind, registry.title(kind), number) for kind, number in rows]
    return tuple(sorted(found, key=lambda row: (-row[2], row[0])))


def _given_up(scope: str | None, kind: str | None) -> QuerySet[Job]:
    rows = Job.objects.filter(state__in=(State.FAILED, State.DEAD))
    if scope is not None:
        rows = rows.filter(scope=scope)
    return rows if kind is None else rows.filter(kind=kind)


def counts() -> dict[str, int]:
    """How many jobs stand in each state, zeros included; for `doctor` and metrics."""
    found = dict(
        Job.objects.order_by()
        .values_list("state")
        .annotate(number=Count("id"))
        .values_list("state", "number")
    )
    return {state.value: found.get(state.value, 0) for state in State}


def _row(job: Job) -> JobStatus:
    return JobStatus(
        id=job.pk,
        kind=job.kind,
        subject=job.subject,
        scope=job.scope,
        state=job.state,
        label=str(State(job.state).label),
        progress=job.progress,
        text=job.progress_text,
        error=job.error,
        technical=job.technical,
        outcome=job.outcome,
        attempts=job.attempts,
        failures=job.failures,
        max_attempts=job.max_attempts,
        run_at=job.run_at,
        created=job.created,
        started=job.started,
        finished=job.finished,
    )
