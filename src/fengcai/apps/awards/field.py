"""The field that awards are given in, as `core.allocation` reads it: works, votes, counts, units."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from uuid import UUID

from fengcai.apps.awards.resting import Footing
from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.entries.models import Entry
from fengcai.apps.judging.counts import valid_votes
from fengcai.apps.judging.field import Placed, names_of, placed, population
from fengcai.apps.judging.models import Shortlist
from fengcai.apps.judging.panel import Panel
from fengcai.core.allocation import Entrant, Field
from fengcai.core.scoring import Ranking

INSTRUCTOR = "指导"
"""What roles of instructors have in their name (指导教师、指导老师)."""


def field_of(
    footing: Footing, panels: Mapping[str, Panel], rankings: Mapping[str, Ranking]
) -> Field:
    """Everything that scopes, ratios, votes and formulas ask for. At most 6 SQL and 2 a vote."""
    contest, rules = footing.contest, footing.rules
    votes = {
        id: valid_votes(contest, id)
        for id in [each.id for each in rules.votes]
        if any(award.vote == id or award.formula for award in rules.awards)
    }
    accepted = population(contest, rules, "accepted")
    inside = {row.entry_id for panel in panels.values() for row in panel.works}
    voted = {UUID(work) for counts in votes.values() for work in counts}
    known = {each.entry.pk: each for each in accepted}
    gone = (inside | voted) - set(known)
    rows = Entry.objects.filter(pk__in=gone).select_related("unit__parent") if gone else ()
    known |= {each.entry.pk: each for each in placed(rules, rows)}
    finals = {
        str(row.entry_id): id
        for id, panel in panels.items()
        if id in footing.finals
        for row in panel.works
    }
    formula = any(award.formula for award in rules.awards)
    units = list(Unit.objects.filter(contest=contest)) if formula else []
    return Field(
        entrants={each.work: _entrant(each) for id, each in known.items() if id in inside | voted
                  or formula},
        rankings=dict(rankings),
        finals=finals,
        votes=votes,
        populations={
            "accepted": [_entrant(each) for each in accepted],
            "submitted": [_entrant(each) for each in population(contest, rules, "submitted")],
            "shortlisted": [_entrant(known[id]) for id in _shortlisted(contest, footing, inside)
                            if id in known],
        },
        kinds={
            "track": [each.id for each in rules.tracks],
            "division": [each.id for each in rules.divisions],
            "region": [each.id for each in rules.regions],
        },
        coverage=_coverage(units, accepted),
        superiors={str(unit.pk): str(unit.parent_id) for unit in units if unit.parent_id},
        names=names_of(rules) | {str(unit.pk): unit.name for unit in units},
    )  # fmt: skip


def _entrant(one: Placed) -> Entrant:
    return Entrant(
        work=one.work,
        unit=str(one.entry.unit_id),
        belongs=one.belongs,
        people=frozenset(mark for mark, _, role in one.people if INSTRUCTOR not in role),
        instructors=frozenset(mark for mark, _, role in one.people if INSTRUCTOR in role),
    )


def _shortlisted(contest: Contest, footing: Footing, inside: set[UUID]) -> list[UUID]:
    """The works that a confirmed shortlist let into a last round; without one all that are in it."""
    sources = {each.input for each in footing.rules.rounds if each.id in footing.finals}
    lists = Shortlist.objects.filter(
        round__contest=contest, round__round_id__in=sources, replaced_at=None
    )
    found = [
        UUID(pick["work"])
        for row in lists
        for pick in row.selection["picks"]
        if pick["outcome"] == "selected"
    ]
    return list(dict.fromkeys(found)) if found else sorted(inside, key=str)


def _coverage(units: list[Unit], accepted: list[Placed]) -> dict[str, Fraction]:
    """Unit → the share of the units under it with an accepted work."""
    entered = {each.entry.unit_id for each in accepted}
    below: dict[int, list[int]] = {}
    for unit in units:
        if unit.parent_id:
            below.setdefault(unit.parent_id, []).append(unit.pk)
    return {
        str(parent): Fraction(sum(pk in entered for pk in rows), len(rows))
        for parent, rows in below.items()
    }
