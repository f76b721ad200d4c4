"""Numbers as they are meant, out of text as it was recognised; and the sums that prove some of them.

Recognition confuses O with 0, l with 1 and × with X, and sets spaces where letters stand apart. What
is repaired here keeps its length, so that places in the text stay what they are.
"""

from __future__ import annotations

import unicodedata
from datetime import date

PROVINCES = frozenset(
    str(number)
    for decade, last in (
        (11, 15),
        (21, 23),
        (31, 37),
        (41, 46),
        (50, 54),
        (61, 65),
        (71, 71),
        (81, 83),
    )
    for number in range(decade, last + 1)
)
"""First two digits of GB/T 2260; 83 is for residents from Taiwan."""
_FIRST_YEAR, _LAST_YEAR = 1900, 2035
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_LIKE_DIGITS = str.maketrans("Oo〇○ОоIl|!丨Ⅰ", "000000111111")
_LIKE_X = str.maketrans("x×ⅹⅩХхΧχ✕✖", "XXXXXXXXXX")


def half_width(text: str) -> str:
    """Letters, digits and marks in half width, sign for sign (a sign that would become several stays)."""
    signs = []
    for sign in text:
        plain = unicodedata.normalize("NFKC", sign)
        signs.append(plain if len(plain) == 1 else sign)
    return "".join(signs)


def repaired(text: str) -> str:
    """Signs like X become X, and signs like digits become digits where at least four stand close by."""
    signs = list(half_width(text).translate(_LIKE_X))
    swapped = [sign.translate(_LIKE_DIGITS) for sign in signs]
    for at, (sign, digit) in enumerate(zip(signs, swapped, strict=True)):
        if sign == digit or not digit.isdecimal():
            continue
        before = "".join(swapped[max(0, at - 6) : at])
        after = "".join(swapped[at + 1 : at + 7])
        neighbours = before[-1:].isdecimal() or after[:1].isdecimal()
        around = [*signs[max(0, at - 6) : at], *signs[at + 1 : at + 7]]
        if neighbours and sum(each.isdecimal() for each in around) >= 4:
            signs[at] = digit
    return "".join(signs)


def only_digits(text: str) -> str:
    """The digits (and X) of a number that was written with spaces or hyphens."""
    return "".join(sign for sign in text.upper() if sign.isdecimal() or sign == "X")


def is_identity(number: str) -> bool:
    """An 18-digit number of GB 11643-1999: region, date of birth, check digit (ISO 7064 MOD 11-2)."""
    return looks_like_identity(number) and _CHECKS[_sum(number) % 11] == number[17]


def looks_like_identity(number: str) -> bool:
    """The same without the check digit: a single misread digit leaves this."""
    if len(number) != 18 or not number[:17].isdecimal() or number[:2] not in PROVINCES:
        return False
    return number[2:6] != "0000" and is_date(number[6:10], number[10:12], number[12:14])


def is_old_identity(number: str) -> bool:
    """A 15-digit number as given out until 1999: region and date of birth; it has no check digit."""
    if len(number) != 15 or not number.isdecimal() or number[:2] not in PROVINCES:
        return False
    return is_date("19" + number[6:8], number[8:10], number[10:12])


def is_date(year: str, month: str, day: str) -> bool:
    """A day on which somebody living may have been born."""
    try:
        return _FIRST_YEAR <= date(int(year), int(month), int(day)).year <= _LAST_YEAR
    except ValueError:
        return False


def passes_luhn(number: str) -> bool:
    """The check digit of payment cards (ISO/IEC 7812-1, annex B)."""
    total = 0
    for at, sign in enumerate(reversed(number)):
        digit = int(sign) * (1 + at % 2)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def _sum(number: str) -> int:
    return sum(weight * int(sign) for weight, sign in zip(_WEIGHTS, number[:17], strict=True))


def hidden(value: str, first: int, last: int) -> str:
    """All but the first and last signs as stars: 110101********1234."""
    if len(value) <= first + last:
        return value[:1] + "*" * (len(value) - 1)
    return value[:first] + "*" * (len(value) - first - last) + value[len(value) - last :]
