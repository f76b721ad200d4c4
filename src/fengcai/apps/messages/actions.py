"""Posting a message: its row is written beside the change that causes it, a job sends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import IntegrityError, transaction

from fengcai.apps.messages.models import Channel, Message, State
from fengcai.apps.messages.recipients import Recipient, way_to
from fengcai.apps.messages.templates import HIDDEN, Template, fill, register_template, template
from fengcai.apps.texts import storable
from fengcai.engines.jobs import enqueue

__all__ = ["Preview", "Recipient", "post", "preview", "register_template"]

LONGEST_SUBJECT = 300


@dataclass(frozen=True)
class Preview:
    """A message as it would go out."""

    channel: str
    address: str
    subject: str
    body: str


def preview(
    *,
    template: str,
    to: Recipient,
    context: Mapping[str, Any],
    channel: Literal["mail", "sms", "robot", "site"] | None = None,
) -> Preview:
    """Fill a template in without sending anything. Raises UnknownTemplate, MissingField."""
    wording = _template(template)
    way = Channel(channel) if channel else way_to(to, wording)
    subject, body = _words(wording, way, context)
    return Preview(str(way), to.address(way), subject, body)


@transaction.atomic
def post(
    *,
    template: str,
    to: Recipient,
    context: Mapping[str, Any],
    channel: Literal["mail", "sms", "robot", "site"] | None = None,
    key: str,
    contest: int | None,
    at: datetime,
    due: datetime | None = None,
    expires_at: datetime | None = None,
    attachments: Sequence[Any] = (),
    in_reply_to: str = "",
    reply_to: str = "",
) -> Message:
    """Write one message and the job that sends it, in the caller's transaction.

    `key` names the occasion and the person: posted again under it, the first row is returned and
    nothing is sent. Without `channel` the best way for this person is taken. Not sent before `due`, nor
    after `expires_at`. `in_reply_to` is the Message-ID that a receipt answers. Raises UnknownTemplate
    and MissingField: both are a programmer's mistake.
    """
    wording = _template(template)
    way = Channel(channel) if channel else way_to(to, wording)
    subject, body = _words(wording, way, {**context, **dict.fromkeys(wording.secret, HIDDEN)})
    row = Message(
        key=key,
        template=wording.name,
        channel=way,
        contest=contest,
        user_id=to.user_id,
        name=storable(to.name)[:120],
        address=storable(to.address(way))[:320],
        subject=subject,
        body=body,
        created_at=at,
        due_at=due or at,
        expires_at=expires_at,
    )
    if way == Channel.SITE:
        row.state, row.sent_at = State.SENT, at
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return Message.objects.get(key=key)
    if way != Channel.SITE:
        enqueue_sending(row)
    return row


def enqueue_sending(row: Message) -> None:
    """Have a worker send `row` when it is due, for its present turn."""
    enqueue(
        "messages.send",
        {"message_id": str(row.pk), "turn": row.turn},
        subject=f"message:{row.pk}",
        scope=f"contest:{row.contest}" if row.contest else "",
        run_at=row.due_at if row.due_at > row.created_at else None,
    )


def _template(name: str) -> Template:
    return template(name)


def _words(wording: Template, way: Channel, context: Mapping[str, Any]) -> tuple[str, str]:
    subject = " ".join(fill(wording.subject, context).split())[:LONGEST_SUBJECT]
    text = {Channel.SMS: wording.sms, Channel.ROBOT: wording.robot}.get(way, "") or wording.body
    return storable(subject), storable(fill(text, context))
