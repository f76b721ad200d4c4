"""Organisation awards: units rank by the points that a formula gives for what they did.

Points are exact. Units under the least number of works or points do not compete.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from fengcai.core.allocation.field import Field, Runner
from fengcai.core.allocation.places import plain

_OF = {
    "submitted": "报送", "accepted": "接收", "shortlisted": "入围", "awarded": "获奖",
    "votes": "得票", "coverage": "覆盖率",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class UnitScore:
    """A unit's points, and where they come from."""

    unit: str
    points: Fraction
    text: str


def unit_scores(
    formula: Mapping[str, Any], field: Field, won: Iterable[tuple[str, str]]
) -> list[UnitScore]:
    """The units that may be given the award, with their points, the most first. ``won`` are pairs
    of award and work."""
    pairs = list(won)
    # Coverage is what a superior unit is measured by: then works count for the unit above.
    upwards = any(part["of"] == "coverage" for part in formula["parts"])
    home = field.superiors if upwards else {}
    counts = {
        of: Counter(home.get(one.unit, one.unit) for one in rows)
        for of, rows in field.populations.items()
    }
    accepted = counts.get("accepted", Counter())
    units = sorted({unit for rows in counts.values() for unit in rows if unit})
    best = {
        part["id"]: max(
            (_points(part, unit, field, pairs, home, counts) for unit in units), default=Fraction(0)
        )
        for part in formula["parts"]
        if part.get("weight") is not None
    }
    found = []
    for unit in units:
        if accepted[unit] < int(formula.get("min_entries") or 0):
            continue
        points = Fraction(0)
        said: list[str] = []
        for part in formula["parts"]:
            many = _many(part, unit, field, pairs, home, counts)
            got = _points(part, unit, field, pairs, home, counts)
            if part.get("weight") is not None:
                top = best[part["id"]]
                weight = Fraction(Decimal(str(part["weight"])))
                got = 100 * weight * got / top if top else Fraction(0)
            points += got
            count = f"{plain(many * 100)}%" if part["of"] == "coverage" else f"{int(many)}"
            said.append(f"{_OF[part['of']]} {count} 计 {plain(got)} 分")
        if points >= Fraction(Decimal(str(formula.get("min_points") or 0))):
            found.append(UnitScore(unit, points, "、".join(said)))
    return sorted(found, key=lambda one: (-one.points, one.unit))


def unit_runners(scores: Iterable[UnitScore]) -> list[list[Runner]]:
    """The units as competitors, equal points together."""
    rows = list(scores)
    found: dict[int, list[Runner]] = {}
    for one in rows:
        rank = 1 + sum(other.points > one.points for other in rows)
        shown = Decimal(one.points.numerator) / Decimal(one.points.denominator)
        figure = shown.quantize(Decimal("0.01"))
        said = f"积分 {figure.normalize():f}（{one.text}）"
        found.setdefault(rank, []).append(Runner(one.unit, rank, figure, said))
    return [found[rank] for rank in sorted(found)]


def _points(
    part: Mapping[str, Any],
    unit: str,
    field: Field,
    won: Iterable[tuple[str, str]],
    home: Mapping[str, str],
    counts: Mapping[str, Counter[str]],
) -> Fraction:
    """What a part gives a unit, before it is weighed against the best one's."""
    got = _many(part, unit, field, won, home, counts) * Fraction(Decimal(str(part["points"])))
    most = part.get("max")
    return got if most is None else min(got, Fraction(Decimal(str(most))))


def _many(
    part: Mapping[str, Any],
    unit: str,
    field: Field,
    won: Iterable[tuple[str, str]],
    home: Mapping[str, str],
    counts: Mapping[str, Counter[str]],
) -> Fraction:
    of = part["of"]
    if of == "coverage":
        return field.coverage.get(unit, Fraction(0))
    mine = {work for work, one in field.entrants.items() if home.get(one.unit, one.unit) == unit}
    if of == "awarded":
        wanted = set(part.get("awards") or ())
        return Fraction(sum(work in mine and (not wanted or id in wanted) for id, work in won))
    if of == "votes":
        given = (pair for votes in field.votes.values() for pair in votes.items())
        return Fraction(sum(many for work, many in given if work in mine))
    return Fraction(counts.get(of, Counter())[unit])
