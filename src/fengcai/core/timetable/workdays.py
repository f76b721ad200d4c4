"""Days that count: working days with the year's holidays and moved weekends, and the last day of a
period.

A period in days begins on the day after the event, and one that would end on a day off ends on the
next working day (民法典 §201, §203). Which days are off is the rulebook's to say.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from fengcai.core.rulebook import WorkCalendar

DAY = timedelta(days=1)


def is_workday(day: date, calendar: WorkCalendar | None = None) -> bool:
    """Whether a day is worked: Monday to Friday without holidays, and weekends that were moved."""
    if calendar is not None and day in calendar.workdays:
        return True
    return day.weekday() < 5 and (calendar is None or day not in calendar.holidays)


def last_day(
    event: date,
    days: int,
    *,
    basis: Literal["calendar", "working"],
    calendar: WorkCalendar | None = None,
) -> date:
    """The last day of a period of `days` (at least 1) after an event."""
    if days < 1:
        raise ValueError("a period has at least one day")
    if basis == "calendar":
        day = event + days * DAY
        while not is_workday(day, calendar):
            day += DAY
        return day
    day = event
    while days:
        day += DAY
        days -= is_workday(day, calendar)
    return day
