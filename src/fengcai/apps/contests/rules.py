"""Who may do what in a contest. Predicates read like sentences; actions ask them, pages too."""

from __future__ import annotations

from django.db.models import Q

from fengcai.apps.contests.models import Contest, Membership, Unit
from fengcai.apps.contests.roles import Role
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotPermitted


def has_role(user: object, contest: Contest, *roles: str) -> bool:
    """Whether `user` holds one of `roles` in `contest` now. Anonymous people hold none."""
    if not isinstance(user, User) or not user.is_active:
        return False
    return _current(contest).filter(user=user, role__in=roles).exists()


def acts_for(user: object, unit: Unit, *roles: str) -> bool:
    """Whether `user` is a contact or the head (or just one of `roles`) of this very unit."""
    if not isinstance(user, User) or not user.is_active:
        return False
    wanted = roles or (Role.CONTACT, Role.HEAD)
    return _current(unit.contest).filter(user=user, unit=unit, role__in=wanted).exists()


def require_role(user: object, contest: Contest, *roles: str) -> None:
    """Raise `NotPermitted` unless `user` holds one of `roles`."""
    if not has_role(user, contest, *roles):
        posts = "、".join(str(Role(role).label) for role in roles)
        raise NotPermitted(f"只有本活动的{posts}可以这样做。如需权限，请联系活动组织者。")


def _current(contest: Contest):  # type: ignore[no-untyped-def]
    return Membership.objects.filter(Q(until=None), contest=contest)
