"""Whether a work may be passed on: in which ones somebody on screen has not agreed to a use."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from fengcai.apps.entries.governing import rules_for
from fengcai.apps.entries.models import Entry
from fengcai.apps.releases.registering import demands_on, registers_of, today
from fengcai.core.rulebook.rules import Release as Demand


def lacking(entries: Iterable[Entry], purpose: str, *, at: datetime) -> dict[UUID, int]:
    """Works in which somebody has not agreed to one use (`upper`: passing on to a contest above), with
    how many; 0 where nobody was registered at all. For those whose rules ask for it. 3 SQL."""
    rows = [e for e in entries if any(purpose in d.purposes for d in _demands(e))]
    if not rows:
        return {}
    registers = registers_of(rows)
    found = {}
    for each in rows:
        day = today(rules_for(each), at)
        wanting = [d for d in _demands(each) if purpose in d.purposes]
        people: Collection[Any] = {
            person.id
            for demand in wanting
            for person in registers[each.pk].people
            if person.role in demand.who
            for paper in person.papers
            if not (
                paper.given
                and purpose in paper.purposes
                and paper.until is not None
                and paper.until >= day
            )
        }
        register = registers[each.pk]
        if people or not (register.people or register.nobody):
            found[each.pk] = len(people)
    return found


def _demands(entry: Entry) -> tuple[Demand, ...]:
    return demands_on(rules_for(entry), entry.track)
