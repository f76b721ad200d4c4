"""The coverage board: how many units of each class have handed in, and a page of them one by one.

Counted by the database, which looks each unit up in an index of works; works are not read, but
those of the units on the page where the rules ask for a mix of themes or divisions. Units that were
closed are not on it.
"""

# ruff: noqa: S608  (only names of our own tables are put together; every value is a parameter)
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from fengcai.apps.contests.duties import UnitExemption
from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.quotas import COUNTED, Counted, Shortfall, shortfalls
from fengcai.apps.entries.states import HANDED_IN, WRITABLE, State
from fengcai.core.rulebook import Rules

NIL = UUID(int=0)
OWED = "owed"
STANDINGS = ("received", "late", "draft", "missing", "exempt", "none")
"""已报送 · 逾期报送 · 填写中 · 未报送 · 免报 · 可不报送. Of a unit that is exempt a draft does not count."""

VIEWS: dict[str, tuple[tuple[bool, ...], tuple[str, ...]]] = {
    "due": ((True,), STANDINGS),
    "done": ((True,), ("received", "late")),
    "writing": ((True,), ("draft",)),
    OWED: ((True,), ("draft", "missing")),
    "extra": ((False,), ("received", "late")),
    "free": ((False,), ("draft", "none")),
}
"""What the columns of the board count: whether the units must enter, and how they stand. 应报 is `due`,
已报 `done`; `extra` handed in though they need not, `free` need not and did not."""


@dataclass(frozen=True)
class Tally:
    """How many units of a class and a district stand alike. `standing` is one of `STANDINGS`."""

    class_name: str
    must_enter: bool
    standing: str
    units: int
    unit_class: str = ""
    district: str = ""

    def fits(self, view: str) -> bool:
        """Whether they belong to a view: one of `VIEWS`, a standing, or "" for all."""
        if view in VIEWS:
            must, standings = VIEWS[view]
            return self.must_enter in must and self.standing in standings
        return not view or self.standing == view


@dataclass(frozen=True)
class Part:
    """A part of the roster: one class, one district; None for all of them, "" for units without."""

    unit_class: str | None = None
    district: str | None = None
    parent: int | None = None
    """Only the units right below this one."""

    def holds(self, tally: Tally) -> bool:
        """Whether units counted there belong to it (`parent` aside, which tallies do not know)."""
        return self.unit_class in (None, tally.unit_class) and self.district in (
            None,
            tally.district,
        )


@dataclass(frozen=True)
class UnitStanding:
    """Where one unit that must or may enter stands: the coverage board's row."""

    pk: int
    name: str
    class_name: str
    must_enter: bool
    standing: str
    works: int
    """Handed in and not given back, accepted ones among them."""
    drafts: int
    """Still being written, or given back to be mended."""
    short: tuple[Shortfall, ...]
    """The minima of the unit's quota that are not reached yet."""
    unit_class: str = ""
    district: str = ""
    email: str = ""
    phone: str = ""
    parent: int | None = None


def tallies(contest: Contest, part: Part | None = None) -> list[Tally]:
    """Every unit of the contest counted, classes in the order of the rules. 1 SQL."""
    rules = rules_of(contest)
    order = [each.id for each in rules.unit_classes]
    units = _Units(contest, rules, part)
    found = _asked(
        f"SELECT unit_class, district, must, {_STANDING}, COUNT(*) FROM {units.text}"
        " GROUP BY 1, 2, 3, 4",
        [*_STANDING_VALUES, *units.values],
    )
    found.sort(
        key=lambda row: (
            order.index(row[0]),
            not row[2],
            STANDINGS.index(row[3]),
            row[1] or "\uffff",
        )
    )
    return [
        Tally(
            rules.unit_classes[order.index(unit_class)].name,
            bool(must),
            standing,
            many,
            unit_class,
            district,
        )
        for unit_class, district, must, standing, many in found
    ]


def units_in(
    contest: Contest,
    view: str = "",
    *,
    begin: int = 0,
    end: int | None = None,
    part: Part | None = None,
) -> list[UnitStanding]:
    """The units of a view from `begin` to `end` in roster order. 1 SQL, and 1 where the rules ask
    for a mix."""
    rules = rules_of(contest)
    names = {each.id: each.name for each in rules.unit_classes}
    units = _Units(contest, rules, part)
    chosen, states = _CHOSEN[view]
    limit = "" if end is None else f"LIMIT {int(end - begin)} OFFSET {int(begin)}"
    # Works are counted for the units on the page only: hence two steps.
    here = f'(SELECT * FROM {units.text} WHERE {chosen} ORDER BY "order", id {limit}) u'
    counts = ", ".join(_count(states) for states in (HANDED_IN, WRITABLE, COUNTED))
    told = "id, name, unit_class, must, district, email, phone, parent_id"
    found = _asked(
        f'SELECT {told}, {_STANDING}, {counts} FROM {here} ORDER BY "order", id',
        [*_STANDING_VALUES, *HANDED_IN, *WRITABLE, *COUNTED, *units.values, *states],
    )
    short = _Shortfalls(contest, rules, [row[0] for row in found])
    return [
        UnitStanding(
            pk=pk,
            name=name,
            class_name=names[unit_class],
            must_enter=bool(must),
            standing=standing,
            works=works,
            drafts=drafts,
            short=()
            if standing == "exempt"
            else short.of(pk, name, unit_class, counted),
            unit_class=unit_class,
            district=district,
            email=email,
            phone=phone,
            parent=parent,
        )
        for pk, name, unit_class, must, district, email, phone, parent, standing, works, drafts,
        counted in found
    ]  # fmt: skip


class _Units:
    """The contest's units `u` with whether they must enter and whether they were freed from it,
    ready to stand behind FROM."""

    def __init__(self, contest: Contest, rules: Rules, part: Part | None) -> None:
        must = [each.id for each in rules.unit_classes if each.must_enter]
        free = [name for each in rules.exemptions if each.of == "must" for name in each.units]
        duty = f"unit_class IN ({_places(must)})" if must else "1 = 0"
        named = f"name IN ({_places(free)}) OR " if free else ""
        officer = (
            f"id IN (SELECT unit_id FROM {_EXEMPTION} WHERE ended_at IS NULL AND contest_id = %s)"
        )
        freed = f"{duty} AND ({named}{officer})"
        where = "contest_id = %s AND closed_at IS NULL"
        values: list[str | int] = [contest.pk]
        for column, value in (
            ("unit_class", part.unit_class if part else None),
            ("district", part.district if part else None),
            ("parent_id", part.parent if part else None),
        ):
            if value is not None:
                where += f" AND {column} = %s"
                values.append(value)
        inner = f"SELECT *, ({duty}) AS due, ({freed}) AS freed FROM {_UNIT} WHERE {where}"
        self.text = f"(SELECT *, (due AND NOT freed) AS must FROM ({inner}) i) u"
        self.values: list[str | int] = [*must, *must, *free, contest.pk, *values]


def _places(values: Iterable[object]) -> str:
    return ", ".join("%s" for _ in values)


_UNIT, _ENTRY = Unit._meta.db_table, Entry._meta.db_table
_EXEMPTION = UnitExemption._meta.db_table
_THEIRS = f"FROM {_ENTRY} e WHERE e.contest_id = u.contest_id AND e.unit_id = u.id AND e.state IN"


def _count(states: Sequence[State]) -> str:
    return f"(SELECT COUNT(*) {_THEIRS} ({_places(states)}))"


_IN, _WRITING, _TIMELY = (
    f"EXISTS (SELECT 1 {_THEIRS} ({_places(states)}){more})"
    for states, more in ((HANDED_IN, ""), (WRITABLE, ""), (HANDED_IN, " AND NOT e.late"))
)
_STANDING = f"""CASE WHEN {_TIMELY} THEN 'received' WHEN {_IN} THEN 'late'
  WHEN freed THEN 'exempt' WHEN {_WRITING} THEN 'draft' WHEN must THEN 'missing' ELSE 'none' END"""
_STANDING_VALUES = (*HANDED_IN, *HANDED_IN, *WRITABLE)
_NOTHING = f"NOT {_IN} AND NOT {_WRITING}"
_CHOSEN: dict[str, tuple[str, tuple[State, ...]]] = {
    "": ("1 = 1", ()),
    "due": ("must", ()),
    "done": (f"must AND {_IN}", HANDED_IN),
    "writing": (f"must AND NOT {_IN} AND {_WRITING}", (*HANDED_IN, *WRITABLE)),
    OWED: (f"must AND NOT {_IN}", HANDED_IN),
    "extra": (f"NOT must AND {_IN}", HANDED_IN),
    "free": (f"NOT due AND NOT {_IN}", HANDED_IN),
    "received": (_TIMELY, HANDED_IN),
    "late": (f"{_IN} AND NOT {_TIMELY}", (*HANDED_IN, *HANDED_IN)),
    "draft": (f"NOT freed AND NOT {_IN} AND {_WRITING}", (*HANDED_IN, *WRITABLE)),
    "missing": (f"must AND {_NOTHING}", (*HANDED_IN, *WRITABLE)),
    "exempt": (f"freed AND NOT {_IN}", HANDED_IN),
    "none": (f"NOT due AND {_NOTHING}", (*HANDED_IN, *WRITABLE)),
}
"""Which units a view has, and the values that this part of a statement wants."""


def _asked(statement: str, values: Sequence[str | int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


KNOWN = 4_096
_known: dict[tuple[str, str, str, int], tuple[Shortfall, ...]] = {}
"""Minima that units of a class with so many works do not reach, by the hash of the rules: what the
rules say alone."""


class _Shortfalls:
    """The minima that units do not reach. Without a mix in the rules only the number of works
    handed in matters, and units of a class with as many are asked once for all of them."""

    def __init__(self, contest: Contest, rules: Rules, units: Sequence[int]) -> None:
        self._rules = rules
        self._mixed = any(rules.quota_of(each.id).mix for each in rules.unit_classes)
        self._named = {name for each in rules.exemptions for name in each.units}
        self._works: dict[int, list[Counted]] = {}
        if self._mixed:
            rows = Entry.objects.filter(contest=contest, unit__in=units)
            rows = rows.exclude(state=State.WITHDRAWN).order_by()
            wanted = ("unit_id", "pk", "track", "themes", "divisions", "state")
            for unit, *work in rows.values_list(*wanted):
                self._works.setdefault(unit, []).append(Counted(*work))

    def of(self, pk: int, name: str, unit_class: str, many: int) -> tuple[Shortfall, ...]:
        """Those of one unit with so many works that count."""
        if self._mixed:
            unit = Unit(pk=pk, name=name, unit_class=unit_class)
            return tuple(shortfalls(self._rules, unit, self._works.get(pk, ())))
        key = (self._rules.hash, unit_class, name if name in self._named else "", many)
        if key not in _known:
            if len(_known) >= KNOWN:
                _known.clear()
            unit = Unit(name=name, unit_class=unit_class)
            alike = Counted(NIL, self._rules.tracks[0].id, (), (), State.SUBMITTED)
            _known[key] = tuple(shortfalls(self._rules, unit, [alike] * many))
        return _known[key]
