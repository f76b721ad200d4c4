"""Fields of entrants by track and unit, and awards as tests of scopes need them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fengcai.core.allocation import (
    Allocation,
    Entrant,
    Field,
)

from .builders import award as plain_award

VIDEO, PHOTO = ("track", "video"), ("track", "photo")
NAMES = {"video": "视频类", "photo": "摄影类", "u1": "一院", "u2": "二院"}


def award(id: str, name: str, number: int, money: str, **changes: Any) -> dict[str, Any]:
    """A plain award with anything else than its number too."""
    return {**plain_award(id, name, number, money), **changes}


def entrant(work: str, track: str = "video", unit: str = "", **more: Any) -> Entrant:
    return Entrant(work, unit or f"u{work}", frozenset({("track", track)}), **more)


def field(entrants: Sequence[Entrant], **more: Any) -> Field:
    given: dict[str, Any] = {
        "entrants": {one.work: one for one in entrants},
        "kinds": {"track": ["video", "photo"]},
        "populations": {"accepted": entrants, "submitted": [*entrants, entrant("x9", unit="u9")]},
        "names": NAMES,
    }
    return Field(**{**given, **more})


def quota(kind: str, **more: Any) -> dict[str, Any]:
    return {"count": None, "quota": {"kind": kind, **more}}


def won(result: Allocation) -> list[tuple[str, str]]:
    return [(one.award, one.work or one.unit) for one in result.winners]


FOUR = [entrant("a"), entrant("b"), entrant("c", "photo"), entrant("d", "photo")]
