"""Which works stand in a vote: those that were handed in, or those that a round let through."""

from __future__ import annotations

from fengcai.apps.contests.models import Contest
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.apps.judging.models import Round, RoundEntry
from fengcai.apps.judging.shortlisting import feeds, standing_shortlist
from fengcai.core.rulebook import Rules, Vote


def works_in_vote(contest: Contest, rules: Rules, vote: Vote) -> list[Entry]:
    """The accepted works that people may vote for, by number. At most 4 SQL.

    Where the vote is on a round's works: those on its confirmed shortlist, or while there is none (a
    last round has none) all that it judges.
    """
    rows = Entry.objects.filter(contest=contest, state=State.ACCEPTED)
    if vote.tracks:
        rows = rows.filter(track__in=vote.tracks)
    if vote.input != "submission":
        round = Round.objects.filter(contest=contest, round_id=vote.input).first()
        if round is None:
            return []
        shortlist = standing_shortlist(round) if feeds(rules, round.round_id) else None
        if shortlist is None:
            ids = RoundEntry.objects.filter(round=round).values("entry")
            rows = rows.filter(pk__in=ids)
        else:
            picks = shortlist.selection["picks"]
            rows = rows.filter(pk__in=[p["work"] for p in picks if p["outcome"] == "selected"])
    return list(rows.select_related("unit").order_by("number", "created_at"))
