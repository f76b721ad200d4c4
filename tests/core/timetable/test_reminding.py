"""Reminders fall due so many days before a deadline, the latest missed one counts, none after it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.core.timetable import latest_due, next_due, reminder_times

pytestmark = pytest.mark.intake
ZONE = ZoneInfo("Asia/Shanghai")
CLOSES = datetime(2026, 4, 30, 17, tzinfo=ZONE)
DAYS = (7, 3, 1, 0)


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, 4, day, hour, minute, tzinfo=ZONE)


@pytest.mark.clause("J1")
def test_reminders_fall_on_their_days_at_the_hour() -> None:
    assert reminder_times(CLOSES, DAYS, hour=9) == {7: at(23), 3: at(27), 1: at(29), 0: at(30)}


def test_the_last_one_leaves_time_to_act() -> None:
    assert reminder_times(CLOSES, [0], hour=16) == {0: at(30, 15)}
    midnight = datetime(2026, 5, 1, tzinfo=ZONE)
    assert reminder_times(midnight, [1, 0], hour=9) == {1: at(29), 0: at(30)}
    early = datetime(2026, 4, 30, 8, tzinfo=ZONE)
    assert reminder_times(early, [1, 0], hour=9) == {1: at(29), 0: at(30, 6)}


def test_after_a_day_without_the_machine_only_the_latest_is_due() -> None:
    times = reminder_times(CLOSES, DAYS, hour=9)
    since = at(1)
    assert latest_due(times, CLOSES, since=since, at=at(23, 8, 59)) is None
    assert latest_due(times, CLOSES, since=since, at=at(23)) == 7
    assert latest_due(times, CLOSES, since=since, at=at(29, 23)) == 1
    assert latest_due(times, CLOSES, since=at(29, 12), at=at(29, 23)) is None
    assert latest_due(times, CLOSES, since=since, at=CLOSES) is None
    assert (next_due(times, at(24)), next_due(times, at(30))) == (at(27), None)


@given(
    st.lists(st.integers(0, 60), max_size=6, unique=True),
    st.integers(0, 23),
    st.integers(0, 70 * 24 * 60),
)
def test_what_is_due_is_never_in_the_future_and_next_always_is(
    days: list[int], hour: int, minutes: int
) -> None:
    times = reminder_times(CLOSES, days, hour=hour)
    now = CLOSES - timedelta(minutes=minutes)
    due = latest_due(times, CLOSES, since=CLOSES - timedelta(days=99), at=now)
    assert due is None or times[due] <= now < CLOSES
    coming = next_due(times, now)
    assert coming is None or now < coming <= CLOSES - timedelta(hours=2)
