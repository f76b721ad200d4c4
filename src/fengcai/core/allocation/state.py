"""What an allocation has come to so far: who holds what, what is open, how far a ladder is.

Every branch of the fold writes here and nowhere else, so that winners, vacancies and flags keep the
order of the rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any

from fengcai.core.allocation.decisions import AwardOrder, AwardRule, CommitteeDecision
from fengcai.core.allocation.field import Cell, Field, Runner
from fengcai.core.allocation.places import Places
from fengcai.core.allocation.results import Flag, FlagKind, Vacancy, Winner


@dataclass(slots=True)
class State:
    """The count as it stands, and the rules of the whole."""

    rules: Mapping[str, AwardRule]
    field: Field | None
    stacking: str
    per_unit: int | None
    per_person: int | None
    orders: Mapping[tuple[str, frozenset[str]], AwardOrder]
    winners: list[Winner] = made(default_factory=list)
    vacancies: list[Vacancy] = made(default_factory=list)
    flags: list[Flag] = made(default_factory=list)
    places: list[Places] = made(default_factory=list)
    cursor: dict[Any, int] = made(default_factory=dict)
    held: dict[str, list[AwardRule]] = made(default_factory=dict)  # work → its awards so far
    open: set[str] = made(default_factory=set)  # works that may yet win where places are open
    used: set[AwardOrder] = made(default_factory=set)

    def exclusive(self, rule: AwardRule) -> bool:
        """Whether the award goes together with no other."""
        return (rule.stacking or self.stacking) == "exclusive"

    def elsewhere(self, work: str, rule: AwardRule) -> bool:
        """Whether the work holds an award, other than by its place in this rule's own ladder, that
        keeps it out of this one."""
        return any(self._bars(held, rule) for held in self.held.get(work, ()))

    def _bars(self, held: AwardRule, rule: AwardRule) -> bool:
        if held.ladder == rule.ladder:
            return False
        if held.group == rule.group and held.decided_by == rule.decided_by == "ranking":
            whole = not any((rule.key[1], rule.key[3], held.key[1], held.key[3]))
            return whole or self.either(held, rule)
        return self.either(held, rule)

    def either(self, held: AwardRule, rule: AwardRule) -> bool:
        """Whether one of the two goes together with no other."""
        return self.exclusive(held) or self.exclusive(rule)

    def unsettled(self, rule: AwardRule) -> bool:
        """Whether open places before this rule may yet take a work out of its competition.

        Open ties of the rule's own ladder do not: they are about works placed before this rule's.
        Where caps count, any open place may.
        """
        for flag in self.flags:
            other = self.rules[flag.award]
            own_tie = flag.kind == "tie" and other.ladder == rule.ladder
            if self.walked(rule) or (not own_tie and self._bars(other, rule)):
                return True
        return False

    def capped(self, rule: AwardRule) -> bool:
        """Whether one unit or person may get only so many."""
        caps = (rule.max_per_unit, rule.max_per_person, self.per_unit, self.per_person)
        return any(cap is not None for cap in caps)

    def walked(self, rule: AwardRule) -> bool:
        """Whether the rule's ladder is walked one by one, since caps count somewhere on it."""
        return any(
            other.ladder == rule.ladder and self.capped(other) for other in self.rules.values()
        )

    def has_place(self, rule: AwardRule, work: str) -> bool:
        """Whether the work has an award of this rule's ladder."""
        return any(held.ladder == rule.ladder for held in self.held.get(work, ()))

    def over_cap(self, rule: AwardRule, work: str) -> str:
        """Which cap one more award for this work would pass; empty if none."""
        if self.field is None:
            return ""
        mine = self.field.entrant(work)
        for cap, award, what in (
            (rule.max_per_unit, rule.id, f"每个单位的{rule.name}最多"),
            (self.per_unit, "", "每个单位获奖最多"),
        ):
            if cap is not None and self._many(award, unit=mine.unit) >= cap:
                return f"{what} {cap} 项"
        for cap, award, what in (
            (rule.max_per_person, rule.id, f"每人的{rule.name}最多"),
            (self.per_person, "", "每人获奖最多"),
        ):
            if cap is not None and any(self._many(award, person=one) >= cap for one in mine.people):
                return f"{what} {cap} 项"
        return ""

    def _many(self, award: str, *, unit: str = "", person: str = "") -> int:
        assert self.field is not None
        return sum(
            (self.field.entrant(one.work).unit == unit if unit else True)
            and (person in self.field.entrant(one.work).people if person else True)
            for one in self.winners
            if one.work and (not award or one.award == award)
        )

    def order_of(self, rule: AwardRule, works: Sequence[Runner]) -> AwardOrder | None:
        """A person's order of exactly these, made for an award of the same ladder."""
        members = frozenset(one.work for one in works)
        for id, other in self.rules.items():
            order = self.orders.get((id, members))
            if order is not None and other.ladder == rule.ladder:
                self.used.add(order)
                return order
        return None

    def win(
        self,
        rule: AwardRule,
        cell: Cell,
        work: str,
        reason: str,
        *,
        place: int | None = None,
        ranked: Runner | None = None,
        decision: CommitteeDecision | None = None,
    ) -> None:
        """Give the award to a work, or to a unit where units get it."""
        is_unit = rule.units
        self.held.setdefault(f"unit:{work}" if is_unit else work, []).append(rule)
        self.winners.append(
            Winner(
                award=rule.id,
                award_name=rule.name,
                group=rule.group,
                work="" if is_unit else work,
                place=place,
                rank=None if ranked is None else ranked.rank,
                figure=None if ranked is None else ranked.figure,
                money=rule.money_each,
                reason=reason,
                cite=rule.cite,
                answer=rule.answer,
                by="" if decision is None else decision.by,
                minutes="" if decision is None else decision.minutes,
                unit=work if is_unit else "",
                cell=cell,
            )
        )

    def vacate(self, rule: AwardRule, cell: Cell, count: int, reason: str) -> None:
        """Leave places to nobody."""
        money = rule.money_each * count
        self.vacancies.append(Vacancy(rule.id, rule.name, count, money, reason, rule.cite, cell))

    def flag(
        self,
        rule: AwardRule,
        cell: Cell,
        kind: FlagKind,
        works: tuple[str, ...],
        places: int,
        text: str,
    ) -> None:
        """Ask a person."""
        self.flags.append(Flag(kind, rule.id, works, places, text, rule.cite, cell))
