"""A work of a judge's stack as a card: what it is called, its film, how far its sheet is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

from fengcai.apps.entries.owed import theme_names
from fengcai.apps.judging.models import Round, ScoreSheet
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


@dataclass(frozen=True)
class Sheet:
    """A judge's own marks for a work, as they were saved last."""

    values: dict[str, str]
    comment: str
    version: int


BLANK = Sheet({}, "", 0)


def sheets_on(round: Round, judge_id: int, works: Iterable[UUID]) -> dict[UUID, Sheet]:
    """The judge's sheets for these works, where there are any. 1 SQL."""
    rows = ScoreSheet.objects.filter(round=round, judge=judge_id, entry__in=list(works))
    found = rows.values_list("entry_id", "values", "comment", "version")
    return {entry: Sheet(values, comment, version) for entry, values, comment, version in found}


def cards_on(
    reach: Reach, places: Sequence[Place], *, reasons: Reasons | None = None
) -> tuple[Card, ...]:
    """The cards of these works with their films and the judge's sheets, in this order. 2 SQL."""
    films = films_of(reach.rules, {place.entry_id: place.track for place in places})
    sheets = sheets_on(reach.round, reach.seat.judge_id, films)
    return cards_of(reach, places, films=films, sheets=sheets, reasons=reasons)


def cards_of(
    reach: Reach,
    places: Iterable[Place],
    *,
    films: Mapping[UUID, tuple[Film, ...]] | None = None,
    sheets: Mapping[UUID, Sheet] | None = None,
    reasons: Reasons | None = None,
) -> tuple[Card, ...]:
    """The cards of these works from what is read already. No SQL.

    Works without `reasons` are the judge's to mark.
    """
    names: dict[str, dict[str, str]] = {}
    adding = _Adding(reach.scheme)
    cards = []
    for place in places:
        if place.track not in names:
            names[place.track] = theme_names(reach.rules, place.track)
        id = place.entry_id
        cards.append(
            _card(
                adding,
                place,
                names[place.track],
                film=next(iter((films or {}).get(id, ())), None),
                sheet=(sheets or {}).get(id, BLANK),
                why="".join((reasons or {}).get(id, ())),
            )
        )
    return tuple(cards)


class _Adding:
    """Adds sheets up as `core.scoring` does, reading a mark once: a page has few different ones."""

    def __init__(self, scheme: Scheme) -> None:
        self.known = {one.id for one in scheme.criteria}
        self._scheme = scheme
        self._weighed: dict[tuple[str, str], Fraction | None] = {}

    def total(self, values: Mapping[str, str]) -> Fraction | None:
        """What a whole and valid sheet adds up to; None for any other."""
        if values.keys() != self.known:
            return None
        sum = Fraction(0)
        for pair in values.items():
            if pair not in self._weighed:
                self._weighed[pair] = self._read(*pair)
            if (mark := self._weighed[pair]) is None:
                return None
            sum += mark
        return sum

    def _read(self, criterion: str, value: str) -> Fraction | None:
        mark = read_sheet(self._scheme, {criterion: value})[0].get(criterion)
        weights = (one.weight for one in self._scheme.criteria if one.id == criterion)
        return None if mark is None else mark * next(weights)


def _card(
    adding: _Adding,
    place: Place,
    names: Mapping[str, str],
    *,
    film: Film | None,
    sheet: Sheet,
    why: str,
) -> Card:
    values = sheet.values
    sum = adding.total(values) if values else None
    state = "done" if sum is not None else "partial" if values else "todo"
    return Card(
        entry_id=place.entry_id,
        number=place.number,
        title=place.title,
        unit=place.unit,
        themes=tuple(names.get(theme, theme) for theme in place.themes),
        film=film.asset_id if film else None,
        has_poster=bool(film and film.has_poster),
        duration=film.duration if film else None,
        state="recused" if why else state,
        why=why,
        own_conflict=place.declared is not None,
        marked=len(adding.known & values.keys()),
        total=show(sum) if sum is not None and not why else None,
        values={} if why else dict(values),
        comment="" if why else sheet.comment,
        sprite=film.sprite if film else None,
    )
