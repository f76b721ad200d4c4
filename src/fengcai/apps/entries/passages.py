"""Where collecting units stand: what lies with them, what they passed on, how much they still may."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from django.db.models import Count, Exists, OuterRef, Q

from fengcai.apps.contests.duties import UnitExemption
from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.contests.queries import contacts_of, rules_of, units_for
from fengcai.apps.entries.governing import class_of, passing_on
from fengcai.apps.entries.models import Entry, GivenBack, Passage
from fengcai.apps.entries.scope import exempt
from fengcai.apps.entries.states import HANDED_IN, State
from fengcai.apps.people.models import User
from fengcai.core.rulebook import Rules, Window
from fengcai.core.rulebook.rules import Collector

_ROUNDING = {"down": ROUND_FLOOR, "up": ROUND_CEILING, "half_up": ROUND_HALF_UP}


@dataclass(frozen=True)
class Room:
    """How many works a collector passes on: `most` None without a bound."""

    gathered: int
    passed: int
    most: int | None

    @property
    def left(self) -> int | None:
        """How many more it may pass on."""
        return None if self.most is None else max(0, self.most - self.passed)


@dataclass(frozen=True)
class Below:
    """A unit whose works are gathered, and how many it has handed in and is still writing."""

    name: str
    handed_in: int
    drafts: int
    must_enter: bool = False
    contacts: tuple[tuple[str, str], ...] = ()

    @property
    def standing(self) -> str:
        """received, draft, missing, or none for one that need not enter."""
        if self.handed_in:
            return "received"
        return "draft" if self.drafts else "missing" if self.must_enter else "none"


@dataclass(frozen=True)
class Gathering:
    """A collecting unit with everything that its page shows."""

    unit: Unit
    rule: Collector
    room: Room
    window: Window
    below_window: Window | None
    waiting: Sequence[Entry]
    passed: Sequence[Passage]
    below: Sequence[Below]


def room_of(rule: Collector, collector: Unit) -> Room:
    """How much of what it gathered a collector may pass on. 2 SQL."""
    standing = Passage.objects.filter(collector=collector, void_at=None)
    passed = standing.exclude(entry__state=State.WITHDRAWN).count()
    lying = Entry.objects.filter(gathered_by=collector, state=State.GATHERED).count()
    gathered = passed + lying
    bounds = [] if rule.max is None else [rule.max]
    if rule.ratio is not None:
        share = (rule.ratio * gathered).quantize(Decimal(1), rounding=_ROUNDING[rule.rounding])
        bounds.append(int(share))
    return Room(gathered, passed, min(bounds) if bounds else None)


def collecting(rules: Rules, units: Iterable[Unit]) -> list[Unit]:
    """Those of these units that collect works of others. No SQL."""
    classes = {each.id for each in rules.unit_classes if each.collects}
    return [unit for unit in units if unit.unit_class in classes]


def collecting_units(contest: Contest, user: User) -> list[Unit]:
    """The collecting units that `user` acts for. 1 SQL."""
    rules = rules_of(contest)
    if not any(each.collects for each in rules.unit_classes):
        return []
    return collecting(rules, units_for(user, contest))


def gathering(contest: Contest, unit: Unit) -> Gathering:
    """Where one collecting unit stands. 7 SQL whatever the number of works."""
    rules = rules_of(contest)
    of_class = class_of(rules, unit)
    assert of_class is not None
    rule = of_class.collects
    assert rule is not None
    waiting = Entry.objects.filter(gathered_by=unit, state=State.GATHERED)
    passed = Passage.objects.filter(collector=unit, void_at=None)
    children = Unit.objects.filter(parent=unit, unit_class__in=rule.classes, closed_at=None)
    must = {each.id for each in rules.unit_classes if each.must_enter}
    counted = children.annotate(
        handed=Count("entries", filter=Q(entries__state__in=HANDED_IN)),
        writing=Count("entries", filter=Q(entries__state__in=(State.DRAFT, State.RETURNED))),
        freed=Exists(UnitExemption.objects.filter(unit=OuterRef("pk"), ended_at=None)),
    )
    below = list(counted)
    contacts = contacts_of(row.pk for row in below)
    return Gathering(
        unit=unit,
        rule=rule,
        room=room_of(rule, unit),
        window=passing_on(rules, unit),
        below_window=rules.windows.get(rule.window or ""),
        waiting=list(waiting.select_related("unit").order_by("unit__order", "place", "created_at")),
        passed=list(passed.select_related("entry__unit")),
        below=[
            Below(
                row.name,
                row.handed,
                row.writing,
                row.unit_class in must and not row.freed and not exempt(rules, row, "must"),
                tuple(contacts.get(row.pk, ())),
            )
            for row in below
        ],
    )


def newest_giving_back(entry: Entry) -> GivenBack | None:
    """Why a collecting unit gave the work back last, while it is still being mended for it. 2 SQL."""
    if entry.state != State.RETURNED:
        return None
    rows = GivenBack.objects.filter(entry=entry).select_related("collector")
    found = rows.first()
    later = found is not None and entry.passages.filter(at__gt=found.at).exists()
    return None if later else found
