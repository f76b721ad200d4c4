"""Reminders on their way: a row for each unit and way, its messages in the same transaction.

Killed anywhere and run again, nobody is reminded twice on one occasion: the rows are unique.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from fengcai.apps.contests.models import Contest
from fengcai.apps.intake.owing import COLLECT, Owing
from fengcai.apps.intake.reminder_words import Words
from fengcai.apps.intake.reminding import Reminder
from fengcai.apps.messages.actions import Recipient, post
from fengcai.apps.people.models import User

AT_ONCE = 40
"""Units reminded in one transaction: on SQLite nobody else can write meanwhile."""


def remind_units(
    contest: Contest,
    rows: Sequence[Owing],
    occasion: str,
    ways: Iterable[str],
    words: Words,
    *,
    by: User | None,
    at: datetime,
) -> int:
    """Rows and messages of some units in one transaction; those reminded before are passed over."""
    ways = list(ways)
    done = 0
    with transaction.atomic():
        known = set(
            Reminder.objects.filter(
                unit__in=[row.unit.pk for row in rows], occasion=occasion
            ).values_list("unit_id", "channel")
        )
        for row in rows:
            new = [way for way in ways if (row.unit.pk, way) not in known]
            sent = [_send(contest, row, occasion, way, words, by, at) for way in new]
            done += any(sent)
    return done


def _send(
    contest: Contest,
    row: Owing,
    occasion: str,
    way: str,
    words: Words,
    by: User | None,
    at: datetime,
) -> bool:
    to = [one for one in recipients(row) if one.address(way)]
    lacking = "没有留邮箱" if way == "mail" else "没有留手机号"
    try:
        with transaction.atomic():
            kept = Reminder.objects.create(
                contest=contest,
                unit_id=row.unit.pk,
                occasion=occasion,
                channel=way,
                trouble=""
                if to
                else f"{lacking}，请打电话"
                if row.contacts
                else "没有联络员，请先指定",
                by=by,
                at=at,
            )
    except IntegrityError:
        return False  # another worker, or another press of the button, was here first
    name = "intake.reminder_collector" if row.kind == COLLECT else "intake.reminder"
    for one in to:
        message = post(
            template=name,
            to=one,
            context=words.context(row),
            channel=way,  # type: ignore[arg-type]
            key=f"{name}:{contest.pk}:{row.unit.pk}:{occasion}:{way}:{one.user_id or 'unit'}",
            contest=contest.pk,
            at=at,
            expires_at=row.window.closes if row.window.closes > at else None,
        )
        kept.messages.append(str(message.pk))
    if to:
        kept.save(update_fields=["messages"])
    return bool(to)


@transaction.atomic
def tell_group(
    contest: Contest,
    rows: Sequence[Owing],
    occasion: str,
    words: Words,
    *,
    by: User | None,
    at: datetime,
) -> None:
    """One message to the contest's group with the names of those who owe."""
    try:
        with transaction.atomic():
            kept = Reminder.objects.create(
                contest=contest, unit=None, occasion=occasion, channel="robot", by=by, at=at
            )
    except IntegrityError:
        return
    message = post(
        template="intake.reminder_group",
        to=Recipient(name="企业微信群"),
        context=words.group(rows),
        channel="robot",
        key=f"intake.reminder_group:{contest.pk}:{occasion}",
        contest=contest.pk,
        at=at,
        expires_at=max(row.window.closes for row in rows),
    )
    kept.messages = [str(message.pk)]
    kept.save(update_fields=["messages"])


def recipients(row: Owing) -> list[Recipient]:
    """The unit's contacts; where it has none, the unit's own address."""
    found = [Recipient(one.user, one.name, one.email, one.phone) for one in row.contacts]
    own = Recipient(None, row.unit.name, row.unit.email, "")
    if row.unit.email and not any(one.email for one in found):
        found.append(own)
    return found


def slices(rows: Sequence[Owing]) -> Iterator[Sequence[Owing]]:
    """Some units at a time."""
    for begin in range(0, len(rows), AT_ONCE):
        yield rows[begin : begin + AT_ONCE]
