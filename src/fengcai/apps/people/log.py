"""The account log: one line for each event that an owner should be able to see. Added, never
changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fengcai.apps.people.events import ALARMING, Kind
from fengcai.apps.people.models import AccountEvent, User

BY_COMMAND = "管理员，命令行"


@dataclass(frozen=True)
class Line:
    """One event in words."""

    at: datetime
    what: str
    kind: str
    detail: str
    device: str
    address: str
    alarming: bool


def note(
    user: User, kind: Kind, *, at: datetime, address: str = "", device: str = "", detail: str = ""
) -> None:
    """Append a line, in the caller's transaction."""
    AccountEvent.objects.create(
        user=user,
        kind=kind,
        at=at,
        address=address or None,
        device=device[:80],
        detail=detail[:120],
    )


def noted_since(user: User, kind: Kind, *, at: datetime, within: timedelta, address: str) -> bool:
    """Whether such a line was written lately: a locked door that is tried a hundred times is one
    event. 1 SQL."""
    return AccountEvent.objects.filter(
        user=user, kind=kind, address=address, at__gt=at - within
    ).exists()


def newest(user: User, *, limit: int = 30) -> Sequence[Line]:
    """The newest lines first. 1 SQL."""
    return [
        Line(
            at=row.at,
            what=str(Kind(row.kind).label),
            kind=row.kind,
            detail=row.detail,
            device=row.device,
            address=row.address or "",
            alarming=row.kind in ALARMING,
        )
        for row in AccountEvent.objects.filter(user=user)[:limit]
    ]
