"""Who may decide, compute and approve awards, and until when."""

from __future__ import annotations

from fengcai.apps.awards.models import Certificate, Result
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import acts_for, has_role
from fengcai.apps.refusals import Refused


def approved(contest: Contest) -> Result | None:
    """The approved result, once there is one. 1 SQL."""
    return (
        Result.objects.filter(contest=contest, current=True, approved_at__isnull=False)
        .select_related("contest", "round__rulebook")
        .first()
    )


def require_not_approved(contest: Contest) -> None:
    """Raise `Refused` once the result is approved: then decisions stand as they are."""
    if approved(contest) is not None:
        raise Refused("评奖结果已经核定，不能再改动评定或重新计算。")


def may_have_certificate(user: object, certificate: Certificate) -> bool:
    """The unit's own people and the organisers; everybody else verifies it by its code."""
    return acts_for(user, certificate.home) or has_role(user, certificate.contest, Role.ORGANISER)
