"""Judges brought to one scale before they are combined: the standard score, or the rank.

Standard score (标准分): 50 + 10 z over the judge's own sheets, z = (mark − mean) ÷ standard
deviation of the population (Excel: STDEV.P), with 50 digits, quantised once to 10⁻⁶, half-even.
Judges whom no chain of common works joins cannot be brought to one scale: that is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from fengcai.core.scoring.numbers import ScoringError

_CONTEXT = Context(prec=50, rounding=ROUND_HALF_EVEN)
_STEP = Decimal("0.000001")
FULL = Fraction(100)
"""The scale that both ways bring a mark to."""

Totals = Mapping[str, Mapping[str, Fraction]]


def standard_scores(totals: Totals) -> dict[str, dict[str, Fraction]]:
    """Work → judge → 50 + 10 z, within 0 … 100. A judge whose marks are all equal gives 50."""
    _joined(totals)
    found: dict[str, dict[str, Fraction]] = {work: {} for work in totals}
    for judge, mine in _by_judge(totals).items():
        n = len(mine)
        mean = sum(mine.values(), Fraction(0)) / n
        variance = sum(((value - mean) ** 2 for value in mine.values()), Fraction(0)) / n
        deviation = _CONTEXT.sqrt(_decimal(variance))
        for work, value in mine.items():
            z = _CONTEXT.divide(_decimal(value - mean), deviation) if deviation else Decimal(0)
            score = _CONTEXT.add(Decimal(50), _CONTEXT.multiply(Decimal(10), z))
            # Out of 100 and more works z may pass 5: the scale ends there, like the sheet's.
            score = min(Decimal(100), max(Decimal(0), score))
            found[work][judge] = Fraction(score.quantize(_STEP, context=_CONTEXT))
    return found


def rank_scores(totals: Totals) -> dict[str, dict[str, Fraction]]:
    """Work → judge → 100 × (n − r + ½) ÷ n, where r is its (mean) rank among the judge's n works."""
    _joined(totals)
    found: dict[str, dict[str, Fraction]] = {work: {} for work in totals}
    for judge, mine in _by_judge(totals).items():
        n = len(mine)
        for work, value in mine.items():
            better = sum(other > value for other in mine.values())
            equal = sum(other == value for other in mine.values())
            place = better + Fraction(equal + 1, 2)
            found[work][judge] = FULL * (n - place + Fraction(1, 2)) / n
    return found


def _by_judge(totals: Totals) -> dict[str, dict[str, Fraction]]:
    found: dict[str, dict[str, Fraction]] = {}
    for work, rows in totals.items():
        for judge, value in rows.items():
            found.setdefault(judge, {})[work] = value
    return found


def _decimal(value: Fraction) -> Decimal:
    return _CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))


def _joined(totals: Totals) -> None:
    """Refuse judges who fall into groups without a work in common."""
    groups: list[set[str]] = []
    for rows in totals.values():
        mine = set(rows)
        apart = [group for group in groups if not group & mine]
        for group in groups:
            if group & mine:
                mine |= group
        groups = [*apart, mine] if mine else apart
    if len(groups) > 1:
        named = "；".join("、".join(sorted(group)) for group in sorted(groups, key=sorted))
        what = f"评委分成了没有共同作品的几组（{named}），分数不能换算到同一把尺上："
        raise ScoringError([what + "请让各组共评一些作品，或各组分别取名额。"])
