"""What the works selected must be made up of: caps for one unit or person, bounds for a theme …

A race keeps count while works are taken one by one and says of each next one whether it may be
taken: no place left, a cap reached, or a least number that could no longer be met.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import ceil, floor
from typing import Any

from fengcai.core.selection.groups import group_of, number
from fengcai.core.selection.results import Candidate, Group


@dataclass(slots=True)
class Bound:
    """At least ``least`` and at most ``most`` of the works belong to ``key``."""

    key: tuple[str, str]
    name: str
    least: int
    most: int | None
    text: str
    cite: Any


@dataclass(frozen=True, slots=True)
class No:
    """Why a work may not be taken. ``full``: there is no place left in its group."""

    text: str
    cite: Any
    full: bool = False


@dataclass(slots=True)
class Counts:
    """What is used up of every limited thing: places of groups, caps of units and persons, upper bounds."""

    group: Counter[str] = field(default_factory=Counter)
    unit: Counter[str] = field(default_factory=Counter)
    person: Counter[str] = field(default_factory=Counter)
    key: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, group: str, one: Candidate, many: int = 1) -> None:
        """Count a work in, or out again."""
        self.group[group] += many
        self.unit[one.unit] += many
        for person in one.people:
            self.person[person] += many
        for key in one.belongs:
            self.key[key] += many


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
    used: Counts = field(default_factory=Counts)
    _left: Counter[str] = field(default_factory=Counter)
    _room: int = 0
    _of: dict[tuple[str, str], list[Candidate]] = field(default_factory=dict)
    _from: Counter[tuple[str, str]] = field(default_factory=Counter)
    _single: dict[frozenset[tuple[str, str]], set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Count who is left in each group."""
        self._left.update(group_of(self.base, one) for one in self.pool)
        self._room = sum(self._places(id) for id in self._left)

    def take(self, one: Candidate) -> None:
        """Count a work as taken."""
        self.taken[one.work] = one
        self._move(one, 1)

    def give_back(self, one: Candidate) -> None:
        """Undo the taking of a work that was only tried."""
        del self.taken[one.work]
        self._move(one, -1)

    def refuse(self, one: Candidate) -> None:
        """Count a work as out for good."""
        self.refused.add(one.work)
        id = group_of(self.base, one)
        self._room -= self._places(id)
        self._left[id] -= 1
        self._room += self._places(id)

    def _move(self, one: Candidate, many: int) -> None:
        id = group_of(self.base, one)
        self._room -= self._places(id)
        self._left[id] -= many
        self.used.add(id, one, many)
        self._room += self._places(id)

    def _places(self, id: str) -> int:
        """How many of a group can still be taken, caps aside."""
        places = self.groups[id].places
        if places is None:
            return self._left[id]
        return min(self._left[id], max(0, places - self.used.group[id]))

    def no(self, one: Candidate) -> No | None:
        """Why this work may not be taken now, or None. What is refused now never may be later."""
        found = self.full(one) or self.capped(one)
        if found is None:
            found = self._needed(one)
        return found

    def full(self, one: Candidate) -> No | None:
        """Whether its group has no place left."""
        group = self.groups[group_of(self.base, one)]
        if group.places is None or self.used.group[group.id] < group.places:
            return None
        name = f"{group.name}的" if group.name else ""
        return No(f"{name}名额已满（{group.text}）", self.cite, full=True)

    def capped(self, one: Candidate) -> No | None:
        """Which upper bound keeps it out, if any."""
        if self.per_unit is not None and self.used.unit[one.unit] >= self.per_unit:
            return No(
                f"本单位已有 {self.per_unit} 件入围，每个单位最多 {self.per_unit} 件", self.cite
            )
        if self.per_person is not None and any(
            self.used.person[person] >= self.per_person for person in one.people
        ):
            text = f"同一作者已有 {self.per_person} 件入围，每人最多 {self.per_person} 件"
            return No(text, self.cite)
        for bound in self.bounds:
            if (
                bound.key in one.belongs
                and bound.most is not None
                and self.used.key[bound.key] >= bound.most
            ):
                return No(f"“{bound.name}”已有 {bound.most} 件入围（{bound.text}）", bound.cite)
        return None

    def _needed(self, one: Candidate) -> No | None:
        """Whether the places left are all needed by a least number that this work does not serve."""
        if not any(bound.least for bound in self.bounds):
            return None
        self.take(one)
        short = next(self.unmet(), None)
        self.give_back(one)
        if short is None:
            return None
        return No(f"余下的名额须留给“{short.name}”的作品（{short.text}）", short.cite)

    def unmet(self) -> Iterator[Bound]:
        """The least numbers that could no longer be reached, whoever is taken next."""
        wanting: Counter[str] = Counter()
        single = self.single()
        for bound in self.bounds:
            want = bound.least - self.used.key[bound.key]
            if want <= 0:
                continue
            kind = bound.key[0]
            wanting[kind] = wanting[kind] + want if kind in single else max(wanting[kind], want)
            if wanting[kind] > self._room or self.supply(bound, enough=want) < want:
                yield bound

    def single(self) -> set[str]:
        """The kinds of which every work belongs to one at most among those with a least number."""
        keys = frozenset(bound.key for bound in self.bounds if bound.least)
        if keys not in self._single:
            several = {
                kind
                for one in self.pool
                for kind, many in Counter(key[0] for key in one.belongs & keys).items()
                if many > 1
            }
            self._single[keys] = {key[0] for key in keys} - several
        return self._single[keys]

    def room(self) -> int:
        """How many more can be taken at all, caps aside."""
        return self._room

    def supply(self, bound: Bound, *, enough: int | None = None) -> int:
        """How many works of a bound can still be taken, from first to last within all caps; where
        ``enough`` is given it is not counted past that."""
        more = Counts()
        found = 0
        for one in islice(self._in(bound.key), self._from[bound.key], None):
            if found == enough:
                break
            if one.work in self.taken or one.work in self.refused:
                continue
            id = group_of(self.base, one)
            if self._fits(one, id, more):
                more.add(id, one)
                found += 1
        return found

    def settle(self) -> None:
        """Say that nothing is only tried now: who is taken or out need not be looked at again."""
        for key, works in self._of.items():
            at = self._from[key]
            while at < len(works) and (
                works[at].work in self.taken or works[at].work in self.refused
            ):
                at += 1
            self._from[key] = at

    def _in(self, key: tuple[str, str]) -> list[Candidate]:
        """The works of a bound, from first to last."""
        if key not in self._of:
            self._of[key] = [one for one in self.pool if key in one.belongs]
        return self._of[key]

    def _fits(self, one: Candidate, id: str, more: Counts) -> bool:
        """Whether neither a full group nor a cap keeps it out once ``more`` are taken as well."""
        places = self.groups[id].places
        if places is not None and self.used.group[id] + more.group[id] >= places:
            return False
        unit, person = self.per_unit, self.per_person
        if unit is not None and self.used.unit[one.unit] + more.unit[one.unit] >= unit:
            return False
        if person is not None and any(
            self.used.person[each] + more.person[each] >= person for each in one.people
        ):
            return False
        return not any(
            bound.most is not None
            and bound.key in one.belongs
            and self.used.key[bound.key] + more.key[bound.key] >= bound.most
            for bound in self.bounds
        )


def bounds_of(advance: Mapping[str, Any], names: Mapping[str, str], target: int) -> list[Bound]:
    """The constraints with their shares counted out of ``target`` works."""
    found: list[Bound] = []
    for row in advance.get("constraints") or ():
        low, high = number(row.get("min_share")), number(row.get("max_share"))
        least = max(row.get("min") or 0, 0 if low is None else ceil(low * target))
        tops = [row.get("max"), None if high is None else floor(high * target)]
        known = [top for top in tops if top is not None]
        found.append(
            Bound(
                key=(row["of"], row["ref"]),
                name=names.get(row["ref"], row["ref"]),
                least=least,
                most=min(known) if known else None,
                text="，".join(_said(row, low, high)),
                cite=row.get("cite"),
            )
        )
    return found


def broken(
    advance: Mapping[str, Any], selected: Iterable[Candidate]
) -> Iterator[tuple[Mapping[str, Any], int]]:
    """The constraints that these works break, with how many of the works belong to each."""
    works = list(selected)
    for row in advance.get("constraints") or ():
        many = sum((row["of"], row["ref"]) in one.belongs for one in works)
        low, high = number(row.get("min_share")), number(row.get("max_share"))
        under = many < (row.get("min") or 0) or (low is not None and many < low * len(works))
        over = (row.get("max") is not None and many > row["max"]) or (
            high is not None and many > high * len(works)
        )
        if under or over:
            yield row, many


def _said(row: Mapping[str, Any], low: Any, high: Any) -> Iterator[str]:
    if row.get("min") is not None:
        yield f"不少于 {row['min']} 件"
    if low is not None:
        yield f"不低于 {float(low * 100):g}%"
    if row.get("max") is not None:
        yield f"不超过 {row['max']} 件"
    if high is not None:
        yield f"不超过 {float(high * 100):g}%"
