"""How a closing instant is written: midnight as 24:00 of the day that it ends, as notices do."""

from __future__ import annotations

from datetime import date, datetime, timedelta


def day_and_clock(closes: datetime, *, seconds: bool = False) -> tuple[date, str]:
    """The day and the clock of a closing instant, in its own zone: 2026-05-01 00:00 is 24:00 of
    30 April."""
    if (closes.hour, closes.minute, closes.second, closes.microsecond) == (0, 0, 0, 0):
        return closes.date() - timedelta(days=1), "24:00:00" if seconds else "24:00"
    return closes.date(), f"{closes:%H:%M:%S}" if seconds else f"{closes:%H:%M}"
