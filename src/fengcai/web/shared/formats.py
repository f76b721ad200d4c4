"""Words for durations, sizes, money and instants, in Chinese. Knows no template and no clock."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from fengcai.core.rulebook.instants import day_and_clock

_UNITS = ("KB", "MB", "GB", "TB")
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def duration(seconds: float | Decimal | Fraction | timedelta) -> str:
    """`272.4` → `4:32`, an hour and more → `1:02:05`. Cut to whole seconds, never rounded up."""
    if isinstance(seconds, timedelta):
        seconds = seconds.total_seconds()
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, _HOUR)
    minutes, left = divmod(rest, _MINUTE)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def size(count: int) -> str:
    """Bytes for people: `1.5 GB`, counted in 1 024 as file managers show it."""
    if count < 1024:
        return f"{count} 字节"
    value = Decimal(count)
    for unit in _UNITS:
        value /= 1024
        if value < 1000 or unit == _UNITS[-1]:
            break
    digits = 0 if value >= 100 else 1
    text = f"{value:.{digits}f}"
    return f"{text.removesuffix('.0')} {unit}"


def money(yuan: Decimal | int) -> str:
    """`Decimal("17100")` → `17,100 元`; fen are shown only when there are any."""
    amount = Decimal(yuan)
    text = f"{amount:,.2f}"
    return f"{text.removesuffix('.00')} 元"


def calendar(moment: datetime, now: datetime) -> str:
    """`4月30日 17:00`, with the year when it is not this year's. Both in the reader's zone."""
    year = f"{moment.year}年" if moment.year != now.year else ""
    return f"{year}{moment.month}月{moment.day}日 {moment:%H:%M}"


def closing(moment: datetime, now: datetime) -> str:
    """The same of a closing instant: midnight is `4月30日 24:00` of the day that it ends."""
    day, clock = day_and_clock(moment)
    year = f"{day.year}年" if day.year != now.year else ""
    return f"{year}{day.month}月{day.day}日 {clock}"


def day(value: date, this_year: int) -> str:
    """`4月30日`, with the year when it is not this one."""
    year = f"{value.year}年" if value.year != this_year else ""
    return f"{year}{value.month}月{value.day}日"


def distance(moment: datetime, now: datetime) -> str:
    """How far `moment` is from `now`: `还有 3 天`, `2 小时前`, `刚刚`. Cut, never rounded up."""
    seconds = int((moment - now).total_seconds())
    ahead, span = seconds > 0, abs(seconds)
    if span < _MINUTE:
        return "不到 1 分钟" if ahead else "刚刚"
    if span < _HOUR:
        words = f"{span // _MINUTE} 分钟"
    elif span < _DAY:
        words = f"{span // _HOUR} 小时"
    elif span < 60 * _DAY:
        words = f"{span // _DAY} 天"
    elif span < 730 * _DAY:
        words = f"{span // (30 * _DAY)} 个月"
    else:
        words = f"{span // (365 * _DAY)} 年"
    return f"还有 {words}" if ahead else f"{words}前"
