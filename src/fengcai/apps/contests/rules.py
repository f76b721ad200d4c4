"""Who may do what in a contest. Predicates read like sentences; actions ask them, pages too."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from fengcai.apps.contests.models import Contest, Membership, Unit
from fengcai.apps.contests.roles import Role
from fengcai.apps.people.models import User
from fengcai.apps.prepared import Given, Prepared
from fengcai.apps.refusals import NotPermitted


def has_role(user: object, contest: Contest, *roles: str) -> bool:
    """Whether `user` holds one of `roles` in `contest` now. Anonymous people hold none."""
    if not isinstance(user, User) or not user.is_active:
        return False
    return _current(contest.pk).filter(user=user, role__in=roles).exists()


def acts_for(user: object, unit: Unit, *roles: str) -> bool:
    """Whether `user` is a contact or the head (or just one of `roles`) of this very unit."""
    if not isinstance(user, User) or not user.is_active:
        return False
    wanted = roles or (Role.CONTACT, Role.HEAD)
    return _current(unit.contest_id).filter(user=user, unit=unit, role__in=wanted).exists()


def roles_towards(user: object, unit: Unit) -> frozenset[str]:
    """Every role that `user` holds now in the unit's contest, of contact and head those for this
    very unit. 1 SQL."""
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    return frozenset(_TOWARDS(contest=unit.contest_id, user=user.pk, unit=unit.pk))


def require_role(user: object, contest: Contest, *roles: str) -> frozenset[str]:
    """Which of `roles` the `user` holds. Raises `NotPermitted` if none. 1 SQL."""
    held: frozenset[str] = frozenset()
    if isinstance(user, User) and user.is_active:
        held = frozenset(_HELD(contest=contest.pk, user=user.pk)).intersection(roles)
    if not held:
        posts = "、".join(str(Role(role).label) for role in roles)
        raise NotPermitted(f"只有本活动的{posts}可以这样做。如需权限，请联系活动组织者。")
    return held


def _current(contest: int) -> QuerySet[Membership]:
    return Membership.objects.filter(until=None, contest=contest)


_MINE = Q(until=None, contest=Given("contest"), user=Given("user"))
_OF_UNITS = Q(role__in=(Role.CONTACT, Role.HEAD))
_HELD = Prepared(lambda: Membership.objects.filter(_MINE).values_list("role", flat=True))
_TOWARDS = Prepared(
    lambda: Membership.objects.filter(_MINE, ~_OF_UNITS | Q(unit=Given("unit"))).values_list(
        "role", flat=True
    )
)
