"""Jobs that were given up, tried again by the people whose contest they belong to.

Organisers see and mend their own contest's; administrators everybody's, and the installation's own.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, NotPermitted, Refused
from fengcai.engines import jobs

MOST = 1000
"""Jobs that one press of a button puts back."""


def scope_of(contest: Contest) -> str:
    """What the contest's jobs are enqueued under."""
    return f"contest:{contest.pk}"


def require_administrator(user: object) -> None:
    """Raise `NotPermitted` unless `user` looks after the installation."""
    if not isinstance(user, User) or not user.is_active or not (user.is_superuser or user.is_staff):
        raise NotPermitted("只有系统管理员可以查看全部后台任务。")


@transaction.atomic
def retry_job(*, job_id: int, contest: Contest | None, by: User, at: datetime) -> None:
    """Queue a given-up job again: one of the contest's, or with None any at all (administrators).

    Raises `NotFound` for a job of another contest, `Refused` when it is not given up any more.
    """
    _authorise(contest, by)
    status = jobs.status(job_id)
    if status is None or (contest is not None and status.scope != scope_of(contest)):
        raise NotFound("没有这项任务。")
    try:
        jobs.retry(job_id)
    except jobs.RetryRefused as refused:
        raise Refused(str(refused)) from None
    _record(status.kind, {status.scope: [job_id]}, by=by, at=at)


@transaction.atomic
def retry_kind(*, kind: str, contest: Contest | None, by: User, at: datetime) -> int:
    """Queue every given-up job of a kind again, at most MOST; returns how many went.

    Those of which the like waits already stay as they are.
    """
    _authorise(contest, by)
    scope = None if contest is None else scope_of(contest)
    gone: defaultdict[str, list[int]] = defaultdict(list)
    for job_id in jobs.given_up_ids(kind=kind, scope=scope, limit=MOST):
        try:
            gone[jobs.retry(job_id).scope].append(job_id)
        except jobs.RetryRefused:
            continue
    _record(kind, gone, by=by, at=at)
    return sum(map(len, gone.values()))


def _authorise(contest: Contest | None, by: User) -> None:
    if contest is None:
        require_administrator(by)
    else:
        require_role(by, contest, Role.ORGANISER)


def _record(kind: str, gone: dict[str, list[int]], *, by: User, at: datetime) -> None:
    """One event in each contest that jobs went back for. The installation's own have no chain."""
    pks = {int(scope.partition(":")[2]): scope for scope in gone if scope.startswith("contest:")}
    for contest in Contest.objects.filter(pk__in=pks).order_by("pk"):
        record(
            contest.chain,
            actor=f"user:{by.pk}",
            action="jobs.retry",
            subject=f"contest:{contest.slug}",
            details={"kind": kind, "jobs": gone[pks[contest.pk]]},
            at=at,
        )
