"""One judge's score sheet: is it complete and within the rules, and what does it add up to.

It judges the sheet against the scheme only; who may mark which work is ``core.assignment``.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from fengcai.core.scoring.numbers import ScoringError, exact, show
from fengcai.core.scoring.scheme import Scheme


def check_sheet(scheme: Scheme, values: Mapping[str, object]) -> tuple[str, ...]:
    """Say in Chinese what keeps this sheet from being signed; empty when nothing does.

    ``values`` maps a criterion's id to its mark (``"18.5"``, int or Decimal). Bounds include the
    number; steps are counted from the criterion's minimum. A float raises ``TypeError``.
    """
    return read_sheet(scheme, values)[1]


def sheet_total(scheme: Scheme, values: Mapping[str, object]) -> Fraction:
    """The sheet's exact total, the sum of mark × weight; ``ScoringError`` if it is not valid."""
    return total(scheme, sheet_marks(scheme, values))


def sheet_marks(scheme: Scheme, values: Mapping[str, object]) -> dict[str, Fraction]:
    """The sheet's exact marks by criterion id; ``ScoringError`` if it is not valid."""
    marks, problems = read_sheet(scheme, values)
    if problems:
        raise ScoringError(problems)
    return marks


def total(scheme: Scheme, marks: Mapping[str, Fraction]) -> Fraction:
    """What the exact marks of a whole sheet add up to; lines of other panels are not on it."""
    rows = (one.weight * marks[one.id] for one in scheme.criteria if one.id in marks)
    return sum(rows, Fraction(0))


def read_sheet(
    scheme: Scheme, values: Mapping[str, object]
) -> tuple[dict[str, Fraction], tuple[str, ...]]:
    """The exact marks that are within the rules, and what is wrong with the others."""
    marks: dict[str, Fraction] = {}
    problems: list[str] = []
    for one in scheme.criteria:
        value = values.get(one.id)
        if value is None or value == "":
            problems.append(f"“{one.name}”还没有打分。")
            continue
        mark = exact(value)
        if mark is None:
            problems.append(f"“{one.name}”的分数“{value}”不是数字，请只填阿拉伯数字。")
        elif not one.min <= mark <= one.max:
            problems.append(
                f"“{one.name}”的分数 {show(mark)} 超出范围，"
                f"应在 {show(one.min)} 到 {show(one.max)} 分之间。"
            )
        elif one.step is not None and (mark - one.min) % one.step:
            problems.append(
                f"“{one.name}”的分数 {show(mark)} 不合打分间隔，"
                f"应从 {show(one.min)} 分起，每 {show(one.step)} 分一档。"
            )
        else:
            marks[one.id] = mark
    known = {one.id for one in scheme.criteria}
    problems.extend(f"评分表里没有“{id}”这一项。" for id in sorted(set(values) - known))
    return marks, tuple(problems)
