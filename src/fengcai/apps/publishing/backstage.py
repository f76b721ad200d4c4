"""Background jobs as a contest's people may know them: whose work they serve, and doing one again.

The engine knows jobs by subject only; which contest a subject belongs to is known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from fengcai.apps.assets.models import Asset
from fengcai.apps.audit.actions import record
from fengcai.apps.contests.feeds import Standing
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import has_role, require_role
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.rules import may_see
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused
from fengcai.engines.jobs import JobStatus, RetryRefused, retry, status, statuses

GIVEN_UP = ("failed", "dead")
MOST_GIVEN_UP = 2_000


@dataclass(frozen=True)
class _Behind:
    contest: Contest
    entry: Entry | None


def job_for(job_id: int, user: User) -> JobStatus:
    """A job of a contest that `user` organises or reviews, or of his own unit's file. Or
    `NotFound`, as if there were none. At most 5 SQL."""
    return _seen(job_id, user)[0]


def given_up_jobs(standing: Standing, *, before: int | None, most: int) -> list[JobStatus]:
    """The jobs of a contest that ended badly, newest first, from behind `before`. 2 SQL.

    Looks at the newest 2 000 of the installation: more is a machine that needs a person first.
    """
    standing.require_organiser()
    rows = statuses(states=GIVEN_UP, limit=MOST_GIVEN_UP)
    theirs = _contests(row.subject for row in rows)
    wanted = [row for row in rows if theirs.get(row.subject) == standing.contest.pk]
    return [row for row in wanted if before is None or row.id < before][:most]


@transaction.atomic
def retry_job(*, job_id: int, by: User, at: datetime) -> JobStatus:
    """Have a job that ended badly done again, its attempts forgiven; the organiser's to say."""
    _, behind = _seen(job_id, by)
    require_role(by, behind.contest, Role.ORGANISER)
    try:
        retry(job_id)
    except RetryRefused as refusal:
        raise Refused(str(refusal)) from None
    found = status(job_id)
    assert found is not None
    record(
        behind.contest.chain,
        actor=f"user:{by.pk}",
        action="jobs.retry",
        subject=f"job:{job_id}",
        details={"kind": found.kind, "of": found.subject},
        at=at,
    )
    return found


def _seen(job_id: int, user: User) -> tuple[JobStatus, _Behind]:
    job = status(job_id)
    behind = _behind(job.subject) if job is not None else None
    if job is not None and behind is not None:
        office = has_role(user, behind.contest, Role.ORGANISER, Role.REVIEWER)
        if office or (behind.entry is not None and may_see(user, behind.entry)):
            return job, behind
    raise NotFound("没有这项后台任务，或令牌所属的账号不能查看它。")


def _behind(subject: str) -> _Behind | None:
    contest = _contests([subject]).get(subject)
    if contest is None:
        return None
    entry = None
    if (asset := _asset(subject)) is not None:
        entry = (
            Entry.objects.select_related("contest", "unit__contest")
            .filter(files__asset=asset)
            .first()
        )
    return _Behind(Contest.objects.get(pk=contest), entry)


def _contests(subjects: Iterable[str]) -> Mapping[str, int]:
    """The contest behind each subject that has one. At most 1 SQL."""
    found: dict[str, int] = {}
    assets: dict[UUID, str] = {}
    for subject in subjects:
        kind, _, id = subject.partition(":")
        if kind == "certificates" and id.isdecimal():
            found[subject] = int(id)
        elif (asset := _asset(subject)) is not None:
            assets[asset] = subject
    if assets:
        rows = Asset.objects.filter(pk__in=assets).values_list("pk", "contest_id")
        found |= {assets[pk]: contest for pk, contest in rows}
    return found


def _asset(subject: str) -> UUID | None:
    kind, _, id = subject.partition(":")
    try:
        return UUID(id) if kind == "asset" else None
    except ValueError:
        return None
