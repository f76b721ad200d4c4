"""The people of a contest as recipients of messages: by role, by unit, each with what a letter says of
them. What is written to them is decided elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from fengcai.apps.contests.models import Contest, Membership
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import has_role
from fengcai.apps.messages.bulk import Addressee
from fengcai.apps.messages.recipients import Recipient
from fengcai.apps.messages.templates import in_words
from fengcai.apps.messages.ways import address_of_site
from fengcai.apps.people.models import User

ENTRANTS = (Role.CONTACT, Role.HEAD)


def is_office(user: User, contest: int) -> bool:
    """Whether `user` organises the contest with this number. 1 SQL."""
    return has_role(user, Contest(pk=contest), Role.ORGANISER)


def acting_for(units: Iterable[int]) -> list[Recipient]:
    """The contacts and heads of some units, each person once. 1 SQL."""
    return _recipients(_in_force().filter(unit__in=list(units), role__in=ENTRANTS))


def entrants_of(contest: int) -> list[Recipient]:
    """The contacts and heads of every unit of a contest, each person once. 1 SQL."""
    return _recipients(_in_force().filter(contest=contest, role__in=ENTRANTS))


def addressees(contest: Contest, groups: Sequence[str]) -> list[Addressee]:
    """The people of some roles with the fields that an officer's letter may name. 1 SQL."""
    closes = rules_of(contest).window.closes if contest.is_open else None
    common = {
        "活动": contest.title,
        "截止时间": in_words(closes),
        "活动网址": address_of_site(f"/c/{contest.slug}/"),
    }
    roles = [group for group in groups if group in Role.values]
    rows = _in_force().filter(contest=contest, role__in=roles).select_related("user", "unit")
    return [
        Addressee(
            Recipient.of(row.user),
            about=row.unit.name if row.unit else str(Role(row.role).label),
            fields={**common, "单位": row.unit.name if row.unit else ""},
        )
        for row in rows.order_by("role", "unit__order", "pk")
    ]


def _in_force() -> QuerySet[Membership]:
    return Membership.objects.filter(until=None, user__is_active=True)


def _recipients(rows: QuerySet[Membership]) -> list[Recipient]:
    users = {row.user_id: row.user for row in rows.select_related("user").order_by("pk")}
    return [Recipient.of(user) for user in users.values()]
