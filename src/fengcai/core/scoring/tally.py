"""One work's sheets added up: the totals, what is struck and why, the exact aggregate, the figure.

It looks at one work alone; comparing works is ``ranking``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from fengcai.core.scoring.composition import Part, Taken
from fengcai.core.scoring.numbers import rounded
from fengcai.core.scoring.results import Mark
from fengcai.core.scoring.scheme import Scheme
from fengcai.core.scoring.sheet import total


@dataclass(frozen=True, slots=True)
class Tally:
    """What one work comes to; ``criteria`` are exact aggregates by criterion id.

    ``parts`` and ``taken`` are what the score is made of where it is made of more than sheets.
    """

    marks: tuple[Mark, ...]
    trimming: str
    aggregate: Fraction
    figure: Decimal
    criteria: Mapping[str, Fraction]
    parts: tuple[Part, ...] = ()
    taken: tuple[Taken, ...] = ()

    def part(self, id: str) -> Fraction:
        """How much of a component's full mark was reached, 0 to 1."""
        return next(part.share for part in self.parts if part.id == id)


def tally(
    scheme: Scheme,
    sheets: Mapping[str, Mapping[str, Fraction]],
    scores: Mapping[str, Fraction] | None = None,
) -> Tally:
    """Add up one work's valid sheets: judge → exact marks by criterion, at least one judge.

    ``scores`` (judge → score) stand in the place of the sheets' totals where judges were brought
    to one scale before.

    Each criterion's aggregate follows the scheme's rule on that criterion's marks alone. So it
    does not depend on which of two equal sheets is called struck, and a raised mark never lowers
    it; striking whole sheets by their total would break both. Lines that only another panel marks
    are left to that panel's tally.
    """
    totals = scores or {judge: total(scheme, marks) for judge, marks in sheets.items()}
    high, low, trimming = _trim(scheme, len(totals))
    ordered = sorted(totals, key=lambda judge: (-totals[judge], judge))
    kept_until = len(ordered) - low
    struck = dict.fromkeys(ordered[:high], "high")
    struck |= dict.fromkeys(ordered[kept_until:], "low")
    aggregate = _aggregate(scheme, list(totals.values()), high, low)
    return Tally(
        marks=tuple(Mark(judge, totals[judge], struck.get(judge, "")) for judge in ordered),
        trimming=trimming,
        aggregate=aggregate,
        figure=rounded(aggregate, scheme.rounding_places, scheme.rounding_mode),
        criteria=criteria_of(scheme, sheets),
    )


def criteria_of(
    scheme: Scheme, sheets: Mapping[str, Mapping[str, Fraction]]
) -> dict[str, Fraction]:
    """The aggregate of each line by the marks on it alone; lines that no sheet has are left out."""
    found: dict[str, Fraction] = {}
    for one in scheme.criteria:
        values = [marks[one.id] for marks in sheets.values() if one.id in marks]
        if values:
            high, low, _ = _trim(scheme, len(values))
            found[one.id] = _aggregate(scheme, values, high, low)
    return found


def _trim(scheme: Scheme, n: int) -> tuple[int, int, str]:
    if scheme.aggregate == "median":
        return 0, 0, f"{n} 份有效评分，取中位数，不去分。"
    if scheme.aggregate == "mean":
        return 0, 0, f"{n} 份有效评分，全部计入平均。"
    if n < scheme.drop_only_if_at_least:
        return 0, 0, f"只有 {n} 份有效评分，少于 {scheme.drop_only_if_at_least} 份，不去分。"
    struck = [
        f"{count} 个{label}"
        for count, label in ((scheme.drop_high, "最高分"), (scheme.drop_low, "最低分"))
        if count
    ]
    left = n - scheme.drop_high - scheme.drop_low
    text = f"{n} 份有效评分，去掉 {'、'.join(struck)}，其余 {left} 份平均。"
    return scheme.drop_high, scheme.drop_low, text


def _aggregate(scheme: Scheme, values: Sequence[Fraction], high: int, low: int) -> Fraction:
    ordered = sorted(values)
    if scheme.aggregate == "median":
        middle = len(ordered) // 2
        if len(ordered) % 2:
            return ordered[middle]
        return (ordered[middle - 1] + ordered[middle]) / 2
    kept = ordered[low : len(ordered) - high]
    return sum(kept, Fraction(0)) / len(kept)
