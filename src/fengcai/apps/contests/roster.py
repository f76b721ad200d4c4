"""The roster of units (单位名单): an officer's table read in with a preview before anything is kept.

Rows name a unit, its class, and optionally its district, other names, addresses, the unit above it,
its contact and its head, who get accounts without a password (they come in by a personal link). How a
table is understood stands in `roster_reading`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.actions import appoint, locked
from fengcai.apps.contests.models import Contest, Membership, Unit
from fengcai.apps.contests.queries import units_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.roster_reading import (
    COLUMNS,
    HEADERS,
    LONGEST_DISTRICT,
    LONGEST_NAME,
    MOST_ALIASES,
    ROSTER,
    RosterPreview,
    RosterRow,
    is_mail,
    preview_units,
)
from fengcai.apps.contests.rules import require_role
from fengcai.apps.people.actions import create_account
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused

__all__ = [
    "COLUMNS",
    "HEADERS",
    "LONGEST_DISTRICT",
    "LONGEST_NAME",
    "MOST_ALIASES",
    "ROSTER",
    "RosterPreview",
    "RosterRow",
    "import_units",
    "is_mail",
    "preview_units",
]


@transaction.atomic
def import_units(*, contest: Contest, preview: RosterPreview, by: User, at: datetime) -> int:
    """Take in the rows of a preview that have no problem. Twice does no harm. Returns new units.

    Of a unit that stands only what is empty is filled in: an import overwrites nothing.
    """
    contest = locked(contest)  # two imports of one table follow each other
    require_role(by, contest, Role.ORGANISER)
    if preview.missing_columns:
        raise Refused(f"表中缺少这些列：{'、'.join(preview.missing_columns)}。没有导入任何内容。")
    standing = {unit.name: unit for unit in units_of(contest, closed=True)}
    order = len(standing)
    added, filled = [], []
    taken = [row for row in preview.rows if not row.problem]
    for row in taken:
        if row.unit in standing:
            continue
        order += 1
        standing[row.unit] = Unit.objects.create(
            contest=contest, name=row.unit, unit_class=row.unit_class, order=order,
            district=row.district, aliases=list(row.aliases), email=row.email, phone=row.unit_phone,
        )  # fmt: skip
        added.append(standing[row.unit])
    for row in taken:
        if _fill_in(standing[row.unit], row, standing) and row.known:
            filled.append(standing[row.unit].pk)  # noqa: PERF401  (it is the filling in that matters)
    # Appointments are recorded, which holds the chain: no row that others may hold is written after.
    seats = _Seats(contest, by, at)
    for row in taken:
        unit = standing[row.unit]
        seats.take(unit, Role.CONTACT, row.contact, row.phone, row.contact_email)
        seats.take(unit, Role.HEAD, row.head, row.head_phone, "")
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="contests.import_units",
        subject=f"contest:{contest.slug}",
        details={
            "added": [unit.pk for unit in added],
            "filled": filled,
            "rows": len(preview.rows),
        },
        at=at,
    )
    return len(added)


def _fill_in(unit: Unit, row: RosterRow, standing: Mapping[str, Unit]) -> bool:
    changed = []
    if row.parent and unit.parent_id is None and row.parent != row.unit:
        unit.parent = standing[row.parent]
        changed.append("parent")
    for name, value in (
        ("district", row.district),
        ("email", row.email),
        ("phone", row.unit_phone),
    ):
        if value and not getattr(unit, name):
            setattr(unit, name, value)
            changed.append(name)
    more = [name for name in row.aliases if name not in unit.aliases and name != unit.name]
    if more:
        unit.aliases = [*unit.aliases, *more][:MOST_ALIASES]
        changed.append("aliases")
    if changed:
        unit.save(update_fields=changed)
    return bool(changed)


class _Seats:
    """Gives units their people; one who answers for several units, told by name and telephone, gets
    one account."""

    def __init__(self, contest: Contest, by: User, at: datetime) -> None:
        self.contest, self.by, self.at = contest, by, at
        rows = Membership.objects.filter(
            contest=contest, until=None, role__in=(Role.CONTACT, Role.HEAD)
        ).select_related("user")
        self.held: set[tuple[int | None, str]] = set()
        self.people: dict[tuple[str, str], User] = {}
        for seat in rows:
            self.held.add((seat.unit_id, seat.role))
            if seat.user.phone:
                self.people.setdefault((seat.user.name, seat.user.phone), seat.user)

    def take(self, unit: Unit, role: str, name: str, phone: str, email: str) -> None:
        if not name or (unit.pk, role) in self.held:
            return
        person = self.people.get((name, phone)) if phone else None
        if person is None:
            person = create_account(username=f"u{secrets.token_hex(6)}", name=name, phone=phone)
            self.people[name, phone] = person
        if email and not person.email:
            person.email = email
            person.save(update_fields=["email"])
        appoint(contest=self.contest, user=person, role=role, unit=unit, by=self.by, at=self.at)
        self.held.add((unit.pk, role))
