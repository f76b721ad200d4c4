"""When to remind of a deadline: so many days before it, at an hour of the day.

It knows whether a reminder is due, not whether it was sent, to whom, or how.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta

LEAST = timedelta(hours=2)
"""The last reminder leaves at least so much time to act."""


def reminder_times(closes: datetime, days: Iterable[int], *, hour: int) -> dict[int, datetime]:
    """Days before the closing day → the instant at which that reminder is due.

    The closing day is the last day on which something can still be handed in: of a deadline at
    midnight the day before. A reminder whose hour comes too late on that day is due `LEAST` before the
    deadline. `closes` carries the contest's time zone, in which `hour` is meant.
    """
    last = (closes - timedelta(microseconds=1)).date()
    return {
        each: min(
            datetime.combine(last - timedelta(days=each), time(hour), closes.tzinfo),
            closes - LEAST,
        )
        for each in days
    }


def latest_due(
    times: Mapping[int, datetime], closes: datetime, *, since: datetime, at: datetime
) -> int | None:
    """The reminder to send at `at`: the latest one that fell due after `since`; earlier ones that
    were missed are left out. None where there is none, or the deadline has passed."""
    if at >= closes:
        return None
    due = [(when, -days) for days, when in times.items() if since < when <= at]
    return -max(due)[1] if due else None


def next_due(times: Mapping[int, datetime], at: datetime) -> datetime | None:
    """When the next reminder falls due; None where all have."""
    return min((when for when in times.values() if when > at), default=None)
