"""The list of judges: an officer's table taken in after its preview, and the list as it stands."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.actions import appoint, dismiss, locked
from fengcai.apps.contests.duties import JudgeProfile
from fengcai.apps.contests.judges_reading import JudgeRow, JudgesPreview, panels_in_book
from fengcai.apps.contests.models import Contest, Membership, Unit
from fengcai.apps.contests.queries import people_in
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.people.actions import create_account
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused


@dataclass(frozen=True)
class Judge:
    """A judge as the office's list shows one. `units` are those whose works the judge does not mark:
    the own one, and every other that was named."""

    account: int
    name: str
    workplace: str
    title: str
    profession: str
    phone: str
    email: str
    group: str
    kinds: tuple[str, ...]
    units: tuple[str, ...]


@transaction.atomic
def import_judges(*, contest: Contest, preview: JudgesPreview, by: User, at: datetime) -> int:
    """Take in the rows of a preview that have no problem. Twice does no harm. Returns new judges.

    Of a judge who stands only what is empty is filled in: an import overwrites nothing. Phone and
    e-mail of an account with a password are its holder's own affair.
    """
    contest = locked(contest)  # two imports of one table follow each other
    require_role(by, contest, Role.ORGANISER)
    if preview.missing_columns:
        raise Refused(f"表中缺少这些列：{'、'.join(preview.missing_columns)}。没有导入任何内容。")
    taken = [row for row in preview.rows if not row.problem]
    people = {row.line: _account(row) for row in taken}
    for row in taken:
        _keep_profile(contest, people[row.line], row, at)
    seats = Membership.objects.filter(contest=contest, role=Role.JUDGE, until=None)
    held: dict[int, dict[int | None, Membership]] = {}
    for seat in seats:
        held.setdefault(seat.user_id, {})[seat.unit_id] = seat
    units = Unit.objects.in_bulk({pk for row in taken for pk, _ in row.units})
    added = 0
    # Appointments are recorded, which holds the chain: no row that others may hold is written after.
    for row in taken:
        user = people[row.line]
        mine = held.get(user.pk, {})
        added += not mine
        wanted = [units[pk] for pk, _ in row.units if pk not in mine]
        for unit in wanted:
            appoint(contest=contest, user=user, role=Role.JUDGE, unit=unit, by=by, at=at)
        if not mine and not wanted:
            appoint(contest=contest, user=user, role=Role.JUDGE, by=by, at=at)
        if wanted and None in mine:  # now that the unit is known
            dismiss(seat=mine[None], by=by, at=at)
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="contests.import_judges",
        subject=f"contest:{contest.slug}",
        details={
            "judges": [f"user:{people[row.line].pk}" for row in taken],
            "added": added,
            "rows": len(preview.rows),
        },
        at=at,
    )
    return added


def judges_listed(contest: Contest) -> list[Judge]:
    """The judges in order of appointment, each once. 2 SQL."""
    profiles = {row.user_id: row for row in JudgeProfile.objects.filter(contest=contest)}
    panels = panels_in_book(contest)
    seats = sorted(people_in(contest, Role.JUDGE), key=lambda seat: seat.pk)
    units: dict[int, list[str]] = {}
    for seat in seats:
        units.setdefault(seat.user_id, [])
        if seat.unit is not None:
            units[seat.user_id].append(seat.unit.name)
    users = {seat.user_id: seat.user for seat in seats}
    return [_judge(users[pk], profiles.get(pk), names, panels) for pk, names in units.items()]


def profiles_of(contest: Contest) -> Mapping[int, JudgeProfile]:
    """What is known of the judges, by account. 1 SQL."""
    return {row.user_id: row for row in JudgeProfile.objects.filter(contest=contest)}


def profiles_about(user: User) -> list[dict[str, object]]:
    """What every contest keeps of a judge, for the person's own copy. 1 SQL."""
    rows = JudgeProfile.objects.filter(user=user).select_related("contest").order_by("pk")
    return [
        {
            "活动": row.contest.title,
            "单位": row.workplace,
            "职称": row.title,
            "专业": row.profession,
            "评审组别": row.group,
            "评委类型": "、".join(row.kinds),
        }
        for row in rows
    ]


def _judge(
    user: User, profile: JudgeProfile | None, units: list[str], panels: Mapping[str, str]
) -> Judge:
    about = profile or JudgeProfile()
    group = "、".join(panels[id] for id in about.panels if id in panels)
    return Judge(
        account=user.pk,
        name=str(user),
        workplace=about.workplace or (units[0] if units else ""),
        title=about.title,
        profession=about.profession,
        phone=user.phone,
        email=user.email,
        group=group or about.group,
        kinds=tuple(about.kinds),
        units=tuple(units),
    )


def _account(row: JudgeRow) -> User:
    if row.account is None:
        user = create_account(
            username=f"u{secrets.token_hex(6)}", name=row.name, phone=row.phone[:40]
        )
    else:
        user = User.objects.get(pk=row.account)
        if user.has_usable_password():
            return user
    changed = []
    for name, value in (("phone", row.phone[:40]), ("email", row.email)):
        if value and not getattr(user, name):
            setattr(user, name, value)
            changed.append(name)
    if changed:
        user.save(update_fields=changed)
    return user


def _keep_profile(contest: Contest, user: User, row: JudgeRow, at: datetime) -> None:
    told: dict[str, object] = {
        "workplace": row.workplace,
        "title": row.title,
        "profession": row.profession,
        "group": row.group,
        "panels": [id for id, _ in row.panels],
        "kinds": list(row.kinds),
    }
    kept, new = JudgeProfile.objects.get_or_create(
        contest=contest, user=user, defaults={**told, "at": at}
    )
    changed = [name for name, value in told.items() if value and not getattr(kept, name)]
    if new or not changed:
        return
    for name in changed:
        setattr(kept, name, told[name])
    kept.save(update_fields=changed)
