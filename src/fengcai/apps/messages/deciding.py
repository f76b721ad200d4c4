"""What a person decides about messages: once more, sent after all, not any more; and what comes back.

Everything here locks the row first, so that it never meets a worker in the middle of sending it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from fengcai.apps.audit.actions import record
from fengcai.apps.messages.models import Channel, Message, State
from fengcai.apps.messages.queueing import queue_again
from fengcai.apps.messages.rules import require_managing
from fengcai.apps.messages.templates import template
from fengcai.apps.messages.templates import templates as all_templates
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused

MOST_AT_ONCE = 2_000
AGAIN = (State.FAILED, State.HELD, State.CANCELLED)


@transaction.atomic
def send_again(*, message: UUID, contest: int | None, by: User, at: datetime) -> Message:
    """Put a message that did not go out back into the queue; one of which nobody knows, too.

    Raises `NotPermitted`, `NotFound`, and `Refused` where it went out, is on its way, or is too late.
    """
    row = _locked(message, contest, by)
    if row.state not in AGAIN and not row.bounced_at:
        raise Refused(f"这条消息现在是“{State(row.state).label}”，不需要重新发送。")
    _require_whole(row, at)
    unsure = row.unsure
    row.attempts, row.bounced_at = 0, None
    row.save(update_fields=["attempts", "bounced_at"])
    queue_again(row, due=at)
    _record(row, "messages.again", by, at, unsure=unsure)
    return row


@transaction.atomic
def count_as_sent(*, message: UUID, contest: int | None, by: User, at: datetime) -> Message:
    """Say of a message of which nobody knew that it has arrived. Raises `Refused` for any other."""
    row = _locked(message, contest, by)
    if not (row.state == State.HELD and row.unsure):
        raise Refused("只有“不能确定是否发出”的消息才需要这样记。")
    row.state, row.unsure, row.sent_at, row.sealed = State.SENT, False, row.started_at, ""
    row.cause = f"{by} 核实后记为已发出。"[:400]
    row.save(update_fields=["state", "unsure", "sent_at", "sealed", "cause"])
    _record(row, "messages.count_as_sent", by, at)
    return row


@transaction.atomic
def cancel(*, message: UUID, contest: int | None, by: User, at: datetime) -> Message:
    """Do not send a message that still waits. Raises `Refused` where it is too late for that."""
    row = _locked(message, contest, by)
    if row.state not in (State.QUEUED, State.HELD):
        raise Refused(f"这条消息现在是“{State(row.state).label}”，不能取消了。")
    _cancelled([row])
    _record(row, "messages.cancel", by, at)
    return row


@transaction.atomic
def cancel_bulk(*, bulk: int, contest: int, by: User, at: datetime) -> int:
    """Do not send what of a bulk still waits; returns how many those were."""
    require_managing(by, contest)
    waiting = _lockable().filter(
        bulk=bulk, contest=contest, state__in=(State.QUEUED, State.HELD), unsure=False
    )
    rows = list(waiting.order_by("pk"))
    _cancelled(rows)
    if rows:
        record(
            f"contest:{contest}",
            actor=f"user:{by.pk}",
            action="messages.cancel_bulk",
            subject=f"bulk:{bulk}",
            details={"messages": len(rows)},
            at=at,
        )
    return len(rows)


@transaction.atomic
def release(
    *, contest: int | None, by: User | None, at: datetime, channel: str | None = None
) -> int:
    """Queue everything that was held because something was not set up; returns how many.

    What may have gone out already stays held: each of those a person decides alone. `by` is None for
    the command line, which may do so for the whole installation.
    """
    if by is not None:
        require_managing(by, contest)
    rows = _lockable().filter(state=State.HELD, unsure=False)
    if contest is not None or by is not None:
        rows = rows.filter(contest=contest)
    if channel is not None:
        rows = rows.filter(channel=channel)
    queued = 0
    for row in rows.order_by("created_at", "key")[:MOST_AT_ONCE]:
        if row.expires_at is None or row.expires_at > at:
            row.attempts = 0
            row.save(update_fields=["attempts"])
            queue_again(row, due=at)
            queued += 1
    return queued


_OWN_ID = re.compile(r"<?([0-9a-f]{32})@[^<>@\s]{1,255}>?")


@transaction.atomic
def note_bounce(*, message_id: str, reason: str, at: datetime) -> Message | None:
    """Note that a mail came back. `message_id` is the Message-ID of our mail, as the bounce quotes it.

    `reason` is one Chinese sentence, or what the other server said. None where the mail is not ours;
    a second bounce of the same mail changes nothing.
    """
    found = _OWN_ID.fullmatch(message_id.strip())
    row = (
        _lockable().filter(pk=UUID(hex=found.group(1)), channel=Channel.MAIL).first()
        if found
        else None
    )
    if row is None or row.bounced_at or row.state not in (State.SENT, State.SENDING, State.HELD):
        return row
    said = " ".join(reason.replace("\0", "").split())[:300]
    row.state, row.bounced_at, row.unsure = State.FAILED, at, False
    row.cause, row.sealed = f"对方退信：{said or '没有说明原因'}", ""
    row.save(update_fields=["state", "bounced_at", "unsure", "cause", "sealed"])
    return row


def _cancelled(rows: Iterable[Message]) -> None:
    for row in rows:
        row.state, row.cause, row.sealed, row.unsure = State.CANCELLED, "", "", False
        row.save(update_fields=["state", "cause", "sealed", "unsure"])


def _lockable() -> QuerySet[Message]:
    return Message.objects.select_for_update(of=("self",), no_key=True)


def _locked(message: UUID, contest: int | None, by: User) -> Message:
    """The row, if it is in this outbox: an administrator's has those of every contest."""
    require_managing(by, contest)
    rows = _lockable().filter(pk=message)
    row = (rows if contest is None else rows.filter(contest=contest)).first()
    if row is None:
        raise NotFound("发件箱里没有这条消息。")
    return row


def _require_whole(row: Message, at: datetime) -> None:
    if row.erased_at is not None:
        raise Refused("这条消息的内容已按本人要求删除，不能重新发送。")
    if row.expires_at is not None and row.expires_at <= at:
        raise Refused("这条消息已过有效时间，不能重新发送。请在原来的地方重新生成。")
    known = {each.name for each in all_templates()}
    if row.template in known and template(row.template).secret and not row.sealed:
        raise Refused("消息里的链接或验证码没有留底，不能重新发送。请在原来的地方重新生成。")
    if row.channel != Channel.ROBOT and not row.address:
        raise Refused("没有地址，不能发送。请先在名单里补上，再从原来的地方发送。")


def _record(row: Message, action: str, by: User, at: datetime, **details: bool) -> None:
    """In the contest's chain; what an administrator does to the installation's own mail in its."""
    record(
        f"contest:{row.contest}" if row.contest else "installation",
        actor=f"user:{by.pk}",
        action=action,
        subject=f"message:{row.pk}",
        details={"channel": row.channel, "template": row.template, **details},
        at=at,
    )
