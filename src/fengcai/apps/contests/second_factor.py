"""Who must have a second factor: it hangs on the roles that a person holds now. What the factors
are, and how they are reset, stands in `people.access`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from fengcai.apps.contests.queries import seats_of
from fengcai.apps.people.access import has_second_factor

if TYPE_CHECKING:
    from fengcai.apps.people.models import User


def must_have_second_factor(user: User) -> bool:
    """Whether one of the roles that `user` holds now asks for it. At most 1 SQL."""
    wanted: frozenset[str] = settings.FENGCAI_SECOND_FACTOR_FOR
    if not wanted:
        return False
    if "administrator" in wanted and (user.is_superuser or user.is_staff):
        return True
    return any(seat.role in wanted for seat in seats_of(user))


def lacks_second_factor(user: User) -> bool:
    """Whether `user` must have one and has none. At most 2 SQL, none where nobody must."""
    return must_have_second_factor(user) and not has_second_factor(user)
