"""Numbers as Chinese documents write them: 3, １２, 3.16万, 十二, 二〇二六, 一百零五, 两, 半.

Exact numbers only; no dates and no units (see `dates` and `quantities`).
"""

from __future__ import annotations

import re
from decimal import Decimal

DIGITS = {
    "〇": 0, "○": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6,
    "七": 7, "八": 8, "九": 9, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7,
    "捌": 8, "玖": 9,
}  # fmt: skip
UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
GROUPS = {"万": 10**4, "亿": 10**8}

CHINESE = "[〇○零一二两三四五六七八九十百千]"
# A number in running text; a thousands comma only where three digits follow it.
NUMBER = rf"(?:[0-9]{{1,3}}(?:,[0-9]{{3}})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|{CHINESE}+)"


def number(text: str) -> Decimal | None:
    """The value of a number, None when it is not one. `3.16万` is 31600, `二〇二六` is 2026."""
    text = text.strip()
    if match := re.fullmatch(r"([0-9][0-9,]*(?:\.[0-9]+)?)([十百千]?)([万亿]?)", text):
        scale = UNITS.get(match[2], 1) * GROUPS.get(match[3], 1)
        return neat(Decimal(match[1].replace(",", "")) * scale)
    whole = _chinese(text)
    return None if whole is None else Decimal(whole)


def whole(text: str) -> int | None:
    """The number as an int; None when it is none or not whole."""
    found = number(text)
    return int(found) if found is not None and found == int(found) else None


def neat(value: Decimal) -> Decimal:
    """Without zeros that say nothing: 31600.00 is 31600, 0.50 is 0.5."""
    return Decimal(int(value)) if value == int(value) else value.normalize()


def _chinese(text: str) -> int | None:
    if not text or any(
        each not in DIGITS and each not in UNITS and each not in GROUPS for each in text
    ):
        return None
    if all(each in DIGITS for each in text):  # 二〇二六, 三〇七: read digit by digit
        return int("".join(str(DIGITS[each]) for each in text))
    total = group = digit = 0
    last = 10**12
    for each in text:
        if each in DIGITS:
            digit = DIGITS[each]
        elif each in UNITS:
            group += (digit or (1 if not group else 0)) * UNITS[each]
            digit = 0
        else:
            if GROUPS[each] >= last or not group + digit:
                return None
            total += (group + digit) * GROUPS[each]
            group, digit, last = 0, 0, GROUPS[each]
    return total + group + digit


def spoken(value: int) -> str:
    """A whole number from 0 to 9999 in Chinese, as ordinals and counts are written."""
    if not 0 <= value <= 9999:
        raise ValueError(value)
    names = "零一二三四五六七八九"
    text, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, unit)
        if digit:
            text += ("零" if gap and text else "") + names[digit] + name
            gap = False
        else:
            gap = True
    if text.startswith("一十"):
        text = text[1:]
    return text or "零"
