"""Sending one message: what is written before, what after, and what a crash in between means.

The row says `sending` before a byte leaves and `sent` after the other side has said yes. A worker that
finds a row `sending` knows that another died in between, or waits still: the message may have gone out.
It goes out again only where twice does no harm (`repeatable`); all else is held for a person to decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from fengcai.apps.messages import unsubscribing, ways
from fengcai.apps.messages.keeping import drop_files, read_files
from fengcai.apps.messages.models import Channel, Message, State
from fengcai.apps.messages.queueing import queue_again
from fengcai.apps.messages.sealing import unseal
from fengcai.apps.messages.templates import is_repeatable, is_urgent
from fengcai.engines.delivery import NotSent, mail, robot, sms
from fengcai.engines.storage import StorageTrouble

MOST_ATTEMPTS = 7
WAITS = tuple(timedelta(minutes=each) for each in (1, 4, 15, 60, 240, 720))
"""After the first failure a minute, and so on: a server that is away over night does no harm."""
UNSURE = "发送途中程序中断，不能确定是否已经发出。请先向收件人核实，再决定重新发送还是记为已发出。"
TOO_LATE = "过了有效时间还没有发出，不再发送。"


@dataclass(frozen=True)
class _Taken:
    """A message that this worker may send now, and the number of its attempt."""

    row: Message
    attempt: int


def carry_out(message_id: str, turn: int, *, at: datetime) -> str:
    """Send a message if it is still due in this turn; returns its state afterwards.

    Outside any transaction: what is written before must stand before anything leaves.
    """
    taken = _take(message_id, turn, at)
    if taken is None:
        return Message.objects.filter(pk=message_id).values_list("state", flat=True).first() or ""
    try:
        said = _deliver(taken.row)
    except NotSent as failure:
        return _not_sent(taken, failure, at)
    return _sent(taken, said, at)


@transaction.atomic
def _take(message_id: str, turn: int, at: datetime) -> _Taken | None:
    """Lock the row, look whether it may go out, and write that it is being sent."""
    row = (
        Message.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk=message_id, turn=turn)
        .first()
    )
    if row is None or row.state not in (State.QUEUED, State.SENDING):
        return None
    if row.sealed:
        _forget_what_expired(row.channel, at)
    if row.state == State.SENDING and not is_repeatable(row.template):
        _end(row, State.HELD, UNSURE, unsure=True)
        return None
    if row.expires_at is not None and row.expires_at <= at:
        _end(row, State.FAILED, TOO_LATE)
        return None
    if row.may_unsubscribe and unsubscribing.refuses(row.address, row.contest):
        _end(row, State.SUPPRESSED, "收件人已退订这类邮件。")
        return None
    if not _configured(row):
        _end(row, State.HELD, ways.NOT_SET[Channel(row.channel)])
        return None
    if row.state == State.QUEUED and (later := _crowded(row, at)):
        queue_again(row, due=later)
        return None
    row.state, row.started_at, row.attempts = State.SENDING, at, row.attempts + 1
    row.save(update_fields=["state", "started_at", "attempts"])
    return _Taken(row, row.attempts)


def _forget_what_expired(channel: str, at: datetime) -> None:
    """Codes and links that were held until they were good for nothing are not kept any longer."""
    over = Message.objects.filter(channel=channel, state=State.HELD, expires_at__lte=at)
    over.exclude(sealed="").update(state=State.FAILED, cause=TOO_LATE, sealed="", unsure=False)


def _configured(row: Message) -> bool:
    if row.channel == Channel.MAIL:
        return ways.mail_server() is not None
    if row.channel == Channel.SMS:
        return ways.sms_provider() is not None
    return ways.robot_of(row.contest) is not None


def _crowded(row: Message, at: datetime) -> datetime | None:
    """When there is room for it, if the last minute was full. 1 SQL, 2 if so.

    It goes to the end of the line of those that wait, a pace after the last, so that eight hundred that
    are due at once are not looked at eight hundred times a minute.
    """
    if is_urgent(row.template):
        return None
    others = Message.objects.filter(channel=row.channel)
    if row.channel == Channel.ROBOT:
        others = others.filter(contest=row.contest)  # each robot has a measure of its own
    begun = others.filter(started_at__gt=at - ways.MINUTE).count()
    # One that has stood in line already is not sent to its end for a second's inexactness, but where
    # the other side counts as well.
    most = ways.most_a_minute(row.channel)
    if begun < most or (row.turn > 0 and begun == most and row.channel != Channel.ROBOT):
        return None
    waiting = others.filter(state=State.QUEUED, due_at__gt=at).aggregate(last=Max("due_at"))
    return max(at, waiting["last"] or at) + ways.pace(row.channel)


def _deliver(row: Message) -> str:
    """Hand the message over by its way; returns what names it there. Raises NotSent."""
    words = {"subject": row.subject, "body": row.body, "params": row.params}
    if row.sealed:
        hidden = unseal(row.sealed)
        if hidden is None:
            raise NotSent("其中的链接或验证码已不能读取，请重新生成。", again=False)
        words |= hidden
    if row.channel == Channel.SMS:
        provider = ways.sms_provider()
        assert provider is not None
        return sms.send(provider, row.address, row.template, words["params"])
    if row.channel == Channel.ROBOT:
        group = ways.robot_of(row.contest)
        assert group is not None
        robot.send(group, words["body"])
        return ""
    return _by_mail(row, words["subject"], words["body"])


def message_id_of(row: Message) -> str:
    """The Message-ID: the same at every attempt, so that a reader can tell a second copy."""
    return f"<{row.pk.hex}@{ways.sender_of_mail()}>"


def _by_mail(row: Message, subject: str, body: str) -> str:
    server = ways.mail_server()
    assert server is not None
    try:
        files = tuple(mail.File(f.name, f.content_type, f.content) for f in read_files(row))
    except (FileNotFoundError, StorageTrouble) as error:
        raise NotSent("邮件的附件暂时读不出来，稍后再试。", again=True, ours=True) from error
    answering = row.headers.get("In-Reply-To", "")
    number = message_id_of(row)
    unsubscribe = ""
    if row.may_unsubscribe:
        unsubscribe = unsubscribing.link_for(row.address, row.contest)
    mail.send(
        server,
        mail.Mail(
            to=row.address,
            to_name=row.name,
            subject=subject,
            text=body,
            message_id=number,
            at=row.created_at,
            reply_to=row.headers.get("Reply-To", ""),
            in_reply_to=answering,
            automatic="auto-replied" if answering else "auto-generated",
            unsubscribe=unsubscribe,
            bulk=row.bulk_id is not None,
            files=files,
        ),
        keep=True,  # another may follow in the queue
    )
    return number


@transaction.atomic
def _sent(taken: _Taken, said: str, at: datetime) -> str:
    """Also where another worker has meanwhile held it as unsure: now it is known."""
    mine = Message.objects.filter(
        pk=taken.row.pk, attempts=taken.attempt, state__in=(State.SENDING, State.HELD)
    )
    mine.update(
        state=State.SENT, sent_at=at, cause="", unsure=False, sealed="", provider_id=said[:200]
    )
    return State.SENT


@transaction.atomic
def _not_sent(taken: _Taken, failure: NotSent, at: datetime) -> str:
    """Another turn later, held for a person, or failed for good."""
    row = (
        Message.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk=taken.row.pk, attempts=taken.attempt, state=State.SENDING)
        .first()
    )
    if row is None:
        return ""
    if failure.unsure and not is_repeatable(row.template):
        return _end(row, State.HELD, failure.reason, unsure=True)
    if failure.ours and not failure.again and not failure.unsure:
        return _end(row, State.HELD, failure.reason)
    if not (failure.again or failure.unsure) or row.attempts >= MOST_ATTEMPTS:
        return _end(row, State.FAILED, failure.reason)
    wait = timedelta(seconds=failure.after_s) if failure.after_s else None
    due = at + (wait or WAITS[min(row.attempts, len(WAITS)) - 1])
    if row.expires_at is not None and due >= row.expires_at:
        return _end(row, State.FAILED, f"{failure.reason}{TOO_LATE}"[:400])
    queue_again(row, due=due, cause=failure.reason[:400])
    return State.QUEUED


def _end(row: Message, state: State, cause: str, *, unsure: bool = False) -> str:
    """Write a state in which nothing happens by itself; secrets go with the last of them."""
    row.state, row.cause, row.unsure = state, cause[:400], unsure
    if state != State.HELD:
        row.sealed = ""
    row.save(update_fields=["state", "cause", "unsure", "sealed"])
    if state == State.SUPPRESSED:
        drop_files(row)
    return state
