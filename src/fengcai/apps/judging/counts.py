"""The votes that count: the counts that somebody vouched for, less those declared void."""

from __future__ import annotations

from collections import Counter

from fengcai.apps.contests.models import Contest
from fengcai.apps.judging.models import VoteCount, VoteVoid


def standing_count(contest: Contest, vote_id: str) -> VoteCount | None:
    """The counts in force, None before any were entered. 1 SQL."""
    return VoteCount.objects.filter(contest=contest, vote_id=vote_id, replaced_at=None).first()


def voided(contest: Contest, vote_id: str) -> Counter[str]:
    """Work → votes declared void. 1 SQL."""
    found: Counter[str] = Counter()
    for row in VoteVoid.objects.filter(contest=contest, vote_id=vote_id, withdrawn_at=None):
        found[str(row.entry_id)] += row.votes
    return found


def valid_votes(contest: Contest, vote_id: str) -> dict[str, int]:
    """Work → votes that count; empty before any counts were entered. 2 SQL."""
    row = standing_count(contest, vote_id)
    if row is None:
        return {}
    void = voided(contest, vote_id)
    return {work: max(0, many - void[work]) for work, many in row.counts.items()}
