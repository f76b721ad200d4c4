"""What pages may know of registrations: whether one may register, the office's list, what is alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.contests.naming import alike, folded
from fengcai.apps.contests.queries import contests, rules_of, units_for
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.people.models import User
from fengcai.apps.people.phones.numbers import mobiles_in
from fengcai.apps.refusals import NotFound
from fengcai.apps.registration.links import digest, token
from fengcai.apps.registration.models import Registration
from fengcai.core.rulebook import Rules, Window
from fengcai.core.rulebook.rules import Registration as Rule
from fengcai.core.rulebook.rules import UnitClass
from fengcai.core.timetable import standing

MOST_WAYS = 20
OPEN = (Registration.State.UPPER, Registration.State.PENDING, Registration.State.ASKED)


@dataclass(frozen=True)
class Door:
    """Whether units may put themselves down now, and what they choose from."""

    rule: Rule
    window: Window
    standing: str
    classes: Sequence[UnitClass]
    districts: Sequence[str]
    parents: Sequence[tuple[int, str, str]]
    """(unit, its name, its class) of those that may be named as the unit above, where one has to be."""


@dataclass(frozen=True)
class Likely:
    """A unit of the roster, or another registration, that may be the same unit."""

    unit: int | None
    name: str
    why: str


def door(contest: Contest, *, at: datetime) -> Door | None:
    """None where the rules let no unit register. 2 SQL at most."""
    if not contest.is_open:
        return None
    rules = rules_of(contest)
    rule = rules.registration
    if rule is None:
        return None
    window = rules.windows.get(rule.window or "", rules.window)
    classes = [each for each in rules.unit_classes if each.id in rule.classes]
    above = {each.parent for each in classes if each.parent} if rule.upper else set()
    parents = Unit.objects.filter(contest=contest, closed_at=None, unit_class__in=above)
    return Door(
        rule=rule,
        window=window,
        standing=standing(window, at),
        classes=classes,
        districts=districts(rules, contest),
        parents=list(parents.values_list("pk", "name", "unit_class")) if above else [],
    )


def districts(rules: Rules, contest: Contest) -> list[str]:
    """The regions of the rules; where they have none, the districts of the roster. 1 SQL at most."""
    if rules.regions:
        return [each.name for each in rules.regions]
    rows = Unit.objects.filter(contest=contest, closed_at=None).exclude(district="").order_by()
    return sorted(rows.values_list("district", flat=True).distinct())


def by_token(contest: Contest, secret: str) -> Registration:
    """The registration that a link is of. Raises `NotFound`."""
    rows = Registration.objects.filter(contest=contest, digest=digest(secret))
    row = rows.select_related("contest__version", "unit", "parent", "user").first()
    if row is None:
        raise NotFound("没有这份报名，或链接不完整。请从报名时保存的页面重新打开。")
    return row


@dataclass(frozen=True)
class Way:
    """Where somebody without an account may go: the page of an own registration, or a contest in which
    to register; `state` is empty for the latter."""

    contest: str
    slug: str
    unit: str = ""
    state: str = ""
    token: str = ""


def ways_for_phone(number: str, *, at: datetime) -> tuple[list[Way], list[Way]]:
    """For whoever has proved this mobile number: the registrations that name it, newest first, and the
    open contests in which a unit may register now. 2 SQL, and 1 or 2 for each contest that is open."""
    rows = Registration.objects.filter(phone__contains=number[-4:]).select_related("contest")
    own = [
        Way(row.contest.title, row.contest.slug, row.name, str(row.get_state_display()),
            token(row.pk, row.nonce))
        for row in rows.order_by("-created_at")[:200] if number in mobiles_in(row.phone)
    ]  # fmt: skip
    doors = [
        Way(each.title, each.slug)
        for each in contests()
        if each.slug not in {way.slug for way in own}
        and (here := door(each, at=at)) is not None
        and here.standing == "open"
    ]
    return own[:MOST_WAYS], doors[:MOST_WAYS]


def registrations(contest: Contest, *, user: User, state: str = "") -> list[Registration]:
    """Those of a state, newest first; the undecided ones by default. 1 SQL."""
    require_role(user, contest, Role.ORGANISER)
    rows = Registration.objects.filter(contest=contest)
    rows = rows.filter(state=state) if state else rows.filter(state__in=OPEN)
    return list(rows.select_related("parent", "unit", "decided_by"))


def counts(contest: Contest) -> dict[str, int]:
    """State → how many. 1 SQL."""
    rows = Registration.objects.filter(contest=contest).order_by().values_list("state")
    return dict(rows.annotate(many=Count("*")))


def registration(contest: Contest, id: UUID, *, user: User) -> Registration:
    """One, for the office. Raises `NotFound`."""
    require_role(user, contest, Role.ORGANISER)
    rows = Registration.objects.filter(contest=contest, pk=id)
    row = rows.select_related("contest__version", "parent", "unit", "confirmed_by").first()
    if row is None:
        raise NotFound("没有这份报名。")
    return row


def waiting_below(contest: Contest, *, user: User) -> list[Registration]:
    """Those that wait for a unit of this user's to confirm them. 2 SQL."""
    mine = [unit.pk for unit in units_for(user, contest)]
    rows = Registration.objects.filter(
        contest=contest, state=Registration.State.UPPER, parent__in=mine
    )
    return list(rows.select_related("parent"))


def likely(contest: Contest, *, name: str, code: str, besides: UUID | None = None) -> list[Likely]:
    """Units of the roster and other registrations that may be the same unit. 2 SQL."""
    found: list[Likely] = []
    units = list(contest.units.filter(closed_at=None))
    names = [(unit.pk, (unit.name, *unit.aliases)) for unit in units]
    titles = {unit.pk: unit.name for unit in units}
    for one in alike(name, names):
        how = "名称相同" if one.score == 100 else f"名称相近（{one.score:.0f}%）"
        found.append(Likely(one.key, titles[one.key], how))
    rows = Registration.objects.filter(contest=contest).exclude(state="refused")
    rows = rows.exclude(pk=besides) if besides else rows
    same = Q(folded=folded(name)[:100]) | (Q(code=code) if code else Q(pk=None))
    for row in rows.filter(same).select_related("unit")[:5]:
        why = "统一社会信用代码相同" if code and row.code == code else "另一份报名，名称相同"
        found.append(Likely(row.unit_id, row.name, why))
    return found
