"""How many places an award has: a fixed number, a ratio, all above a score, or as persons see fit.

A ratio is exact and rounded once. Who takes the places is ``fold``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from fengcai.core.allocation.decisions import AllocationError, AwardRule
from fengcai.core.allocation.field import Cell, Field, Runner

_OF = {"submitted": "报送", "accepted": "接收", "shortlisted": "入围"}
_ROUNDING = {"down": "向下取整", "up": "向上取整", "half_up": "四舍五入"}


@dataclass(frozen=True, slots=True)
class Places:
    """The number of an award's places in one scope, and how it came about."""

    award: str
    cell: Cell
    number: int
    text: str


def places(
    rule: AwardRule,
    cell: Cell,
    field: Field | None,
    line: Sequence[Runner],
    taken: int,
    decided: int,
) -> tuple[Places, int]:
    """The places in one scope, and how many competitors of ``line`` (in order) stand before them.

    ``taken`` is how many stand before already, ``decided`` how many the committee chose.
    """
    if rule.count is not None:
        return Places(rule.id, cell, rule.count, ""), taken
    quota = rule.quota or {}
    kind = quota.get("kind")
    if kind == "at_most":
        return Places(
            rule.id, cell, int(quota.get("max") or 0), f"不超过 {quota.get('max')} 名"
        ), taken
    if kind == "discretionary":
        return Places(rule.id, cell, decided, f"酌情评定 {decided} 名"), taken
    if kind == "ratio":
        return _ratio(rule, cell, field), taken
    if kind == "threshold":
        return _threshold(rule, cell, line, taken, decided)
    raise AllocationError([f"{rule.name}没有写明评几名。"])


def reaches(rule: AwardRule, one: Runner) -> bool:
    """Whether a competitor is within the scores that the award is given for."""
    quota = rule.quota or {}
    if quota.get("kind") != "threshold":
        return True
    below = quota.get("below")
    return one.figure >= Decimal(str(quota["score"])) and (
        below is None or one.figure < Decimal(str(below))
    )


def _ratio(rule: AwardRule, cell: Cell, field: Field | None) -> Places:
    quota = rule.quota or {}
    of, mode = quota.get("of") or "accepted", quota.get("rounding") or "down"
    counted = field.populations.get(of, ()) if field else ()
    base = sum(field.holds(rule, cell, one) for one in counted) if field else 0
    share = Fraction(Decimal(str(quota.get("share"))))
    exact = share * base
    number = floor(exact)
    if mode == "up":
        number = ceil(exact)
    elif mode == "half_up":
        number = floor(exact + Fraction(1, 2))
    text = f"{_OF[of]} {base} 件 × {plain(share * 100)}% = {plain(exact)}，{_ROUNDING[mode]}为 {number} 名"
    least, most = int(quota.get("min") or 0), quota.get("max")
    if number < least:
        number, text = least, f"{text}，规则规定至少 {least} 名"
    if most is not None and number > int(most):
        number, text = int(most), f"{text}，规则规定最多 {most} 名"
    return Places(rule.id, cell, number, text)


def _threshold(
    rule: AwardRule, cell: Cell, line: Sequence[Runner], taken: int, decided: int
) -> tuple[Places, int]:
    quota = rule.quota or {}
    score, below, most = (
        None if quota.get(key) is None else Decimal(str(quota[key]))
        for key in ("score", "below", "max")
    )
    if score is None:
        raise AllocationError([f"{rule.name}没有写明多少分可得。"])
    said = f"得分不低于 {score.normalize():f} 分"
    said += "" if below is None else f"、低于 {below.normalize():f} 分"
    if rule.decided_by == "committee":
        return Places(rule.id, cell, decided, said), taken
    before = sum(below is not None and one.figure >= below for one in line)
    first = max(taken, before)
    reach = sum(one.figure >= score for one in line)
    number = max(0, reach - first)
    text = f"{said}，共 {number} 名"
    if most is not None and number > most:
        number, text = int(most), f"{text}，规则规定最多 {int(most)} 名"
    return Places(rule.id, cell, number, text), first


def plain(value: Fraction) -> str:
    """An exact number as people read it: at most six places, and no zeros behind them."""
    short = (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.000001"))
    return f"{short.normalize():f}"
