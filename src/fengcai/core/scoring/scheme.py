"""The scoring scheme of a round, read strictly from the resolved rules.

A scheme that contradicts itself is refused here, before any mark is counted. This module knows
nothing of judges or works; see ``sheet`` for one judge's marks and ``ranking`` for their sum.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal, get_args

from fengcai.core.scoring.composition import (
    SHEETS,
    Component,
    Penalty,
    read_components,
    read_penalties,
)
from fengcai.core.scoring.numbers import RoundingMode, ScoringError, exact, show

Aggregate = Literal["mean", "median", "trimmed_mean"]
Missing = Literal["wait", "leave_out", "zero"]
Normalise = Literal["none", "standard_score", "rank"]
TieBy = Literal[
    "criterion", "committee", "earlier_submission", "component", "round", "extra_vote", "lot",
    "share_rank",
]  # fmt: skip
NAMED = ("criterion", "component", "round")
"""Steps that name what they compare."""
LAST = {
    "committee": "评委会裁定应是最后一步：裁定之后不会再有并列",
    "lot": "抽签应是最后一步：抽签之后不会再有并列",
    "share_rank": "并列名次应是最后一步：写了名次并列，就不再区分先后",
}


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the score sheet; a mark counts ``weight`` times towards the sheet's total.

    ``panel`` is the one panel that marks it, empty where every judge does.
    """

    id: str
    name: str
    min: Fraction
    max: Fraction
    step: Fraction | None
    weight: Fraction
    panel: str = ""


@dataclass(frozen=True, slots=True)
class TieStep:
    """One step of the tie chain; ``id`` names the criterion, component or round compared."""

    by: TieBy
    id: str = ""


@dataclass(frozen=True, slots=True)
class Scheme:
    """How the sheets of a round become one figure per work, and how ties are broken.

    ``total`` is the highest figure, ``sheet_full`` the highest total of one sheet; ``components``
    are empty where the sheets alone count, ``criteria`` where nobody marks.
    """

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
    components: tuple[Component, ...] = ()
    penalties: tuple[Penalty, ...] = ()
    missing: Missing = "wait"
    normalise: Normalise = "none"

    @property
    def panels(self) -> tuple[str, ...]:
        """The panels that have lines of their own on the sheet; empty where all sheets are alike."""
        return tuple(dict.fromkeys(one.panel for one in self.criteria if one.panel))

    @property
    def sheet_full(self) -> Fraction:
        """What a sheet with every mark at its highest adds up to."""
        return _full(self.criteria, (self.panels or ("",))[0])

    def for_panel(self, panel: str) -> Scheme:
        """The scheme with the lines of this panel's sheet only: its own and everybody's."""
        if not self.panels:
            return self
        return replace(self, criteria=_lines_of(self.criteria, panel))

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Scheme:
        """Read the resolved rules' ScoreScheme JSON; ``ScoringError`` if it cannot be used."""
        problems: list[str] = []
        components = read_components(data.get("components") or (), problems)
        penalties = read_penalties(data.get("penalties") or (), problems)
        marked = not components or any(one.of in SHEETS for one in components)
        criteria = _criteria(data.get("criteria") or (), problems, needed=marked)
        missing = _one_of(
            data.get("missing") or "wait", ("wait", "leave_out", "zero"), "缺分办法", problems
        )
        normalise = _one_of(
            data.get("normalise") or "none",
            ("none", "standard_score", "rank"),
            "换算办法",
            problems,
        )
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
        panels = list(dict.fromkeys(one.panel for one in criteria if one.panel)) or [""]
        fulls = {panel: _full(criteria, panel) for panel in panels}
        full = fulls[panels[0]]
        stated = full if data.get("total") is None else exact(data["total"])
        if not criteria and not problems and (stated is None or stated <= 0):
            problems.append("总分应是大于 0 的数。")
        elif criteria and not problems:
            problems += [
                f"{f'评委组“{panel}”的' if panel else ''}各项“满分 × 权重”相加为 {show(one)} 分，"
                f"与规则写的总分 {data.get('total') or show(full)} 不符。"
                for panel, one in fulls.items()
                if one != stated
            ]
        chain = _tie_chain(
            data.get("tie_break") or (),
            {one.id for one in criteria},
            {one.id for one in components},
            problems,
        )
        if problems:
            raise ScoringError(problems)
        return cls(
            criteria=criteria,
            total=full if stated is None else stated,
            aggregate=aggregate,  # type: ignore[arg-type]
            drop_high=high,
            drop_low=low,
            drop_only_if_at_least=least,
            rounding_places=places,
            rounding_mode=mode,  # type: ignore[arg-type]
            tie_break=chain,
            cite=data.get("cite"),
            components=components,
            penalties=penalties,
            missing=missing,  # type: ignore[arg-type]
            normalise=normalise,  # type: ignore[arg-type]
        )

    def criterion(self, id: str) -> Criterion:
        """The criterion with this id; ``KeyError`` if the scheme has none."""
        for one in self.criteria:
            if one.id == id:
                return one
        raise KeyError(id)


def _lines_of(criteria: Sequence[Criterion], panel: str) -> tuple[Criterion, ...]:
    return tuple(one for one in criteria if one.panel in ("", panel))


def _full(criteria: Sequence[Criterion], panel: str) -> Fraction:
    return sum((one.weight * one.max for one in _lines_of(criteria, panel)), Fraction(0))


def _criteria(
    rows: Sequence[Mapping[str, Any]], problems: list[str], *, needed: bool
) -> tuple[Criterion, ...]:
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
            found[id] = Criterion(id, name, low, high, step, weight, str(row.get("panel") or ""))
    if not rows and needed:
        problems.append("评分表里一个评分项也没有。")
    return tuple(found.values())


def _tie_chain(
    rows: Sequence[Mapping[str, Any]],
    criteria: Collection[str],
    components: Collection[str],
    problems: list[str],
) -> tuple[TieStep, ...]:
    chain: list[TieStep] = []
    for row in rows:
        by: Any = row.get("by")
        step = TieStep(by, str(row.get("id") or "")) if by in NAMED else TieStep(by)
        if by not in get_args(TieBy):
            problems.append(f"并列规则里不认识“{by}”这一步。")
        elif by == "criterion" and step.id not in criteria:
            problems.append(f"并列规则用到了评分表里没有的评分项“{step.id}”。")
        elif by == "component" and step.id not in components:
            problems.append(f"并列规则用到了成绩组成里没有的“{step.id}”。")
        elif step in chain:
            problems.append("并列规则里同一步写了两次。")
        elif chain and chain[-1].by in LAST:
            problems.append(f"并列规则里{LAST[chain[-1].by]}。")
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
