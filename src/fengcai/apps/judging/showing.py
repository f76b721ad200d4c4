"""Which of a work's files are the work, for judges and the public; the rest are papers about it.

A consent form is sent in with a film and must reach neither. It grants nobody access by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from fengcai.apps.assets.queries import GLIMPSE, length_of
from fengcai.apps.entries.lists import shown_fields
from fengcai.apps.entries.models import FileVersion
from fengcai.apps.entries.owed import track_of
from fengcai.apps.prepared import Given, Prepared
from fengcai.apps.releases.standing import unwatchable
from fengcai.core.rulebook import Rules, Slot

COLUMNS = ("entry_id", "place", "slot", "asset_id", "asset__filename", *GLIMPSE)
"""What a film tells of itself, of the rows of `FileVersion`."""


@dataclass(frozen=True)
class Film:
    """A file of a work: what the player needs. `sprite` is the geometry of its preview strip."""

    asset_id: UUID
    slot: str
    name: str
    kind: str
    filename: str
    duration: Fraction | None
    has_poster: bool
    sprite: dict[str, Any] | None


Audience = Literal["judges", "public"]
PAPERS = frozenset({"form", "scan", "source", "link", "physical"})
"""Kinds of places whose files are never the work itself unless the rules say so."""


def shown_slots(rules: Rules, track: str, to: Audience = "public") -> dict[str, tuple[str, str]]:
    """The slots of a track whose files `to` sees, in order: id → name and kind.

    As the rules say (`shown_to`). Where they do not: the first slot, and films, sounds and
    pictures; forms, scans (consents!), source files and screenshots of links never.
    """
    slots = track_of(rules, track).slots
    return {
        slot.id: (slot.name, slot.file_kind)
        for index, slot in enumerate(slots)
        if _shown(slot, first=index == 0, to=to)
    }


def _shown(slot: Slot, *, first: bool, to: Audience) -> bool:
    if slot.shown_to is not None:
        return slot.shown_to == "public" or slot.shown_to == to
    return slot.kind not in PAPERS and (first or slot.kind != "document")


def films_of(
    rules: Rules, tracks: Mapping[UUID, str], to: Audience = "public"
) -> dict[UUID, tuple[Film, ...]]:
    """The current files that are the work, by the work's id, in the order of the slots and of the places
    in a slot. 1 SQL.

    `tracks` says of each work in which track it takes part; a work without files has an empty
    tuple. Plain values are read, since a page may show the films of fifty works. To judges a work is
    shown while nobody on screen says otherwise (`releases.standing`).
    """
    slots = {track: shown_slots(rules, track, to) for track in set(tracks.values())}
    order = {track: {slot: at for at, slot in enumerate(each)} for track, each in slots.items()}
    found: dict[UUID, list[tuple[int, int, Film]]] = {entry: [] for entry in tracks}
    films = _FILMS[to](works=list(tracks), at=timezone.now())
    for entry, place, slot, asset, filename, length, strip, poster, sprite in films:
        if (shown := slots[tracks[entry]].get(slot)) is not None:
            film = Film(
                asset_id=asset,
                slot=slot,
                name=shown[0],
                kind=shown[1],
                filename=filename,
                duration=length_of(length),
                has_poster=bool(poster),
                sprite=strip if sprite else None,
            )
            found[entry].append((order[tracks[entry]][slot], place, film))
    return {
        entry: tuple(film for _, _, film in sorted(films, key=lambda one: one[:2]))
        for entry, films in found.items()
    }


def _films(to: Audience) -> QuerySet[FileVersion, Any]:
    rows = FileVersion.objects.filter(entry__in=Given("works", many=True), current=True).order_by()
    if to == "judges":
        stopped = unwatchable(Given("at")).filter(entry=OuterRef("entry"))
        rows = rows.exclude(Exists(stopped))
    return rows.values_list(*COLUMNS)


_FILMS: dict[Audience, Prepared[Any]] = {
    "judges": Prepared(lambda: _films("judges")),
    "public": Prepared(lambda: _films("public")),
}


def texts_of(
    rules: Rules, track: str, fields: dict[str, Any], to: Audience = "public"
) -> tuple[tuple[str, str], ...]:
    """What the unit wrote about the work for these readers: (label, text), in the form's order.

    Long texts, and what the rules show (`shown_to`): sources, intended audience, use of AI. Short
    fields are left out otherwise: a contact's telephone is one of them. So are people's names.
    """
    return tuple(
        (each.label, each.text) for each in shown_fields(track_of(rules, track), fields, to)
    )
