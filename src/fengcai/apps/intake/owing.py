"""Who owes the contest something now, whom to call, and when they were last reminded (催报名单).

A unit that has to enter owes a work until one is handed in; a collecting unit owes the works that
lie with it until they are passed on. It sends nothing; `reminders` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Max

from fengcai.apps.contests.models import Contest, Membership, Unit
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.coverage import OWED, Part, UnitStanding, units_in
from fengcai.apps.entries.governing import handing_in, passing_on
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.apps.intake.reminding import Reminder
from fengcai.apps.messages.models import Message
from fengcai.core.rulebook import Window

ENTER, COLLECT = "enter", "collect"


@dataclass(frozen=True)
class Person:
    """A contact or head of a unit, with the ways to reach them."""

    user: int
    name: str
    phone: str
    email: str


@dataclass(frozen=True)
class Last:
    """When a unit was last reminded, and how often so far."""

    at: datetime
    times: int


@dataclass(frozen=True)
class Owing:
    """One unit that owes. `kind` is `ENTER` or `COLLECT`, `many` how many works lie with a collector."""

    kind: str
    unit: UnitStanding
    window: Window
    contacts: tuple[Person, ...] = ()
    heads: tuple[Person, ...] = ()
    last: Last | None = None
    many: int = 0


@dataclass(frozen=True)
class Sent:
    """One line of the log: what went to a unit on an occasion, and what became of it."""

    occasion: str
    channel: str
    at: datetime
    by: str
    trouble: str
    unit: str = ""
    states: Mapping[str, int] = field(default_factory=dict)
    """State of the message in words → how many."""


def owing(
    contest: Contest, *, part: Part | None = None, begin: int = 0, end: int | None = None
) -> list[Owing]:
    """The units that have to enter and have not, in roster order. 4 SQL at most."""
    rows = units_in(contest, OWED, begin=begin, end=end, part=part)
    return _joined(contest, ENTER, rows, {})


def collectors_owing(contest: Contest) -> list[Owing]:
    """Collecting units with works that wait to be passed on. 6 SQL at most, none where nobody
    collects."""
    rules = rules_of(contest)
    if not any(each.collects for each in rules.unit_classes):
        return []
    lying = dict(
        Entry.objects.filter(contest=contest, state=State.GATHERED, gathered_by__closed_at=None)
        .order_by()
        .values_list("gathered_by")
        .annotate(many=Count("*"))
    )
    if not lying:
        return []
    names = {each.id: each.name for each in rules.unit_classes}
    rows = [
        UnitStanding(
            pk=unit.pk,
            name=unit.name,
            class_name=names.get(unit.unit_class, ""),
            must_enter=False,
            standing="none",
            works=lying[unit.pk],
            drafts=0,
            short=(),
            unit_class=unit.unit_class,
            district=unit.district,
            email=unit.email,
            phone=unit.phone,
            parent=unit.parent_id,
        )
        for unit in Unit.objects.filter(pk__in=lying)
    ]
    return _joined(contest, COLLECT, rows, lying)


def last_reminded(units: Iterable[int]) -> dict[int, Last]:
    """Unit → its last reminder that had somebody to go to. 1 SQL."""
    rows = Reminder.objects.filter(unit__in=list(units), trouble="").order_by().values_list("unit")
    found = rows.annotate(newest=Max("at"), occasions=Count("occasion", distinct=True))
    return {unit: Last(newest, many) for unit, newest, many in found}


def log_of(contest: Contest, *, unit: int | None = None, most: int = 200) -> list[Sent]:
    """The newest reminders of a contest, or of one unit, with what became of their messages. 2 SQL."""
    rows = Reminder.objects.filter(contest=contest).select_related("by", "unit")
    if unit is not None:
        rows = rows.filter(unit=unit)
    kept = list(rows[:most])
    wanted = [key for row in kept for key in row.messages]
    states = {
        str(row.pk): str(row.get_state_display())
        for row in Message.objects.filter(pk__in=wanted).only("pk", "state")
    }
    found = []
    for row in kept:
        counted: dict[str, int] = {}
        for key in row.messages:
            word = states.get(key, "已清除")
            counted[word] = counted.get(word, 0) + 1
        found.append(
            Sent(
                occasion=row.occasion,
                channel=row.channel,
                at=row.at,
                by=str(row.by) if row.by else "",
                trouble=row.trouble,
                unit=row.unit.name if row.unit else "",
                states=counted,
            )
        )
    return found


def people_of(units: Iterable[int]) -> dict[tuple[int, str], list[Person]]:
    """(unit, role) → contacts and heads of now. 1 SQL."""
    rows = Membership.objects.filter(
        until=None, role__in=(Role.CONTACT, Role.HEAD), unit__in=list(units), user__is_active=True
    ).order_by("pk")
    found: dict[tuple[int, str], list[Person]] = {}
    for unit, role, pk, name, username, phone, email in rows.values_list(
        *("unit_id", "role", "user_id"),
        *("user__name", "user__username", "user__phone", "user__email"),
    ):
        person = Person(pk, name or username, phone, email)
        found.setdefault((unit, role), []).append(person)
    return found


def _joined(
    contest: Contest, kind: str, rows: list[UnitStanding], lying: Mapping[int, int]
) -> list[Owing]:
    rules, units = rules_of(contest), [row.pk for row in rows]
    if not units:
        return []
    people, last = people_of(units), last_reminded(units)
    windows = {}
    for unit in Unit.objects.filter(pk__in=units).select_related("parent"):
        windows[unit.pk] = (passing_on if kind == COLLECT else handing_in)(rules, unit)
    return [
        Owing(
            kind=kind,
            unit=row,
            window=windows[row.pk],
            contacts=tuple(people.get((row.pk, Role.CONTACT), ())),
            heads=tuple(people.get((row.pk, Role.HEAD), ())),
            last=last.get(row.pk),
            many=lying.get(row.pk, 0),
        )
        for row in rows
        if row.pk in windows
    ]
