"""The tree of tracks: which are headings, which can be entered, which stand under which.

It reads a book's tracks and makes nothing of them; `settle` lets tracks take over what others say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Born(Protocol):
    """A thing that may have a parent."""

    @property
    def parent(self) -> str | None:
        """The id of what stands above it."""


class Taking(Born, Protocol):
    """A track that may take over what another says."""

    @property
    def like(self) -> str | None:
        """The id of the track that it is like."""


def headings(tracks: Mapping[str, Born]) -> tuple[str, ...]:
    """Ids that others name as their parent, in the order of the file."""
    parents = {each.parent for each in tracks.values()}
    return tuple(id for id in tracks if id in parents)


def leaves(tracks: Mapping[str, Born]) -> tuple[str, ...]:
    """Ids that can be entered, in the order of the file."""
    above = headings(tracks)
    return tuple(id for id in tracks if id not in above)


def ancestors(tracks: Mapping[str, Born], id: str) -> tuple[str, ...]:
    """Parent, grandparent … of a track, nearest first. A ring ends where it closes."""
    found: list[str] = []
    at = tracks[id].parent if id in tracks else None
    while at is not None and at in tracks and at not in found:
        found.append(at)
        at = tracks[at].parent
    return tuple(found)


def under(tracks: Mapping[str, Born], ids: tuple[str, ...] | list[str]) -> list[str]:
    """The tracks that can be entered among `ids` and below the headings among them."""
    wanted = set(ids)
    return [id for id in leaves(tracks) if wanted & {id, *ancestors(tracks, id)}]


def models(tracks: Mapping[str, Taking], id: str) -> tuple[str, ...]:
    """The tracks that a track takes over from, nearest first: what it is like, or its parent."""
    found: list[str] = []
    at = tracks[id].like or tracks[id].parent
    while at is not None and at in tracks and at not in found:
        found.append(at)
        at = tracks[at].like or tracks[at].parent
    return tuple(found)
