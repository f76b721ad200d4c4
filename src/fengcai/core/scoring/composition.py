"""A score of several parts: each as a share of its own full mark, weighted, less penalties.

It combines what the parts come to; a panel's sheets are added up by ``tally``, a vote is turned
into a mark by ``votes``, and who may take points off is the application's to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from fengcai.core.scoring.numbers import ScoringError, exact, show

ComponentOf = Literal["marks", "panel", "round", "vote", "field"]
SHEETS = ("marks", "panel")
"""The parts that come from this round's own sheets."""


@dataclass(frozen=True, slots=True)
class Component:
    """One part of the score; the weights of all parts add up to 1.

    ``aggregate`` and the numbers struck stand for the scheme's own where they are set.
    """

    id: str
    name: str
    of: ComponentOf
    ref: str
    weight: Fraction
    full: Fraction | None
    aggregate: str | None = None
    drop_high: int = 0
    drop_low: int = 0


@dataclass(frozen=True, slots=True)
class Penalty:
    """Points taken off each time, at most ``most`` in all."""

    id: str
    name: str
    points: Fraction
    most: Fraction | None


@dataclass(frozen=True, slots=True)
class Deduction:
    """A penalty that a work incurred ``times`` times (one for every ``per`` begun); ``why`` is what was
    measured, in Chinese, empty where a person took the points off."""

    work: str
    penalty: str
    times: int = 1
    why: str = ""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Deduction:
        """Read ``{"work", "penalty", "times", "why"?}``."""
        return cls(
            data["work"], data["penalty"], int(data.get("times", 1)), str(data.get("why", ""))
        )


@dataclass(frozen=True, slots=True)
class Part:
    """What one component came to for one work: ``value`` of ``full``; None where it is missing."""

    id: str
    name: str
    value: Fraction | None
    full: Fraction
    weight: Fraction

    @property
    def share(self) -> Fraction:
        """The part of the full mark that was reached, 0 where the value is missing."""
        return Fraction(0) if self.value is None else self.value / self.full

    def to_json(self) -> dict[str, Any]:
        """JSON with exact numbers as text."""
        return {
            "id": self.id,
            "name": self.name,
            "value": None if self.value is None else str(self.value),
            "full": str(self.full),
            "weight": str(self.weight),
        }


@dataclass(frozen=True, slots=True)
class Taken:
    """Points taken off a work by one penalty."""

    id: str
    name: str
    times: int
    points: Fraction
    why: str = ""

    @property
    def text(self) -> str:
        """The measure and what it costs; empty where a person took the points off."""
        return f"{self.name}：{self.why}，扣 {show(self.points)} 分。" if self.why else ""

    def to_json(self) -> dict[str, Any]:
        """JSON with exact numbers as text."""
        return {
            "id": self.id,
            "name": self.name,
            "times": self.times,
            "points": str(self.points),
            **({"why": self.why} if self.why else {}),
        }


@dataclass(frozen=True, slots=True)
class Extras:
    """What a ranking needs beside this round's sheets; empty where the scheme asks for nothing.

    ``panels``: judge → panel. ``values``: component → work → value, for rounds, votes and fields;
    ``fulls``: component → full mark. ``rounds``: round → work → official figure, for tie-breaks.
    ``absent``: (judge, work) of sheets that were due and never came. ``seed``: hex, for the lot;
    its SHA-256 was made public before the first mark.
    """

    panels: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    fulls: Mapping[str, Any] = field(default_factory=dict)
    rounds: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    deductions: Sequence[Deduction] = ()
    absent: Iterable[tuple[str, str]] = ()
    seed: str = ""


def read_components(
    rows: Sequence[Mapping[str, Any]], problems: list[str]
) -> tuple[Component, ...]:
    """The parts of a scheme; what is wrong with them is added to ``problems``, in Chinese."""
    found: dict[str, Component] = {}
    for row in rows:
        id, name = str(row.get("id") or ""), str(row.get("name") or row.get("id") or "")
        weight = exact(row.get("weight"))
        full = None if row.get("full") is None else exact(row["full"])
        if not id or id in found:
            problems.append(f"成绩组成“{name}”缺少编号，或编号重复。")
        elif row.get("of") not in ("marks", "panel", "round", "vote", "field"):
            problems.append(f"成绩组成“{name}”没有写明分数从哪里来。")
        elif weight is None or weight <= 0:
            problems.append(f"成绩组成“{name}”的比重应是大于 0 的数。")
        elif row.get("full") is not None and (full is None or full <= 0):
            problems.append(f"成绩组成“{name}”的满分应是大于 0 的数。")
        else:
            own = row.get("aggregate")
            high, low = (int(row.get(key) or 0) for key in ("drop_high", "drop_low"))
            if own is not None and (own == "trimmed_mean") != bool(high + low):
                problems.append(f"成绩组成“{name}”的合分方式与去掉的最高、最低分个数不一致。")
            found[id] = Component(
                id, name, row["of"], str(row.get("ref") or ""), weight, full, own, high, low
            )
    whole = sum((one.weight for one in found.values()), Fraction(0))
    if rows and not problems and whole != 1:
        problems.append(f"成绩各部分的比重相加为 {show(whole * 100)}%，不是 100%。")
    return tuple(found.values())


def read_penalties(rows: Sequence[Mapping[str, Any]], problems: list[str]) -> tuple[Penalty, ...]:
    """The penalties of a scheme; what is wrong with them is added to ``problems``."""
    found: list[Penalty] = []
    for row in rows:
        name, points = str(row.get("name") or row.get("id") or ""), exact(row.get("points"))
        most = None if row.get("max") is None else exact(row["max"])
        if points is None or points <= 0:
            problems.append(f"扣分项“{name}”应写明扣几分。")
        elif row.get("max") is not None and (most is None or most < points):
            problems.append(f"扣分项“{name}”最多扣的分数不小于一次扣的分数。")
        else:
            found.append(Penalty(str(row.get("id") or ""), name, points, most))
    return tuple(found)


def outside(
    components: Sequence[Component], extras: Extras, works: Iterable[str], *, wait: bool
) -> dict[str, dict[str, Part]]:
    """Work → component → part, for the parts that come from elsewhere than this round's sheets.

    Raises ``ScoringError`` naming every missing value where the round waits for it, and every value
    that is no number or lies outside 0 … full.
    """
    found: dict[str, dict[str, Part]] = {work: {} for work in works}
    problems: list[str] = []
    for one in components:
        if one.of in SHEETS:
            continue
        full = one.full if one.full is not None else exact(extras.fulls.get(one.id))
        if full is None or full <= 0:
            problems.append(f"“{one.name}”没有满分，不能折算。")
            continue
        given = extras.values.get(one.id, {})
        for work, parts in found.items():
            value = given.get(work)
            number = value if isinstance(value, Fraction) else exact(value)
            if value is not None and (number is None or not 0 <= number <= full):
                problems.append(f"作品 {work} 的“{one.name}”应在 0 到 {show(full)} 之间。")
            elif value is None and wait:
                problems.append(f"作品 {work} 还没有“{one.name}”的成绩。")
            parts[one.id] = Part(one.id, one.name, number, full, one.weight)
    if problems:
        raise ScoringError(problems)
    return found


def combined(parts: Sequence[Part], total: Fraction, *, leave_out: bool) -> Fraction:
    """total × Σ weight × value ÷ full, exactly. A missing part counts 0, or with ``leave_out`` the
    others share its weight."""
    used = [part for part in parts if part.value is not None or not leave_out]
    weight = sum((part.weight for part in used), Fraction(0))
    reached = sum((part.weight * part.share for part in used), Fraction(0))
    return total * reached / weight if weight else Fraction(0)


def taken_off(
    penalties: Sequence[Penalty], deductions: Iterable[Deduction]
) -> dict[str, tuple[Taken, ...]]:
    """Work → what is taken off it. ``ScoringError`` for an unknown penalty or one that is twice."""
    known = {one.id: one for one in penalties}
    found: dict[str, dict[str, Taken]] = {}
    problems: list[str] = []
    for one in deductions:
        rule = known.get(one.penalty)
        mine = found.setdefault(one.work, {})
        if rule is None or one.times < 1:
            problems.append(f"作品 {one.work} 的扣分“{one.penalty}”不在规则里，或次数不对。")
        elif rule.id in mine:
            problems.append(f"作品 {one.work} 的“{rule.name}”记了两次，请合为一条。")
        else:
            points = rule.points * one.times
            if rule.most is not None:
                points = min(points, rule.most)
            mine[rule.id] = Taken(rule.id, rule.name, one.times, points, one.why)
    if problems:
        raise ScoringError(sorted(problems))
    return {work: tuple(rows[id] for id in sorted(rows)) for work, rows in found.items()}
