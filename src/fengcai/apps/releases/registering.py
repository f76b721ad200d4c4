"""Rows as `core.consent` reads them: demands of the rules, people with their papers. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from fengcai.apps.entries.models import Entry
from fengcai.apps.releases.models import Appearance, NobodyShown, Release
from fengcai.core.consent import Paper, Person, Register
from fengcai.core.consent.owing import State
from fengcai.core.consent.terms import Age, Capacity
from fengcai.core.rulebook import Rules
from fengcai.core.rulebook.rules import Release as Demand


def demands_on(rules: Rules, track: str) -> tuple[Demand, ...]:
    """What the rules ask of the people in works of a track. No SQL."""
    return tuple(each for each in rules.releases if not each.tracks or track in each.tracks)


def ways_for(demands: Sequence[Demand], role: str) -> tuple[str, ...]:
    """The ways to sign that every demand on this part takes."""
    mine = [each.evidence for each in demands if role in each.who]
    first = mine[0] if mine else ()
    return tuple(way for way in first if all(way in each for each in mine))


def months_for(demands: Sequence[Demand], role: str) -> int:
    """The term that is asked for: the shortest of those that bind this part; 0 where none does."""
    return min((each.months for each in demands if role in each.who), default=0)


def today(rules: Rules, at: datetime) -> date:
    """The day by the contest's clock."""
    return at.astimezone(ZoneInfo(rules.timezone)).date()


def registers_of(entries: Iterable[Entry]) -> dict[UUID, Register]:
    """Who appears in each of these works and what was signed. 3 SQL whatever the number of works."""
    keys = [each.pk for each in entries]
    nobody = set(NobodyShown.objects.filter(entry__in=keys).values_list("entry", flat=True))
    papers: dict[UUID, list[Paper]] = {}
    rows = Release.objects.filter(
        appearance__entry__in=keys, appearance__removed_at=None, replaced_at=None
    )
    for row in rows.only(*_READ):
        papers.setdefault(row.appearance_id, []).append(paper_of(row))
    people: dict[UUID, list[Person]] = {}
    shown = Appearance.objects.filter(entry__in=keys, removed_at=None)
    for entry, pk, role, age in shown.values_list("entry", "pk", "role", "age"):
        mine = tuple(papers.get(pk, ()))
        people.setdefault(entry, []).append(Person(str(pk), role, cast("Age", age), mine))
    return {key: Register(tuple(people.get(key, ())), nobody=key in nobody) for key in keys}


_READ = ("appearance_id", "capacity", "state", "way", "purposes", "until", "checked_at")


def paper_of(row: Release) -> Paper:
    """A release as the rules look at it. One that the daily job has ended is one whose term is over."""
    state = "signed" if row.state == "expired" else row.state
    return Paper(
        capacity=cast("Capacity", row.capacity),
        state=cast("State", state),
        way=row.way,
        purposes=frozenset(row.purposes),
        until=row.until,
        checked=row.way != "signed_scan" or row.checked_at is not None,
    )


def person_of(row: Appearance) -> Person:
    """Somebody on screen whose standing releases have been read with him. No SQL."""
    papers = tuple(paper_of(each) for each in row.releases.all())
    return Person(str(row.pk), row.role, cast("Age", row.age), papers)
