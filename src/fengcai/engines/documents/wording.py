"""Dates and short phrases as formal Chinese papers write them. Formats only; decides nothing."""

from __future__ import annotations

from datetime import date, datetime

_DIGITS = "〇一二三四五六七八九"


def formal_date(day: date) -> str:
    """`二〇二六年六月一日`, as certificates are dated."""
    year = "".join(_DIGITS[int(digit)] for digit in f"{day.year:04d}")
    return f"{year}年{_up_to_99(day.month)}月{_up_to_99(day.day)}日"


def plain_time(moment: datetime) -> str:
    """`2026年4月30日 17:00`, in the moment's own time zone."""
    return f"{moment.year}年{moment.month}月{moment.day}日 {moment.hour:02d}:{moment.minute:02d}"


def titled(work: str) -> str:
    """A work's title in 《》, unless it brings its own."""
    return work if work.startswith("《") and work.endswith("》") else f"《{work}》"


def _up_to_99(number: int) -> str:
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")
