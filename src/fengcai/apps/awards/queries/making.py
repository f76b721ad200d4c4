"""Single rows of a result, as it is stored: works, who won what and why, places, and their names.

Nothing is computed here, and nothing read but who agreed to be named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from fengcai.apps.awards.field import INSTRUCTOR
from fengcai.apps.awards.outcome import call_by_name
from fengcai.apps.awards.queries.rows import (
    MarkRow,
    RankRow,
    UnitWinnerRow,
    WinnerRow,
    WorkRow,
)
from fengcai.apps.entries import naming
from fengcai.apps.judging.field import names_of
from fengcai.apps.judging.models import RoundEntry
from fengcai.apps.judging.panel import rule_of
from fengcai.core.rulebook import Award, Rules
from fengcai.core.scoring import show


def award_names(rules: Rules) -> dict[str, str]:
    """Awards by id, with what each is for where another bears its name."""
    return {
        award.id: f"{award.name}（{scope}）" if (scope := scope_of(award, rules)) else award.name
        for award in rules.awards
    }


def told_in_public(
    works: Mapping[str, WorkRow], hidden: Mapping[UUID, Collection[str]] | None = None
) -> dict[str, WorkRow]:
    """Works as everybody may read of them: who has not agreed to be named is not. At most 3 SQL where
    it is not said who that is."""
    if hidden is None:
        names = {one.entry_id: names_in(one) for one in works.values()}
        hidden = naming.unnamed(names, naming.PUBLISH)
    return {id: _unnamed(one, hidden.get(one.entry_id, ())) for id, one in works.items()}


def names_in(work: WorkRow) -> tuple[str, ...]:
    """Everybody whom a work names."""
    return (*work.authors, *work.instructors)


def _unnamed(work: WorkRow, hidden: Collection[str]) -> WorkRow:
    """The work as everybody may read of it."""
    if not hidden:
        return work
    return replace(
        work,
        authors=naming.told(work.authors, hidden),
        instructors=naming.told(work.instructors, hidden),
    )


def authors_of(fields: Mapping[str, Any], rules: Rules, track: str) -> tuple[str, ...]:
    """The names in the form's fields of people, in their order, each once."""
    return _names(_people(fields, rules, track))


def cell_of(one: Mapping[str, Any], rules: Rules) -> str:
    """What of several an award is given for here: 摄影类、公众组."""
    names = names_of(rules)
    return "、".join(names.get(id, id) for _, id in one.get("cell", ()))


def scope_of(award: Award, rules: Rules) -> str:
    """What an award is for where the rules have another one of its name: 摄影类、公众组."""
    if not any(each.name == award.name and each.id != award.id for each in rules.awards):
        return ""
    names = names_of(rules)
    ids = (*award.tracks, *award.divisions, *award.regions)
    return "、".join(names.get(id, id) for id in ids)


def _recipients(award: Award, work: WorkRow) -> tuple[str, ...]:
    """Who gets an award that goes to persons other than the authors."""
    instructing = award.recipient == "instructors" or award.kind == "instructor"
    return work.instructors if instructing else ()


def people_named(
    fields: Mapping[str, Any], rules: Rules, track: str, *, instructors: bool
) -> tuple[str, ...]:
    """The names in the form's fields of people: the instructors', or everybody else's."""
    people = _people(fields, rules, track)
    return _names(
        person for person in people if (INSTRUCTOR in str(person.get("role", ""))) == instructors
    )


def _people(fields: Mapping[str, Any], rules: Rules, track: str) -> list[Mapping[str, Any]]:
    """The rows in the form's fields of people."""
    asked = [field for each in rules.tracks if each.id == track for field in each.fields]
    ids = [field.id for field in asked if field.kind == "people"]
    return [person for id in ids for person in fields.get(id) or ()]


def _names(people: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Their names, each once."""
    names = [str(person.get("name", "")).strip() for person in people]
    return tuple(dict.fromkeys(name for name in names if name))


def work_row(row: RoundEntry, rules: Rules) -> WorkRow:
    """A work as it stood in a round."""
    return WorkRow(
        entry_id=row.entry_id,
        number=row.number,
        entry_number=row.entry.number,
        title=str(row.entry),
        unit=row.entry.unit.name,
        authors=authors_of(row.entry.fields, rules, row.entry.track),
        instructors=people_named(row.entry.fields, rules, row.entry.track, instructors=True),
        track=row.entry.track,
    )


def winner_row(
    award: Award,
    one: Mapping[str, Any],
    works: Mapping[str, WorkRow],
    called: Mapping[str, str],
    rules: Rules,
) -> WinnerRow:
    """One award to one work, as the result holds it."""
    return WinnerRow(
        award_id=award.id,
        award=award.name,
        group=award.group,
        work=works[one["work"]],
        rank=one["rank"],
        figure=one["figure"],
        money=Decimal(one["money"]),
        reason=call_by_name(one["reason"], called),
        by=one["by"],
        minutes=one["minutes"],
        cite=award.cite,
        scope=cell_of(one, rules) or scope_of(award, rules),
        recipients=_recipients(award, works[one["work"]]),
    )


def unit_winner_row(
    award: Award, one: Mapping[str, Any], units: Mapping[str, str]
) -> UnitWinnerRow:
    """One award to one unit, as the result holds it."""
    return UnitWinnerRow(
        award_id=award.id,
        award=award.name,
        group=award.group,
        unit_id=int(one["unit"]),
        unit=units[one["unit"]],
        place=one["place"],
        points=one["figure"],
        money=Decimal(one["money"]),
        reason=one["reason"],
        by=one["by"],
        minutes=one["minutes"],
        cite=award.cite,
    )


def rank_row(
    one: Mapping[str, Any],
    works: Mapping[str, WorkRow],
    posts: Mapping[tuple[str, str], str],
    rules: Rules,
    round_id: str,
    held: Mapping[str, list[str]],
    several: bool,
) -> RankRow:
    """One place of the ranking, as the result holds it."""
    why = {"high": "去掉的最高分", "low": "去掉的最低分"}
    criteria = {each.id: each.name for each in rule_of(rules, round_id).scheme.criteria}
    return RankRow(
        work=works[one["work"]],
        rank=one["rank"],
        tied=bool(one["tied_with"]),
        figure=one["figure"],
        n=one["n"],
        marks=tuple(
            MarkRow(
                seat=f"评委 {mark['judge'].removeprefix('J')}",
                judge=posts.get((round_id, mark["judge"]), ""),
                total=show(Fraction(mark["total"])),
                why=why.get(mark["dropped"], ""),
            )
            for mark in sorted(one["marks"], key=lambda mark: int(mark["judge"][1:]))
        ),
        trimming=one["trimming"],
        criteria=tuple(
            (criteria[id], show(Fraction(value), 2)) for id, value in one["criteria"].items()
        ),
        above=one["above"]["text"] if one["above"] else "",
        below=one["below"]["text"] if one["below"] else "",
        reason=one["reason"],
        awards=tuple(held.get(one["work"], ())),
        round=rule_of(rules, round_id).name if several else "",
    )
