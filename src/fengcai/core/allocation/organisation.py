"""Organisation awards: units rank by the points that a formula gives for what they did.

Points are exact. Units under the least number of works or points do not compete.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from fengcai.core.allocation.field import Field, Runner

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
    accepted = _of_units(one.unit for one in field.populations.get("accepted", ()))
    units = sorted({one.unit for rows in field.populations.values() for one in rows if one.unit})
    found = []
    for unit in units:
        if accepted.get(unit, 0) < int(formula.get("min_entries") or 0):
            continue
        points = Fraction(0)
        said: list[str] = []
        for part in formula["parts"]:
            many = _many(part, unit, field, pairs)
            got = many * Fraction(Decimal(str(part["points"])))
            most = part.get("max")
            if most is not None and got > Fraction(Decimal(str(most))):
                got = Fraction(Decimal(str(most)))
            points += got
            count = f"{float(many * 100):g}%" if part["of"] == "coverage" else f"{int(many)}"
            said.append(f"{_OF[part['of']]} {count} 计 {float(got):g} 分")
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


def _many(
    part: Mapping[str, Any], unit: str, field: Field, won: Iterable[tuple[str, str]]
) -> Fraction:
    of = part["of"]
    if of == "coverage":
        return field.coverage.get(unit, Fraction(0))
    mine = {work for work, one in field.entrants.items() if one.unit == unit}
    if of == "awarded":
        wanted = set(part.get("awards") or ())
        return Fraction(sum(work in mine and (not wanted or id in wanted) for id, work in won))
    if of == "votes":
        return Fraction(
            sum(
                many
                for votes in field.votes.values()
                for work, many in votes.items()
                if work in mine
            )
        )
    return Fraction(sum(one.unit == unit for one in field.populations.get(of, ())))


def _of_units(units: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for unit in units:
        found[unit] = found.get(unit, 0) + 1
    return found
