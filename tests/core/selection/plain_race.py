"""The race counted the plain way, everything anew for every work: what the quick one must agree with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fengcai.core.selection.groups import group_of
from fengcai.core.selection.limits import Bound, No
from fengcai.core.selection.results import Candidate, Group


@dataclass(slots=True)
class Race:
    """The count as it stands. ``pool`` are all who run, from first to last."""

    base: str | None
    groups: Mapping[str, Group]
    pool: Sequence[Candidate]
    per_unit: int | None
    per_person: int | None
    bounds: Sequence[Bound]
    cite: Any
    taken: dict[str, Candidate] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    in_group: Counter[str] = field(default_factory=Counter)
    of_unit: Counter[str] = field(default_factory=Counter)
    of_person: Counter[str] = field(default_factory=Counter)
    of_key: Counter[tuple[str, str]] = field(default_factory=Counter)

    def copy(self) -> Race:
        """The same count, to try something out."""
        return Race(
            self.base, self.groups, self.pool, self.per_unit, self.per_person, self.bounds, self.cite,
            dict(self.taken), set(self.refused), self.in_group.copy(), self.of_unit.copy(),
            self.of_person.copy(), self.of_key.copy(),
        )  # fmt: skip

    def take(self, one: Candidate) -> None:
        """Count a work as taken."""
        self.taken[one.work] = one
        self._count(one)

    def _count(self, one: Candidate) -> None:
        self.in_group[group_of(self.base, one)] += 1
        self.of_unit[one.unit] += 1
        self.of_person.update(one.people)
        self.of_key.update(one.belongs)

    def refuse(self, one: Candidate) -> None:
        """Count a work as out for good."""
        self.refused.add(one.work)

    def give_back(self, one: Candidate) -> None:
        """Undo the taking of a work that was only tried."""
        del self.taken[one.work]
        self.in_group[group_of(self.base, one)] -= 1
        self.of_unit[one.unit] -= 1
        self.of_person.subtract(one.people)
        self.of_key.subtract(one.belongs)

    def settle(self) -> None:
        """Nothing is remembered here."""

    def no(self, one: Candidate) -> No | None:
        """Why this work may not be taken now, or None. What is refused now never may be later."""
        found = self.full(one) or self.capped(one)
        if found is None:
            found = self._needed(one)
        return found

    def full(self, one: Candidate) -> No | None:
        """Whether its group has no place left."""
        group = self.groups[group_of(self.base, one)]
        if group.places is None or self.in_group[group.id] < group.places:
            return None
        name = f"{group.name}的" if group.name else ""
        return No(f"{name}名额已满（{group.text}）", self.cite, full=True)

    def capped(self, one: Candidate) -> No | None:
        """Which upper bound keeps it out, if any."""
        if self.per_unit is not None and self.of_unit[one.unit] >= self.per_unit:
            return No(
                f"本单位已有 {self.per_unit} 件入围，每个单位最多 {self.per_unit} 件", self.cite
            )
        if self.per_person is not None and any(
            self.of_person[person] >= self.per_person for person in one.people
        ):
            text = f"同一作者已有 {self.per_person} 件入围，每人最多 {self.per_person} 件"
            return No(text, self.cite)
        for bound in self.bounds:
            if (
                bound.key in one.belongs
                and bound.most is not None
                and self.of_key[bound.key] >= bound.most
            ):
                return No(f"“{bound.name}”已有 {bound.most} 件入围（{bound.text}）", bound.cite)
        return None

    def _needed(self, one: Candidate) -> No | None:
        """Whether the places left are all needed by a least number that this work does not serve."""
        if not any(bound.least for bound in self.bounds):
            return None
        after = self.copy()
        after.take(one)
        short = next(after.unmet(), None)
        if short is None:
            return None
        return No(f"余下的名额须留给“{short.name}”的作品（{short.text}）", short.cite)

    def unmet(self) -> Iterator[Bound]:
        """The least numbers that could no longer be reached, whoever is taken next."""
        wanting: Counter[str] = Counter()
        single = self.single()
        for bound in self.bounds:
            want = bound.least - self.of_key[bound.key]
            if want <= 0:
                continue
            kind = bound.key[0]
            wanting[kind] = wanting[kind] + want if kind in single else max(wanting[kind], want)
            if wanting[kind] > self.room() or self.supply(bound) < want:
                yield bound

    def single(self) -> set[str]:
        """The kinds of which every work belongs to one at most among those with a least number."""
        keys = {bound.key for bound in self.bounds if bound.least}
        several = {
            kind
            for one in self.pool
            for kind, many in Counter(key[0] for key in one.belongs & keys).items()
            if many > 1
        }
        return {key[0] for key in keys} - several

    def room(self) -> int:
        """How many more can be taken at all, caps aside."""
        left: Counter[str] = Counter(group_of(self.base, one) for one in self._left())
        return sum(
            many if self.groups[id].places is None else min(many, self._places_left(id))
            for id, many in left.items()
        )

    def _places_left(self, id: str) -> int:
        return max(0, (self.groups[id].places or 0) - self.in_group[id])

    def _left(self) -> Iterator[Candidate]:
        return (
            one for one in self.pool if one.work not in self.taken and one.work not in self.refused
        )

    def supply(self, bound: Bound) -> int:
        """How many works of a bound can still be taken, from first to last within all caps."""
        trial = self.copy()
        found = 0
        for one in self._left():
            if bound.key in one.belongs and not (trial.full(one) or trial.capped(one)):
                trial._count(one)
                found += 1
        return found
