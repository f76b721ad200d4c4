"""Who may see and decide remarks on wording: reviewers and organisers. A unit is told of its own works
in plain words; judges and the public are told nothing."""

from __future__ import annotations

from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role

DECIDING = (Role.REVIEWER, Role.ORGANISER)


def require_deciding(user: object, contest: Contest) -> None:
    """Raise `NotPermitted` unless `user` reviews or organises the contest."""
    require_role(user, contest, *DECIDING)
