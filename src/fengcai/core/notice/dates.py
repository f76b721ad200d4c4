"""Dates and times as notices write them → day, clock and how exact they are.

Reads 2026年4月30日17时前, 二〇二六年六月一日十七时三十分, 2026-04-30 17:00, 9月30日, 24:00, 零时,
上午9时, 6月中旬, 即日起. A year that is not written comes from what was said before, and that is
told (`year_given`). Working days are counted by nobody here: holidays are not in the notice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from .numerals import whole

_N = "[0-9]{1,2}|[一二三四五六七八九十]{1,3}"
_Y = "(?:19|20)[0-9]{2}|二[〇○零][〇○零一二三四五六七八九]{2}"
_HALF = "上午|下午|晚上|晚|中午|早上|凌晨"
_CLOCK = (
    rf"(?:\([^()]{{1,6}}\))?(?P<half>{_HALF})?(?:"
    r"(?P<hour>[01]?[0-9]|2[0-4]):(?P<minute>[0-5][0-9])(?::[0-5][0-9])?"
    rf"|(?P<hour2>[01]?[0-9]|2[0-4]|[〇零一二三四五六七八九十]{{1,3}})[时点](?!间)"
    rf"(?:(?P<half_past>半)|(?P<minute2>[0-5]?[0-9]|[〇零一二三四五六七八九十]{{1,3}})分?)?"
    r")(?:整)?"
)
DATE = re.compile(
    rf"(?:(?:(?P<year>{_Y})年)?(?P<month>{_N})月(?:(?P<day>{_N})[日号]|(?P<vague>上旬|中旬|下旬|初|中|底|末))?"
    r"|(?P<iyear>(?:19|20)[0-9]{2})[-./](?P<imonth>[01]?[0-9])[-./](?P<iday>[0-3]?[0-9])(?![0-9])"
    rf"|(?:(?<=[至到])|(?<![0-9一二三四五六七八九十月期]))(?P<only>{_N})日"
    r"(?:(?<=[至到].日)|(?<=[至到]..日)|(?=前|之前|以前|止|上午|下午|[0-9]{1,2}[:时点])))"
    rf"[ ]?(?:{_CLOCK})?(?P<before>(?:以前|之前|前|止)?)"
)
AT_ONCE = re.compile(r"即日起|自(?:通知)?(?:印发|发布|发文)之日起")

Precision = Literal["minute", "day", "vague", "month"]


@dataclass(frozen=True, slots=True)
class Moment:
    """One date in a text. `start` and `end` are its characters; `clock` is HH:MM (24:00 as such).

    `day` is None where the notice is vague; `month` is then all that is known. `before` says that
    前, 之前 or 止 follows; `year_given` that the year stands in these very words.
    """

    start: int
    end: int
    text: str
    year: int | None
    month: int
    day: date | None
    clock: str | None
    precision: Precision
    before: bool
    year_given: bool

    def written(self) -> str | None:
        """As a rulebook writes it (2026-04-30 17:00); None unless day and clock are known."""
        return f"{self.day:%Y-%m-%d} {self.clock}" if self.day and self.clock else None


def moments(text: str, *, year: int | None = None, month: int | None = None) -> Iterator[Moment]:
    """Every date in a plain text, in order.

    `year` and `month` are what earlier sentences said; later dates of the text inherit from
    earlier ones, and a month well before the one just named belongs to the next year.
    """
    for match in DATE.finditer(text):
        given = match["year"] or match["iyear"]
        named = match["month"] or match["imonth"]
        mine = (whole(named) if named else month) or 0
        if not 1 <= mine <= 12:
            continue
        if given:
            year = whole(given)
        elif year is not None and month is not None and mine < month - 6:
            year += 1
        month = mine
        number = whole(match["day"] or match["iday"] or match["only"] or "")
        day = None
        if number is not None:
            day = _day(year, month, number)
            if day is None and year is not None:
                continue
        clock = _clock(match)
        precision: Precision = "vague" if match["vague"] else "month"
        if number is not None:
            precision = "minute" if clock else "day"
        end = match.end()
        yield Moment(
            match.start(), end, match[0], year, month, day, clock, precision,
            bool(match["before"]), given is not None,
        )  # fmt: skip


def _day(year: int | None, month: int, day: int) -> date | None:
    try:
        return None if year is None else date(year, month, day)
    except ValueError:
        return None


def _clock(match: re.Match[str]) -> str | None:
    said = match["hour"] or match["hour2"]
    if said is None:
        return None
    hour = whole(said) or 0
    minute = 30 if match["half_past"] else whole(match["minute"] or match["minute2"] or "0") or 0
    if (
        match["half"] in {"下午", "晚上", "晚", "中午"}
        and hour < 12
        and not (match["half"] == "中午" and hour > 10)
    ):
        hour += 12
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    return f"{hour:02}:{minute:02}"
