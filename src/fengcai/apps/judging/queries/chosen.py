"""Which works a contest's confirmed shortlists let through."""

from __future__ import annotations

from uuid import UUID

from fengcai.apps.contests.models import Contest
from fengcai.apps.judging.models import Shortlist


def shortlisted(contest: Contest) -> frozenset[UUID] | None:
    """The works on any shortlist in force; None before there is one. 1 SQL."""
    rows = Shortlist.objects.filter(round__contest=contest, replaced_at=None)
    found = list(rows.values_list("selection", flat=True))
    picks = [pick for each in found for pick in each["picks"] if pick["outcome"] == "selected"]
    return frozenset(UUID(pick["work"]) for pick in picks) if found else None
