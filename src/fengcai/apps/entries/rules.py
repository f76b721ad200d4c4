"""Who may see and change an entry, and in which state."""

from __future__ import annotations

from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import acts_for, has_role, roles_towards
from fengcai.apps.entries.models import Entry
from fengcai.apps.people.models import User

SEEING = frozenset({Role.CONTACT, Role.HEAD, Role.REVIEWER, Role.ORGANISER})
"""Those who may see a work: its unit's own people, reviewers and organisers."""

COLLECTOR = "collector"
"""As what people of a collecting unit stand towards a work that it gathered: they see it."""


def may_see(user: object, entry: Entry) -> bool:
    """Whether `user` is one of `SEEING`. Judges see works through `judging`. 1 SQL."""
    return bool(roles_at(user, entry))


def roles_at(user: object, entry: Entry) -> frozenset[str]:
    """As which of `SEEING` the user stands towards this work; empty for a stranger. 1 SQL, and 2
    more for a stranger where the unit belongs to another that may gather its works."""
    mine = roles_towards(user, entry.unit) & SEEING
    if mine or entry.unit.parent_id is None:
        return mine
    return frozenset({COLLECTOR}) if gathers(user, entry) else mine


def gathers(user: object, entry: Entry) -> bool:
    """Whether the work lies with a collecting unit of this user's, or was passed on by it."""
    units = set(entry.passages.filter(void_at=None).values_list("collector", flat=True))
    if entry.gathered_by_id is not None:
        units.add(entry.gathered_by_id)
    return any(acts_for(user, unit) for unit in Unit.objects.filter(pk__in=units))


def may_write(user: object, entry: Entry) -> bool:
    """The unit's contact or head; whether the state allows it is another question."""
    return acts_for(user, entry.unit)


def may_bring(user: User, contest: Contest) -> bool:
    """An organiser may bring works of units in from another system; the record says so."""
    return has_role(user, contest, Role.ORGANISER)


def may_confirm(user: object, entry: Entry) -> bool:
    """The head of the department (主要负责人) only."""
    return acts_for(user, entry.unit, Role.HEAD)
