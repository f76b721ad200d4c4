"""Working days and last days of periods, with a year's holidays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.core.rulebook import Citation, WorkCalendar
from fengcai.core.timetable import is_workday, last_day

# Labour Day 2026: 1, 4 and 5 May are off, Saturday 9 May is worked.
YEAR = WorkCalendar(
    cite=Citation(section="十", words="工作日"),
    holidays=(date(2026, 5, 1), date(2026, 5, 4), date(2026, 5, 5)),
    workdays=(date(2026, 5, 9),),
)


@pytest.mark.parametrize(
    ("day", "with_calendar", "without"),
    [
        (date(2026, 4, 30), True, True),
        (date(2026, 5, 1), False, True),
        (date(2026, 5, 2), False, False),
        (date(2026, 5, 6), True, True),
        (date(2026, 5, 9), True, False),
    ],
)
def test_holidays_are_off_and_moved_weekends_are_worked(
    day: date, with_calendar: bool, without: bool
) -> None:
    assert (is_workday(day, YEAR), is_workday(day)) == (with_calendar, without)


def test_five_working_days_skip_the_holidays() -> None:
    assert last_day(date(2026, 4, 30), 5, basis="working", calendar=YEAR) == date(2026, 5, 11)
    assert last_day(date(2026, 4, 30), 5, basis="working") == date(2026, 5, 7)


def test_calendar_days_begin_the_day_after_and_never_end_on_a_day_off() -> None:
    assert last_day(date(2026, 4, 29), 1, basis="calendar", calendar=YEAR) == date(2026, 4, 30)
    assert last_day(date(2026, 4, 29), 2, basis="calendar", calendar=YEAR) == date(2026, 5, 6)


def test_no_period_is_empty() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        last_day(date(2026, 4, 30), 0, basis="working")


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(1, 30))
def test_a_period_in_working_days_holds_just_so_many(event: date, days: int) -> None:
    end = last_day(event, days, basis="working", calendar=YEAR)
    inside = [event + timedelta(n) for n in range(1, (end - event).days + 1)]
    assert sum(is_workday(day, YEAR) for day in inside) == days
    assert is_workday(end, YEAR)
