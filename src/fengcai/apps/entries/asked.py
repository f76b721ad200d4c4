"""Which of a contest's works somebody wants to see: what a list, an export and a pack are asked by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, StrIndex
from django.db.models.lookups import GreaterThan

from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.entries.models import Entry

PER_PAGE = 50
LONGEST_WORDS = 60
NOTHING = "none"
"""Asks for works without any theme, and for units without a district."""

CHOICE = ("state", "track", "unit", "words", "theme", "division", "unit_class", "district", "late")


@dataclass(frozen=True)
class Asked:
    """Which works somebody wants to see. `words` are looked for in titles, numbers and units."""

    state: str = ""
    track: str = ""
    unit: int = 0
    words: str = ""
    sort: str = "updated"
    page: int = 1
    per_page: int = PER_PAGE
    theme: str = ""
    division: str = ""
    unit_class: str = ""
    district: str = ""
    late: bool = False

    @property
    def choice(self) -> dict[str, Any]:
        """What is chosen, without order and page: what an export keeps."""
        return {name: value for name in CHOICE if (value := getattr(self, name))}

    @classmethod
    def of(cls, choice: Mapping[str, Any]) -> Asked:
        """Asked as `choice` told it; what is no part of a choice is left out."""
        return cls(**{name: choice[name] for name in CHOICE if choice.get(name)})

    @property
    def narrows(self) -> bool:
        """Whether works of one state may be outside the choice."""
        return any(name != "state" for name in self.choice)


def chosen(contest: Contest, asked: Asked) -> QuerySet[Entry]:
    """The works asked for, in every state. 1 SQL for each word that is looked for."""
    rows = Entry.objects.filter(contest=contest)
    if asked.track:
        rows = rows.filter(track=asked.track)
    if asked.unit:
        rows = rows.filter(unit=asked.unit)
    if asked.late:
        rows = rows.filter(late=True)
    if asked.theme == NOTHING:
        rows = rows.filter(themes=[])
    elif asked.theme:
        rows = rows.filter(_holds("themes", asked.theme))
    if asked.division:
        rows = rows.filter(_holds("divisions", asked.division))
    if asked.unit_class or asked.district:
        units = Unit.objects.filter(contest=contest).order_by()
        if asked.unit_class:
            units = units.filter(unit_class=asked.unit_class)
        if asked.district:
            units = units.filter(district="" if asked.district == NOTHING else asked.district)
        rows = rows.filter(unit__in=units.values("pk"))
    for word in asked.words[:LONGEST_WORDS].split():
        # Units are a few hundred, works many thousand: look the unit up first.
        named = Unit.objects.filter(_told("name", word), contest=contest)
        found = list(named.order_by().values_list("pk", flat=True))
        told = _told("title", word) | _told("number", word)
        rows = rows.filter(told | Q(unit__in=found) if found else told)
    return rows


def _holds(column: str, id: str) -> Q:
    """Whether the id stands in a column of ids: both databases write it between quotes."""
    text = Cast(F(column), TextField())
    return Q(GreaterThan(StrIndex(text, Value(f'"{id}"')), 0))


def _told(column: str, word: str) -> Q:
    """Whether the word stands in the column, in either case. Where it has none, as Chinese words and
    numbers, it is looked for as it is, which costs a database less than a pattern."""
    if word.upper() == word.lower():
        return Q(GreaterThan(StrIndex(F(column), Value(word)), 0))
    return Q(**{f"{column}__icontains": word})
