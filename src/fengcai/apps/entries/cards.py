"""Works as cards: their picture, title, unit and state, without what was found in their files.

What stands on one work's own page is `entries.queries`; lists a page at a time are `entries.listing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from fengcai.apps.assets.models import Asset
from fengcai.apps.assets.queries import GLIMPSE, length_of
from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.apps.entries.owed import theme_names, track_of
from fengcai.apps.entries.quotas import Counted
from fengcai.apps.entries.states import State
from fengcai.apps.prepared import Given, Prepared
from fengcai.core.rulebook import Rules


@dataclass(frozen=True)
class Glimpse:
    """A file as far as a card shows it. `trouble` says why it cannot be read; `duration` in seconds."""

    id: UUID
    running: bool
    trouble: str
    duration: Fraction | None
    has_poster: bool
    sprite: dict[str, Any] | None


@dataclass(frozen=True)
class Card:
    """A work as lists show it: its picture, its title, its unit, how it stands."""

    id: UUID
    number: str
    title: str
    unit_id: int
    unit: str
    themes: tuple[str, ...]
    state: str
    file: Glimpse | None
    place: int
    """Its place in its unit's own order, zero where the rules ask for none."""
    counted: Counted
    """The work as quotas see it."""

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return str(State(self.state).label)


_COLUMNS = (
    *("pk", "number", "title", "unit_id", "unit__name", "track", "themes", "divisions", "state"),
    "place",
)


def cards(
    contest: Contest, *, units: Iterable[Unit] | None = None, states: Iterable[str] = ()
) -> list[Card]:
    """The works of a contest (of `units`, in `states`), oldest first. 2 SQL whatever the number."""
    rules = rules_of(contest)
    names = {track.id: theme_names(rules, track.id) for track in rules.tracks}
    if units is not None and not states:
        given = {"contest": contest.pk, "units": [unit.pk for unit in units]}
        files, works = _files(rules, _FILES_OF_UNITS(**given)), _OF_UNITS(**given)
    else:
        chosen = Entry.objects.filter(contest=contest)
        if units is not None:
            chosen = chosen.filter(unit__in=list(units))
        if states:
            chosen = chosen.filter(state__in=list(states))
        files = _files(rules, _of_works(chosen))
        works = list(chosen.values_list(*_COLUMNS))
    return [
        Card(
            id=pk,
            number=number,
            title=title or "未命名作品",
            unit_id=unit,
            unit=name,
            themes=tuple([names.get(track, {}).get(theme, theme) for theme in themes]),
            state=state,
            file=files.get(pk),
            place=place,
            counted=Counted(pk, track, themes, divisions, state),
        )
        for pk, number, title, unit, name, track, themes, divisions, state, place in works
    ]


def _of_units() -> QuerySet[Entry]:
    return Entry.objects.filter(contest=Given("contest"), unit__in=Given("units", many=True))


def _of_works(works: QuerySet[Entry]) -> QuerySet[FileVersion, Any]:
    """The current files of some works, as `_files` reads them."""
    rows = FileVersion.objects.filter(entry__in=works.order_by(), current=True)
    wanted = ("entry_id", "entry__track", "slot", "place", "asset_id", "asset__state")
    return rows.order_by().values_list(*wanted, "asset__trouble", *GLIMPSE)


_OF_UNITS: Prepared[Any] = Prepared(lambda: _of_units().values_list(*_COLUMNS))
_FILES_OF_UNITS: Prepared[Any] = Prepared(lambda: _of_works(_of_units()))


def _files(rules: Rules, rows: Iterable[Sequence[Any]]) -> dict[UUID, Glimpse]:
    """The file that each work shows first: by the order of its slots, then by place. No SQL but for
    the rows."""
    order = {
        track.id: {slot.id: at for at, slot in enumerate(track_of(rules, track.id).slots)}
        for track in rules.tracks
    }
    first: dict[UUID, tuple[tuple[int, int], Sequence[Any]]] = {}
    for entry, track, slot, place, *told in rows:
        rank = (order.get(track, {}).get(slot, len(rules.tracks) + 99), place)
        if entry not in first or rank < first[entry][0]:
            first[entry] = (rank, told)
    return {
        entry: Glimpse(
            id=asset,
            running=state == Asset.State.RECEIVED,
            trouble=trouble,
            duration=length_of(length),
            has_poster=bool(poster_key),
            sprite=strip if sprite_key else None,
        )
        for entry, (_, (asset, state, trouble, length, strip, poster_key, sprite_key)) in (
            first.items()
        )
    }
