"""A person's roles as places to go to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from fengcai.apps.contests.queries import Seat, seats_of
from fengcai.apps.contests.roles import Role

PLACES: dict[str, tuple[str, str]] = {
    Role.ORGANISER: ("office", "办理这个活动"),
    Role.REVIEWER: ("review-desk", "审核作品"),
    Role.CONTACT: ("works", "报送本单位的作品"),
    Role.HEAD: ("works", "确认本单位的作品"),
    Role.JUDGE: ("judge-room", "评审作品"),
}


@dataclass(frozen=True)
class SeatRow:
    """One role with the page that it leads to."""

    role: str
    role_name: str
    unit: str
    title: str
    label: str
    url: str
    todo: str


def seat_row(seat: Seat) -> SeatRow:
    """A seat as a link."""
    place, todo = PLACES[seat.role]
    return SeatRow(
        role=seat.role,
        role_name=seat.role_name,
        unit=seat.unit.name if seat.unit else "",
        title=seat.contest.title,
        label=seat.contest.label,
        url=reverse(place, args=[seat.contest.slug]),
        todo=todo,
    )


def my_seats(user: Any) -> list[SeatRow]:
    """Every role of `user`. 1 SQL."""
    return [seat_row(seat) for seat in seats_of(user)]
