"""From an entry's card to what the work card shows: addresses of its picture and its film."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.urls import get_script_prefix, reverse

NIL = UUID(int=0)


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
    """What `{% work_card %}` shows."""

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


@dataclass(frozen=True)
class FilmView:
    """A file of a work as `shared/_film.html` shows it: its address, its poster, its strip."""

    name: str
    kind: str
    url: str
    poster: str
    sprite: Sprite | None


def film_view(film: Any) -> FilmView:
    """From a `Film` of `apps.judging.showing`."""
    return FilmView(
        name=film.name,
        kind=film.kind,
        url=file_url(film.asset_id, "film"),
        poster=file_url(film.asset_id, "poster") if film.has_poster else "",
        sprite=sprite_of(film.asset_id, film.sprite),
    )


def checked_view(file: Any, *, name: str, kind: str) -> FilmView:
    """From a `Checked` of `apps.assets.queries`, in the slot of this name and kind."""
    return FilmView(
        name=name,
        kind=kind,
        url=file_url(file.id, "film"),
        poster=file_url(file.id, "poster") if file.has_poster else "",
        sprite=sprite_of(file.id, file.sprite),
    )


def file_url(asset_id: Any, part: str) -> str:
    """Where a part of a file is sent from: film, poster, sprite."""
    before, after = _around_file(part, get_script_prefix())
    return f"{before}{asset_id}{after}"


@lru_cache(maxsize=32)
def _around_file(part: str, prefix: str) -> tuple[str, str]:
    """What stands before and after the id; `prefix` is the mount that `reverse` answers for."""
    before, _, after = reverse("file", args=[NIL, part]).partition(str(NIL))
    return before, after


def addresses(name: str, *front: Any) -> Callable[[UUID], str]:
    """The addresses of many works: `reverse(name, args=[*front, id])`, asked once for all of them."""
    before, _, after = reverse(name, args=[*front, NIL]).partition(str(NIL))
    return lambda id: f"{before}{id}{after}"


def numbered(name: str, *front: Any) -> Callable[[int], str]:
    """The same where the last part of the address is a number."""
    before, _, after = reverse(name, args=[*front, 0]).rpartition("/0/")
    return lambda number: f"{before}/{number}/{after}"


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
