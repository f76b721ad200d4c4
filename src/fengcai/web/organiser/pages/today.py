"""The rows of the officer's day: what the contexts say that waits, with the addresses where it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from fengcai.apps.people.waiting import waiting_for

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest
    from fengcai.apps.people.models import User


@dataclass(frozen=True)
class Row:
    """One line of the day."""

    what: str
    count: int
    url: str
    note: str
    due: datetime | None
    urgent: bool


def today_rows(contest: Contest, *, user: User, at: datetime) -> list[Row]:
    """Everything that waits, urgent first. As many SQL as the contexts' queries cost, at any count."""
    return [
        Row(
            what=line.what,
            count=line.count,
            url=reverse(line.page, args=[contest.slug]) + line.query,
            note=line.note,
            due=line.due,
            urgent=line.urgent,
        )
        for line in waiting_for(contest, user, at)
    ]
