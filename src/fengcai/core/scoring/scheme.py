"""The scoring scheme of a round, read strictly from the resolved rules.

A scheme that contradicts itself is refused here, before any mark is counted. This module knows
nothing of judges or works; see ``sheet`` for one judge's marks and ``ranking`` for their sum.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal

Aggregate = Literal["mean", "median", "trimmed_mean"]
RoundingMode = Literal["half_up", "half_even"]
TieBy = Literal["criterion", "committee", "earlier_submission"]

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


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the score sheet; a mark counts ``weight`` times towards the sheet's total."""

    id: str
    name: str
    min: Fraction
    max: Fraction
    step: Fraction | None
    weight: Fraction


@dataclass(frozen=True, slots=True)
class TieStep:
    """One step of the tie chain; ``id`` names the criterion when ``by`` is ``criterion``."""

    by: TieBy
    id: str = ""


@dataclass(frozen=True, slots=True)
class Scheme:
    """How the sheets of a round become one figure per work, and how ties are broken."""

    criteria: tuple[Criterion, ...]
    total: Fraction
    aggregate: Aggregate
    drop_high: int
    drop_low: int
    drop_only_if_at_least: int
    rounding_places: int
    rounding_mode: RoundingMode
    tie_break: tuple[TieStep, ...]
    cite: Any = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Scheme:
        """Read the resolved rules' ScoreScheme JSON; ``ScoringError`` if it cannot be used."""
        problems: list[str] = []
        criteria = _criteria(data.get("criteria") or (), problems)
        aggregate = _one_of(
            data.get("aggregate"), ("mean", "median", "trimmed_mean"), "合分方式", problems
        )
        mode = _one_of(data.get("rounding_mode"), ("half_up", "half_even"), "舍入方式", problems)
        high = _count(data.get("drop_high") or 0, "去掉最高分的个数", problems)
        low = _count(data.get("drop_low") or 0, "去掉最低分的个数", problems)
        floor = data.get("drop_only_if_at_least")
        least = high + low + 1 if floor is None else _count(floor, "去分的最少份数", problems)
        places = _count(data.get("rounding_places"), "保留小数位数", problems)
        if aggregate == "trimmed_mean" and not high + low:
            problems.append("合分方式是去头去尾平均，却没有写去掉几个最高分、几个最低分。")
        if aggregate != "trimmed_mean" and high + low:
            problems.append(
                "只有去头去尾平均才去掉最高分、最低分；请改合分方式，或不写去掉的个数。"
            )
        if aggregate == "trimmed_mean" and least <= high + low:
            problems.append(
                f"有 {least} 份评分就去掉 {high + low} 份，剩不下评分；"
                f"至少应写 {high + low + 1} 份才去分。"
            )
        full = sum((one.weight * one.max for one in criteria), Fraction(0))
        stated = full if data.get("total") is None else exact(data["total"])
        if stated != full and not problems:
            problems.append(
                f"各项“满分 × 权重”相加为 {show(full)} 分，与规则写的总分 {data['total']} 不符。"
            )
        chain = _tie_chain(data.get("tie_break") or (), criteria, problems)
        if problems:
            raise ScoringError(problems)
        return cls(
            criteria=criteria,
            total=full,
            aggregate=aggregate,  # type: ignore[arg-type]
            drop_high=high,
            drop_low=low,
            drop_only_if_at_least=least,
            rounding_places=places,
            rounding_mode=mode,  # type: ignore[arg-type]
            tie_break=chain,
            cite=data.get("cite"),
        )

    def criterion(self, id: str) -> Criterion:
        """The criterion with this id; ``KeyError`` if the scheme has none."""
        for one in self.criteria:
            if one.id == id:
                return one
        raise KeyError(id)


def _criteria(rows: Sequence[Mapping[str, Any]], problems: list[str]) -> tuple[Criterion, ...]:
    found: dict[str, Criterion] = {}
    for row in rows:
        id, name = str(row.get("id") or ""), str(row.get("name") or row.get("id") or "")
        low, high = exact(row.get("min", "0")), exact(row.get("max"))
        weight = exact(row.get("weight", "1"))
        step = None if row.get("step") is None else exact(row["step"])
        if not id or id in found:
            problems.append(f"评分项“{name}”缺少编号，或编号与别的评分项重复。")
        elif low is None or high is None or low >= high:
            problems.append(f"评分项“{name}”的最低分、最高分没有写全，或最低分不小于最高分。")
        elif weight is None or weight <= 0:
            problems.append(f"评分项“{name}”的权重应是大于 0 的数。")
        elif row.get("step") is not None and (step is None or step <= 0):
            problems.append(f"评分项“{name}”的打分间隔应是大于 0 的数。")
        else:
            found[id] = Criterion(id, name, low, high, step, weight)
    if not rows:
        problems.append("评分表里一个评分项也没有。")
    return tuple(found.values())


def _tie_chain(
    rows: Sequence[Mapping[str, Any]], criteria: Sequence[Criterion], problems: list[str]
) -> tuple[TieStep, ...]:
    chain: list[TieStep] = []
    known = {one.id for one in criteria}
    for row in rows:
        by = row.get("by")
        step = TieStep(by, str(row.get("id") or "")) if by == "criterion" else TieStep(by)  # type: ignore[arg-type]
        if by not in ("criterion", "committee", "earlier_submission"):
            problems.append(f"并列规则里不认识“{by}”这一步。")
        elif by == "criterion" and step.id not in known:
            problems.append(f"并列规则用到了评分表里没有的评分项“{step.id}”。")
        elif step in chain:
            problems.append("并列规则里同一步写了两次。")
        elif chain and chain[-1].by == "committee":
            problems.append("并列规则里评委会裁定应是最后一步：裁定之后不会再有并列。")
        else:
            chain.append(step)
    return tuple(chain)


def _one_of(value: object, allowed: tuple[str, ...], label: str, problems: list[str]) -> str:
    if value not in allowed:
        problems.append(f"{label}应是 {'、'.join(allowed)} 之一，现在是“{value}”。")
    return str(value)


def _count(value: object, label: str, problems: list[str]) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 99:
        return value
    problems.append(f"{label}应是 0 到 99 的整数，现在是“{value}”。")
    return 0
