"""What programs read of contests and units, page by page: only what the asker's roles show him."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from fengcai.apps.contests.models import Contest, Membership, Unit
from fengcai.apps.contests.queries import contest_by_slug
from fengcai.apps.contests.roles import Role
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, NotPermitted

OFFICE = (Role.ORGANISER, Role.REVIEWER)
UNITS = (Role.CONTACT, Role.HEAD)


@dataclass(frozen=True)
class Standing:
    """Who the asker is in one contest: his roles, and the units that he acts for."""

    contest: Contest
    roles: frozenset[str]
    units: frozenset[int]

    @property
    def office(self) -> bool:
        """Organiser or reviewer: every unit and every work."""
        return not self.roles.isdisjoint(OFFICE)

    @property
    def organiser(self) -> bool:
        """Organiser."""
        return Role.ORGANISER in self.roles

    def require_organiser(self) -> None:
        """Raise `NotPermitted` for anybody else in this contest."""
        if not self.organiser:
            raise NotPermitted("只有本活动的组织者可以这样做。如需权限，请联系活动组织者。")


def standing_in(slug: str, user: User) -> Standing:
    """The contest as somebody who has a role in it; `NotFound` for everybody else. 2 SQL."""
    contest = contest_by_slug(slug)
    found = standing_of(contest, user)
    if not found.roles:
        raise NotFound("没有这个活动，或令牌所属的账号不在其中。")
    return found


def standing_of(contest: Contest, user: User) -> Standing:
    """Whatever roles `user` holds now in `contest`. 1 SQL."""
    seats = list(
        Membership.objects.filter(contest=contest, user=user, until=None).values_list(
            "role", "unit_id"
        )
    )
    return Standing(
        contest,
        frozenset(role for role, _ in seats),
        frozenset(unit for role, unit in seats if role in UNITS and unit is not None),
    )


def contests_for(user: User, *, after: int | None, most: int) -> Sequence[Contest]:
    """The contests in which `user` holds a role, oldest first, from behind `after`. 1 SQL."""
    seats = Membership.objects.filter(user=user, until=None).values("contest")
    rows = Contest.objects.filter(pk__in=seats).select_related("version").order_by("pk")
    return list(rows.filter(pk__gt=after)[:most] if after is not None else rows[:most])


def units_in(standing: Standing, *, after: tuple[int, int] | None, most: int) -> Sequence[Unit]:
    """All units for the office, else those one acts for; by (order, id) from behind `after`. 1 SQL."""
    rows = Unit.objects.filter(contest=standing.contest).select_related("parent")
    if not standing.office:
        rows = rows.filter(pk__in=standing.units)
    if after is not None:
        order, pk = after
        rows = rows.filter(Q(order__gt=order) | Q(order=order, pk__gt=pk))
    return list(rows.order_by("order", "pk")[:most])
