"""From an entry's card to what the work card shows: addresses of its picture and its film."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse


@dataclass(frozen=True)
class Sprite:
    """A strip of small pictures, for scrubbing."""

    url: str
    columns: int
    rows: int
    count: int
    width: int
    height: int


@dataclass(frozen=True)
class WorkCard:
    """What `shared/_work_card.html` shows."""

    title: str
    unit: str
    url: str = ""
    poster: str = ""
    duration: Any = None
    sprite: Sprite | None = None
    award: str = ""
    state: str = ""
    state_word: str = ""
    meta: str = ""
    waiting: str = ""


def file_url(asset_id: Any, part: str) -> str:
    """Where a part of a file is sent from: film, poster, sprite."""
    return reverse("file", args=[asset_id, part])


def sprite_of(asset_id: Any, sprite: Any) -> Sprite | None:
    """The sprite strip of a file, from the geometry in its facts."""
    if not sprite:
        return None
    return Sprite(
        url=file_url(asset_id, "sprite"),
        columns=sprite["columns"],
        rows=sprite["rows"],
        count=len(sprite["times_s"]),
        width=sprite["tile_width_px"],
        height=sprite["tile_height_px"],
    )


def work_card(card: Any, *, url: str, state: bool = True, award: str = "") -> WorkCard:
    """A work card from `entries.queries.Card`."""
    file = card.file
    return WorkCard(
        title=card.title,
        unit=card.unit,
        url=url,
        poster=file_url(file.id, "poster") if file and file.has_poster else "",
        duration=file.duration if file else None,
        sprite=sprite_of(file.id, file.sprite) if file else None,
        award=award,
        state=card.state if state else "",
        state_word=card.state_name if state else "",
        meta="、".join(card.themes),
        waiting=_waiting(file),
    )


def _waiting(file: Any) -> str:
    if file is None:
        return "还没有上传文件"
    if file.running:
        return "文件检查中"
    return file.trouble[:24] if file.trouble else ""
