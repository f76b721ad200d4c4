"""Which works have won, once the result is approved."""

from __future__ import annotations

from uuid import UUID

from fengcai.apps.awards.rules import approved
from fengcai.apps.contests.models import Contest


def awarded(contest: Contest) -> frozenset[UUID] | None:
    """The works that won any award; None before the result is approved. 1 SQL."""
    result = approved(contest)
    if result is None:
        return None
    return frozenset(UUID(one["work"]) for one in result.allocation["winners"] if one["work"])
