"""Whether mail goes out: a test mail sent at once, before the eyes of whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction

from fengcai.apps.messages import wordings
from fengcai.apps.messages.actions import post
from fengcai.apps.messages.models import Message, State
from fengcai.apps.messages.recipients import Recipient
from fengcai.apps.messages.sending import carry_out
from fengcai.apps.messages.templates import fill, template
from fengcai.apps.messages.ways import mail_server
from fengcai.apps.people.models import User
from fengcai.engines.delivery import NotSent, mail

OUT_OF_THE_WAY = timedelta(minutes=10)
"""A worker looks at the row only then, and finds it done."""


@dataclass(frozen=True)
class Tried:
    """What became of it: `sentence` is Chinese and says what to do."""

    sent: bool
    sentence: str


def check_server(server: mail.Server | None = None) -> Tried:
    """Connect and sign in without sending; the installation's own server unless told."""
    asked = server or mail_server()
    if asked is None:
        return Tried(False, "还没有设置发信服务器（FENGCAI_MAIL_URL），邮件都留在发件箱里。")
    try:
        return Tried(True, f"{mail.check(asked)}。")
    except NotSent as failure:
        return Tried(False, failure.reason)


def send_test_mail(
    *, to: str, at: datetime, by: User | None = None, server: mail.Server | None = None
) -> Tried:
    """Send one test mail now and say what became of it.

    Without `server` the installation's own is used, and the mail is a row of the outbox like any other.
    With one (settings that are being tried before they are saved) nothing is kept.
    """
    address = to.strip()
    if not mail.is_address(address):
        return Tried(False, "邮箱地址写得不对，没有发送。")
    if server is not None:
        return _directly(server, address, at)
    with transaction.atomic():
        row = post(
            template=wordings.TEST,
            to=Recipient(by.pk if by else None, "", address),
            context={"时间": at},
            channel="mail",
            key=f"{wordings.TEST}:{uuid4()}",
            contest=None,
            at=at,
            due=at + OUT_OF_THE_WAY,
        )
    carry_out(str(row.pk), row.turn, at=at)
    # What could not be sent now is not sent later: whoever tries wants to know, and tries again.
    unsent = Message.objects.filter(pk=row.pk, state__in=(State.QUEUED, State.HELD))
    cause = unsent.values_list("cause", flat=True).first()
    unsent.update(state=State.FAILED)
    row.refresh_from_db()
    if row.state == State.SENT:
        return Tried(True, _well(mail_server()))
    return Tried(False, cause or row.cause or "测试邮件没有发出。")


def _directly(server: mail.Server, address: str, at: datetime) -> Tried:
    wording, context = template(wordings.TEST), {"时间": at}
    message = mail.Mail(
        to=address,
        subject=fill(wording.subject, context),
        text=fill(wording.body, context),
        message_id=f"<{uuid4().hex}@{server.sender.rpartition('@')[2]}>",
        at=at,
    )
    try:
        mail.send(server, message)
    except NotSent as failure:
        return Tried(False, failure.reason)
    return Tried(True, _well(server))


def _well(server: mail.Server | None) -> str:
    if server is not None and not server.leaves:
        return "测试邮件已生成；现在的设置只显示或存成文件，不会真正发出。"
    return (
        "邮件服务器已收下测试邮件。请到收件箱（和垃圾箱）里看一看；几分钟内没有就是对方没有收下。"
    )
