"""What a licence in a rulebook's words allows: whether it is one, for how long, where, until which day.

A rulebook may say term and territory by themselves; where it does not, they are looked for in the
words that were signed, and what is not found is not made up.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

FOREVER = "永久"
_KINDS = ("licence", "assignment")
_GRANTS = re.compile(r"授权|许可|归主办|同意[^。；]{0,40}(?:展播|展示|展映|用于|使用|播放)")
_CONSENT = re.compile(r"知情同意")
_NUMBER = r"[0-9一二两三四五六七八九十]{1,3}"
_TERM = re.compile(
    rf"(?:自[^，。；]{{1,12}}起|期限为?|有效期为?|为期|在)(永久|长期|{_NUMBER}(?:年|个月))"
)
_PLACE = re.compile(r"(?:限于|范围为)([^，。；、]{1,10}(?:境内|省内|院内|全国|全球))")
_LENGTH = re.compile(rf"({_NUMBER})(年|个月)")
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2}


def grants(kind: str | None, signatory: str, text: str) -> bool:
    """Whether a declaration lets somebody use a work. One without a kind is judged by its words; what
    people on screen consent to, and what judges promise, is no licence of the work."""
    if kind is not None:
        return kind in _KINDS
    own = signatory in ("author", "unit", "instructor")
    return own and bool(_GRANTS.search(text)) and not _CONSENT.search(text)


def term_of(term: str | None, text: str) -> str:
    """For how long, as the rules or the words say it; empty where neither does."""
    found = _TERM.search(text)
    return term or (found[1] if found else "")


def territory_of(territory: str | None, text: str) -> str:
    """Where, as the rules or the words say it; empty where neither does."""
    found = _PLACE.search(text)
    return territory or (found[1] if found else "")


def months_of(term: str) -> int | None:
    """A term in months; None for one without end, and for one that is no length."""
    found = None if FOREVER in term or "长期" in term else _LENGTH.search(term)
    if found is None:
        return None
    return _whole(found[1]) * (12 if found[2] == "年" else 1)


def ends(term: str, begins: date) -> date | None:
    """The last day of a term that begins on a day; None for one without end or length."""
    months = months_of(term)
    return None if months is None else _moved(begins, months)


def over_if_before(months: int, day: date) -> date:
    """The day before which a term of so many months has to begin to be over on `day`."""
    begins = _moved(day, -months)
    # Counted back from the 31st: whatever begins on the shorter month's last day is over as well.
    return begins if begins.day == day.day else begins + timedelta(days=1)


def _moved(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _whole(said: str) -> int:
    if said.isdecimal():
        return int(said)
    tens, ten, ones = said.rpartition("十")
    return (10 * (_DIGITS[tens] if tens else 1) if ten else 0) + (_DIGITS[ones] if ones else 0)
