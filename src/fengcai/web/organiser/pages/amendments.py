"""The rows of the amendments' pages: what was amended, who has read it, which windows may move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fengcai.apps.contests.amending import amendments_of, seen_counts
from fengcai.apps.contests.extending import window_name, windows_of
from fengcai.apps.contests.queries import people_in, rules_of
from fengcai.apps.contests.roles import Role
from fengcai.core.timetable import standing
from fengcai.web.shared.amendments import AmendmentRow, amendment_row

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest


@dataclass(frozen=True)
class WindowRow:
    """A window whose end may be moved."""

    key: str
    name: str
    closes: datetime
    state: str


@dataclass(frozen=True)
class Listed:
    """An amendment with how many of those who act for units have read it."""

    row: AmendmentRow
    read: int


@dataclass(frozen=True)
class AmendmentsPage:
    """The organiser's page of amendments."""

    windows: list[WindowRow]
    amendments: list[Listed]
    readers: int


def amendments_page(contest: Contest, *, at: datetime) -> AmendmentsPage | None:
    """None while the contest is a draft. 3 SQL."""
    if not contest.is_open:
        return None
    rules = rules_of(contest)
    read = seen_counts(contest)
    people: Any = people_in(contest, Role.CONTACT, Role.HEAD)
    return AmendmentsPage(
        windows=[
            WindowRow(key, window_name(rules, key), window.closes, standing(window, at))
            for key, window in windows_of(rules).items()
        ],
        amendments=[
            Listed(amendment_row(row), read.get(row.pk, 0)) for row in amendments_of(contest)
        ],
        readers=len({seat.user_id for seat in people}),
    )
