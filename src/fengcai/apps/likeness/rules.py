"""Who may see and decide which likenesses: reviewers see, organisers decide, entrants see nothing."""

from __future__ import annotations

from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import has_role, require_role

SEEING = (Role.REVIEWER, Role.ORGANISER)


def require_seeing(user: object, contest: Contest) -> None:
    """Raise `NotPermitted` unless `user` reviews or organises the contest."""
    require_role(user, contest, *SEEING)


def sees_work(user: object, home: Contest, other: Contest) -> bool:
    """Whether somebody of `home` may see a work of `other` by name: one contest, editions of one
    series, or a seat there as well."""
    return home.series == other.series or has_role(user, other, *SEEING)
