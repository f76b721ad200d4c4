"""Which of a work's files are the work, for judges and the public; the rest are papers about it.

A consent form is sent in with a film and must reach neither. It grants nobody access by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

from fengcai.apps.assets.queries import duration_of, sprite_of
from fengcai.apps.entries.models import FileVersion
from fengcai.apps.entries.owed import track_of
from fengcai.core.rulebook import Rules


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


def shown_slots(rules: Rules, track: str) -> dict[str, tuple[str, str]]:
    """The slots of a track whose files are the work itself, in order: id → name and kind.

    The first slot always is; of the others all that are not documents.
    """
    slots = track_of(rules, track).slots
    return {
        slot.id: (slot.name, slot.kind)
        for index, slot in enumerate(slots)
        if index == 0 or slot.kind != "document"
    }


def films_of(rules: Rules, track: str, versions: Iterable[FileVersion]) -> tuple[Film, ...]:
    """The current files of a work that are the work, in the order of the slots. No SQL when the
    versions are read with their assets."""
    slots = shown_slots(rules, track)
    order = list(slots)
    current = [row for row in versions if row.current and row.slot in slots]
    return tuple(
        Film(
            asset_id=row.asset_id,
            slot=row.slot,
            name=slots[row.slot][0],
            kind=slots[row.slot][1],
            filename=row.asset.filename,
            duration=duration_of(row.asset),
            has_poster=bool(row.asset.poster_key),
            sprite=sprite_of(row.asset),
        )
        for row in sorted(current, key=lambda row: order.index(row.slot))
    )


def texts_of(rules: Rules, track: str, fields: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """What the unit wrote about the work for readers: (label, text) of each long text.

    Short fields are left out: a contact's telephone is one of them. So are people's names.
    """
    return tuple(
        (field.label, str(fields[field.id]))
        for field in track_of(rules, track).fields
        if field.kind == "longtext" and fields.get(field.id)
    )
