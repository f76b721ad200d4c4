"""A work of a judge's stack as a card: what it is called, its film, how far its sheet is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm
from typing import Any
from uuid import UUID

from fengcai.apps.entries.owed import theme_names
from fengcai.apps.judging.panel import panel_id
from fengcai.apps.judging.reach import Place, Reach
from fengcai.apps.judging.showing import Film, films_of
from fengcai.core.scoring import Scheme, show
from fengcai.core.scoring.sheet import read_sheet

Reasons = Mapping[UUID, tuple[str, ...]]
"""Why a work is not the judge's to mark, by its id."""

STATES = {"todo": "未评", "partial": "评了一部分", "done": "已评", "recused": "回避"}
"""What a card's states are called."""


@dataclass(frozen=True)
class Card:
    """A work in the judge's stack. `state`: todo | partial | done | recused, with `why`."""

    entry_id: UUID
    number: int
    title: str
    unit: str
    themes: tuple[str, ...]
    film: UUID | None
    has_poster: bool
    duration: Fraction | None
    state: str
    why: str
    own_conflict: bool
    marked: int
    total: str | None
    values: dict[str, str]
    comment: str
    sprite: dict[str, Any] | None

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return STATES[self.state]


def cards_on(
    reach: Reach, places: Sequence[Place], *, reasons: Reasons | None = None
) -> tuple[Card, ...]:
    """The cards of these works with their films, in this order. 1 SQL."""
    films = films_of(reach.rules, {place.entry_id: place.track for place in places}, "judges")
    return cards_of(reach, places, films=films, reasons=reasons)


def cards_of(
    reach: Reach,
    places: Iterable[Place],
    *,
    films: Mapping[UUID, tuple[Film, ...]] | None = None,
    reasons: Reasons | None = None,
) -> tuple[Card, ...]:
    """The cards of these works from what is read already. No SQL.

    Works without `reasons` are the judge's to mark.
    """
    shown, against = films or {}, reasons or {}
    names: dict[str, dict[str, str]] = {}
    adding = _adding(reach)
    cards = []
    for place in places:
        if place.track not in names:
            names[place.track] = theme_names(reach.rules, place.track)
        first = shown.get(place.entry_id)
        why = "".join(against.get(place.entry_id, ()))
        cards.append(
            _card(adding, place, names[place.track], film=first[0] if first else None, why=why)
        )
    return tuple(cards)


MOST = 4_000
"""How many different marks and sums are remembered of one scheme."""


class _Adding:
    """Adds sheets up as `core.scoring` does, reading each different mark once: there are few."""

    def __init__(self, scheme: Scheme) -> None:
        self.known = {one.id for one in scheme.criteria}
        self._alone = {one.id: replace(scheme, criteria=(one,)) for one in scheme.criteria}
        self._weights = {one.id: one.weight for one in scheme.criteria}
        self._weighed: dict[tuple[str, str], tuple[int, int] | None] = {}
        self._said: dict[tuple[int, int], str] = {}

    def total(self, values: Mapping[str, str]) -> str | None:
        """What a whole and valid sheet adds up to, in words; None for any other."""
        if values.keys() != self.known:
            return None
        if len(self._weighed) > MOST or len(self._said) > MOST:
            self._weighed, self._said = {}, {}
        marks = []
        for pair in values.items():
            if pair not in self._weighed:
                self._weighed[pair] = self._read(*pair)
            if (mark := self._weighed[pair]) is None:
                return None
            marks.append(mark)
        whole = lcm(*(below for _, below in marks))  # exact: over one denominator
        added = (sum(above * (whole // below) for above, below in marks), whole)
        if added not in self._said:
            self._said[added] = show(Fraction(*added))
        return self._said[added]

    def _read(self, criterion: str, value: str) -> tuple[int, int] | None:
        mark = read_sheet(self._alone[criterion], {criterion: value})[0].get(criterion)
        return None if mark is None else (mark * self._weights[criterion]).as_integer_ratio()


_adders: dict[tuple[str, str, str], _Adding] = {}


def _adding(reach: Reach) -> _Adding:
    """The sums of this round under its rules, on the lines of the judge's panel; few are kept."""
    key = (reach.rules.hash, reach.round.round_id, panel_id(reach.rule, reach.seat))
    found = _adders.get(key)
    if found is None:
        if len(_adders) >= 32:
            _adders.clear()
        found = _adders[key] = _Adding(reach.scheme)
    return found


def _card(
    adding: _Adding, place: Place, names: Mapping[str, str], *, film: Film | None, why: str
) -> Card:
    values = place.sheet.values
    total = adding.total(values) if values and not why else None
    state = "done" if total is not None else "partial" if values else "todo"
    return Card(
        entry_id=place.entry_id,
        number=place.number,
        title=place.title,
        unit=place.unit,
        themes=tuple([names.get(theme, theme) for theme in place.themes]),
        film=film.asset_id if film else None,
        has_poster=bool(film and film.has_poster),
        duration=film.duration if film else None,
        state="recused" if why else state,
        why=why,
        own_conflict=place.declared is not None,
        marked=len(adding.known & values.keys()),
        total=total,
        values={} if why else values,
        comment="" if why else place.sheet.comment,
        sprite=film.sprite if film else None,
    )
