"""The field that awards are given in: works with what they belong to, rankings, votes, counts.

Plain values that the application fills; an allocation over one ranking without scopes needs none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any, Protocol

from fengcai.core.allocation.decisions import AllocationError, AwardRule

Cell = tuple[tuple[str, str], ...]
"""One of the scopes that an award has its own number for: (("track", "video"),); empty for all."""


class Border(Protocol):
    """What tells a work from its neighbour in the ranking."""

    @property
    def by(self) -> str:
        """``figure``, or the step of the tie chain."""

    @property
    def text(self) -> str:
        """The same in Chinese."""


class Ranked(Protocol):
    """One work of a ranking, as ``core.scoring.Standing`` has it; equal ranks are tied."""

    @property
    def work(self) -> str:
        """The work's id."""

    @property
    def rank(self) -> int | None:
        """Its place, from 1; None if it has none."""

    @property
    def figure(self) -> Decimal | None:
        """The official figure."""

    @property
    def above(self) -> Border | None:
        """The border to the work before."""

    @property
    def below(self) -> Border | None:
        """The border to the work after."""


class Ranks(Protocol):
    """A ranking, as ``core.scoring.Ranking`` has it."""

    @property
    def standings(self) -> Sequence[Ranked]:
        """The works, in any order."""


@dataclass(frozen=True, slots=True)
class Entrant:
    """A work with what it belongs to (``("track", "video")`` …); identities of people are opaque."""

    work: str
    unit: str = ""
    belongs: frozenset[tuple[str, str]] = frozenset()
    people: frozenset[str] = frozenset()
    instructors: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Field:
    """Everything beside one ranking that scopes, ratios, votes and formulas ask for.

    ``rankings``: round → ranking; ``finals``: work → the last round that it is judged in;
    ``votes``: vote → work → valid votes; ``populations``: ``submitted``, ``accepted`` and
    ``shortlisted`` works; ``kinds``: kind → its ids in the order of the rules; ``coverage``: unit →
    the share of the units below it that entered; ``superiors``: unit → the one above; ``names``: id → what people call it.
    """

    entrants: Mapping[str, Entrant] = field(default_factory=dict)
    rankings: Mapping[str, Ranks] = field(default_factory=dict)
    finals: Mapping[str, str] = field(default_factory=dict)
    votes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    populations: Mapping[str, Sequence[Entrant]] = field(default_factory=dict)
    kinds: Mapping[str, Sequence[str]] = field(default_factory=dict)
    coverage: Mapping[str, Fraction] = field(default_factory=dict)
    superiors: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def called(self, cell: Cell) -> str:
        """A cell's name: 视频类、教工组."""
        return "、".join(self.names.get(id, id) for _, id in cell)

    def cells(self, rule: AwardRule) -> list[Cell]:
        """The scopes that the award has its own number for, in the order of the rules."""
        scope = dict(rule.scope)
        lines = [
            [(kind, id) for id in scope.get(kind) or self.kinds.get(kind, ())] for kind in rule.per
        ]
        return list(product(*lines))

    def holds(self, rule: AwardRule, cell: Cell, one: Entrant) -> bool:
        """Whether a work is in the award's scope and cell."""
        return all(
            any((kind, id) in one.belongs for id in ids) for kind, ids in rule.scope
        ) and one.belongs.issuperset(cell)

    def entrant(self, work: str) -> Entrant:
        """The work with what it belongs to; nothing where the field does not know it."""
        return self.entrants.get(work) or Entrant(work)


@dataclass(frozen=True, slots=True)
class Runner:
    """One competitor for an award: a work, or a unit; ``said`` is what it reached, in Chinese."""

    work: str
    rank: int
    figure: Decimal
    said: str
    above: Border | None = None
    below: Border | None = None


def runners(
    rule: AwardRule, cell: Cell, ranking: Ranks, field: Field | None, eligible: frozenset[str]
) -> list[list[Runner]] | None:
    """The works that compete for an award, first to last, tied ones together in the order of ids.

    None where their scores come from different rounds and cannot be compared.
    """
    inside = [
        work
        for work in eligible
        if field is None
        or (
            field.holds(rule, cell, field.entrant(work))
            and (not rule.instructors or field.entrant(work).instructors)
        )
    ]
    round, criterion, vote, component = rule.key
    if vote and field is not None:
        return _blocks(_by_votes(field.votes.get(vote, {}), set(inside)))
    if field is not None and (round or field.finals):
        own = {field.finals[work] for work in inside if work in field.finals}
        wanted = {round} if round else own
        if len(wanted) > 1:
            return None
        ranking = next((field.rankings[id] for id in wanted), ranking)
    rows = [one for one in ranking.standings if one.work in set(inside) and one.rank is not None]
    if component:
        return _blocks(_by_value(rows, lambda one: _share(one, component)))
    if criterion:
        return _blocks(_by_value(rows, lambda one: dict(one.criteria).get(criterion)))
    return _blocks(map(_plain, rows))


def _share(one: Any, component: str) -> Fraction | None:
    """A part of the score out of 100; None where it is missing."""
    part = next((part for part in one.parts if part.id == component), None)
    return None if part is None or part.value is None else part.share * 100


def _plain(one: Ranked) -> Runner:
    if one.rank is None or one.figure is None:
        raise AllocationError([f"作品 {one.work} 有名次却没有得分。"])
    return Runner(one.work, one.rank, one.figure, f"综合得分 {one.figure:f}", one.above, one.below)


def _by_votes(votes: Mapping[str, int], inside: set[str]) -> Iterator[Runner]:
    """A work without a vote does not compete."""
    mine = {work: many for work, many in votes.items() if work in inside and many > 0}
    for work, many in mine.items():
        rank = 1 + sum(other > many for other in mine.values())
        yield Runner(work, rank, Decimal(many), f"有效票 {many} 票")


def _by_value(rows: Sequence[Any], value_of: Callable[[Any], Fraction | None]) -> Iterator[Runner]:
    found = {one.work: value_of(one) for one in rows}
    values = {work: value for work, value in found.items() if value is not None}
    for work, value in values.items():
        rank = 1 + sum(other > value for other in values.values())
        # The exact value ranks; what is shown is rounded and ranks nobody.
        shown = Decimal(value.numerator) / Decimal(value.denominator)
        figure = shown.quantize(Decimal("0.0001"))
        yield Runner(work, rank, figure, f"单项得分 {figure.normalize():f}")


def _blocks(rows: Any) -> list[list[Runner]]:
    found: dict[int, list[Runner]] = {}
    for one in sorted(rows, key=lambda one: one.work):
        found.setdefault(one.rank, []).append(one)
    return [found[rank] for rank in sorted(found)]
