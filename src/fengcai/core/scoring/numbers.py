"""Exact numbers: read from text, written for a reader, rounded once. And what a fault is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Literal

RoundingMode = Literal["half_up", "half_even"]

_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")


class ScoringError(ValueError):
    """The scheme, the sheets or the decisions cannot be used; ``problems`` says why, in Chinese."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("；".join(self.problems))


def exact(value: object) -> Fraction | None:
    """Read a decimal number exactly; ``None`` if it is not one.

    Takes ``"18.5"`` (ASCII digits, no exponent, no sign but minus), ``int`` or ``Decimal``.
    Raises ``TypeError`` for ``float``: by then the exact number is already lost.
    """
    if isinstance(value, float):
        raise TypeError("marks are exact: pass a string, an int or a Decimal, not a float")
    if isinstance(value, str):
        return _read(value)
    if isinstance(value, Decimal):
        return Fraction(value) if value.is_finite() else None
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    return None


@lru_cache(maxsize=4096)
def _read(text: str) -> Fraction | None:
    """Read once what thousands of sheets repeat: there are few different marks."""
    return Fraction(text) if _NUMBER.fullmatch(text) else None


def show(value: Fraction, places: int | None = None) -> str:
    """Write a number for a reader: in full if its decimals end within 6 places, else rounded.

    With ``places`` it is written with exactly that many decimals (half up).
    """
    if places is not None:
        return str(rounded(value, places, "half_up"))
    short = rounded(value, 6, "half_up")
    text = format(short, "f").rstrip("0").rstrip(".")
    return text or "0"


def show_apart(high: Fraction, low: Fraction) -> tuple[str, str]:
    """Write two different numbers with the fewest decimals (at least 2) that tell them apart."""
    places = 2
    while rounded(high, places, "half_up") == rounded(low, places, "half_up"):
        places += 1
    return show(high, places), show(low, places)


def rounded(value: Fraction, places: int, mode: RoundingMode) -> Decimal:
    """Round an exact number to ``places`` decimals; ``half_up`` rounds halves away from zero."""
    scaled = abs(value) * 10**places
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    twice = 2 * rest
    up = twice > scaled.denominator or (
        twice == scaled.denominator and (mode == "half_up" or whole % 2 == 1)
    )
    digits = tuple(int(digit) for digit in str(whole + up))
    sign = 1 if value < 0 and whole + up else 0
    return Decimal((sign, digits, -places))
