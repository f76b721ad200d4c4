"""Posting a message: its row is written beside the change that causes it, a job sends it.

Deciding about what did not go out stands in `deciding`, writing to many in `bulk`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db import IntegrityError, transaction

from fengcai.apps.messages import keeping, unsubscribing
from fengcai.apps.messages.keeping import Attachment
from fengcai.apps.messages.models import BulkSend, Channel, Message, State
from fengcai.apps.messages.queueing import put_into_queue
from fengcai.apps.messages.recipients import Recipient, way_to
from fengcai.apps.messages.sealing import seal
from fengcai.apps.messages.templates import (
    HIDDEN,
    Template,
    fields_in,
    fill,
    in_words,
    register_template,
)
from fengcai.apps.messages.templates import template as template_called
from fengcai.apps.texts import storable
from fengcai.engines import storage
from fengcai.engines.delivery import robot

__all__ = ["Attachment", "Preview", "Recipient", "Way", "post", "preview", "register_template"]

Way = Literal["mail", "sms", "robot", "site"]
LONGEST_SUBJECT = 300
LONGEST_KEY = 200
NO_WAY_OUT = "邀请和宣传要带退订链接，而站点地址（FENGCAI_PUBLIC_URL）还没有设置，没有发送。"
SECRETS_LIVE = timedelta(hours=24)
"""A message with a secret in it that nobody gave an end is not sent after this."""


@dataclass(frozen=True)
class Preview:
    """A message as it would go out. `trouble` says why it would not, in Chinese."""

    channel: str
    channel_name: str
    name: str
    address: str
    subject: str
    body: str
    trouble: str = ""


def preview(
    *, template: str, to: Recipient, context: Mapping[str, Any], channel: Way | None = None,
    contest: int | None = None,
) -> Preview:  # fmt: skip
    """Fill a template in without sending anything. Raises UnknownTemplate, MissingField."""
    wording = template_called(template)
    way = Channel(channel) if channel else way_to(to, wording)
    subject, body = _words(wording, way, context)
    if _may_unsubscribe(wording, way) and to.email:
        body += unsubscribing.LINE.format(link="（每人一个退订链接）")
    trouble = _unreachable(way, to)
    return Preview(str(way), str(way.label), to.name, to.address(way), subject, body, trouble)


def post(
    *,
    template: str,
    to: Recipient,
    context: Mapping[str, Any],
    channel: Way | None = None,
    key: str,
    contest: int | None,
    at: datetime,
    due: datetime | None = None,
    expires_at: datetime | None = None,
    attachments: Sequence[Attachment] = (),
    in_reply_to: str = "",
    reply_to: str = "",
    link: str = "",
    bulk: BulkSend | None = None,
) -> Message:
    """Write one message and the job that sends it, in the caller's transaction.

    `key` names the occasion and the person; posted again under it, the first row is returned and
    nothing is sent. Without `channel` the best way for this person is taken. Not sent before `due`, nor
    after `expires_at`. `in_reply_to` is the Message-ID that a receipt answers (then the mail says so
    and counts as an automatic answer); `link` a path of this site that a notice leads to. What a robot
    cannot take in one post becomes several messages, of which the first is returned.

    An address that is missing makes a row that failed, so that the office sees it. Raises
    UnknownTemplate and MissingField, a programmer's mistakes, and `Refused` for too large attachments.
    """
    if not key or len(key) > LONGEST_KEY:
        raise ValueError(f"a message's key has 1 to {LONGEST_KEY} characters, not {len(key)}")
    wording = template_called(template)
    way = Channel(channel) if channel else way_to(to, wording)
    if known := Message.objects.filter(key=key).first():
        return known
    shown = {**context, **{name: HIDDEN for name in wording.secret if name in context}}
    subject, body = _words(wording, way, shown)
    row = Message(
        key=key,
        template=wording.name,
        channel=way,
        contest=contest,
        bulk=bulk,
        user_id=to.user_id,
        name=storable(to.name)[:120],
        address=storable(to.address(way)).strip()[:320],
        subject=subject,
        body=body,
        link=link[:300],
        headers={"In-Reply-To": in_reply_to, "Reply-To": reply_to},
        params=_params(wording, way, shown),
        may_unsubscribe=_may_unsubscribe(wording, way),
        created_at=at,
        due_at=max(due or at, at),
        expires_at=expires_at,
    )
    if wording.secret:
        real_subject, real_body = _words(wording, way, context)
        real = {
            "subject": real_subject,
            "body": real_body,
            "params": _params(wording, way, context),
        }
        row.sealed = "" if way == Channel.SITE else seal(real)
        row.expires_at = expires_at or row.due_at + SECRETS_LIVE
    trouble = _unreachable(way, to)
    if row.may_unsubscribe and not trouble:
        leave = unsubscribing.link_for(row.address, contest)
        trouble = "" if leave else NO_WAY_OUT
        row.body += unsubscribing.LINE.format(link=leave)
    if trouble:
        row.state, row.cause, row.sealed = State.FAILED, trouble, ""
    elif way == Channel.SITE:
        row.state, row.sent_at = State.SENT, at
    first, *rest = _pieces(row)
    keeping.check_files(attachments)
    made = _insert(first, attachments if way == Channel.MAIL else ())
    for piece in rest:
        _insert(piece, ())
    return made


def _insert(row: Message, files: Sequence[Attachment]) -> Message:
    """The row with its files and its job; or the one that came first under its key."""
    try:
        with storage.provisional(), transaction.atomic():
            row.save(force_insert=True)
            keeping.keep_files(row, files)
            if row.state == State.QUEUED:
                put_into_queue(row)
    except IntegrityError:
        known = Message.objects.filter(key=row.key).first()
        if known is None:
            raise
        return known
    return row


def _pieces(row: Message) -> list[Message]:
    if row.channel != Channel.ROBOT:
        return [row]
    parts = list(robot.pieces(row.body)) or [""]
    row.body = parts[0]
    rest = []
    for number, part in enumerate(parts[1:], start=2):
        copy = Message(
            **{
                field.attname: getattr(row, field.attname)
                for field in Message._meta.concrete_fields
                if field.name != "id"
            }
        )
        copy.key, copy.body = f"{row.key[: LONGEST_KEY - 5]}#{number:02}", part
        rest.append(copy)
    return [row, *rest]


def _words(wording: Template, way: Channel, context: Mapping[str, Any]) -> tuple[str, str]:
    subject = " ".join(fill(wording.subject, context).split())[:LONGEST_SUBJECT]
    text = {Channel.SMS: wording.sms, Channel.ROBOT: wording.robot}.get(way, "") or wording.body
    return storable(subject), storable(fill(text, context))


def _params(wording: Template, way: Channel, context: Mapping[str, Any]) -> dict[str, str]:
    """The values that a provider's template of a text message is filled with."""
    if way != Channel.SMS:
        return {}
    return {name: storable(in_words(context[name])) for name in fields_in(wording.sms)}


def _may_unsubscribe(wording: Template, way: Channel) -> bool:
    return wording.bulk and way == Channel.MAIL


def _unreachable(way: Channel, to: Recipient) -> str:
    if way == Channel.MAIL and not to.email.strip():
        return "没有邮箱地址。"
    if way == Channel.SMS and not to.phone.strip():
        return "没有手机号码。"
    if way == Channel.SITE and to.user_id is None:
        return "没有账号，看不到站内消息。"
    return ""
