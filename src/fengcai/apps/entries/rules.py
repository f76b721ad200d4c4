"""Who may see and change an entry, and in which state."""

from __future__ import annotations

from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import acts_for, has_role
from fengcai.apps.entries.models import Entry


def may_see(user: object, entry: Entry) -> bool:
    """The unit's own people, reviewers and organisers. Judges see works through `judging`."""
    return acts_for(user, entry.unit) or has_role(
        user, entry.contest, Role.REVIEWER, Role.ORGANISER
    )


def may_write(user: object, entry: Entry) -> bool:
    """The unit's contact or head; whether the state allows it is another question."""
    return acts_for(user, entry.unit)


def may_confirm(user: object, entry: Entry) -> bool:
    """The head of the department (主要负责人) only."""
    return acts_for(user, entry.unit, Role.HEAD)
