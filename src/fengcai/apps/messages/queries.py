"""What pages and commands may know of the outbox, and of a person's own messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Min, Q, QuerySet

from fengcai.apps.messages.models import BulkSend, Channel, Message, State
from fengcai.apps.messages.rules import require_managing
from fengcai.apps.messages.templates import templates, title_of
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound

PER_PAGE = 50
STATES: Mapping[str, str] = {str(value): str(label) for value, label in State.choices}
CHANNELS: Mapping[str, str] = {str(value): str(label) for value, label in Channel.choices}
_AGAIN = (State.FAILED, State.HELD, State.CANCELLED)


@dataclass(frozen=True)
class Filters:
    """What of an outbox is asked for; empty: everything. `text` is looked for in name, address, subject."""

    state: str = ""
    channel: str = ""
    template: str = ""
    text: str = ""
    bulk: int | None = None
    page: int = 1


@dataclass(frozen=True)
class MessageRow:
    """One line of an outbox."""

    id: UUID
    contest: int | None
    template: str
    channel: str
    channel_name: str
    name: str
    address: str
    subject: str
    state: str
    state_name: str
    cause: str
    unsure: bool
    attempts: int
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
    bounced_at: datetime | None
    read_at: datetime | None
    may_again: bool
    may_cancel: bool


@dataclass(frozen=True)
class Detail:
    """One message whole."""

    row: MessageRow
    body: str
    files: tuple[tuple[str, int], ...]
    started_at: datetime | None
    expires_at: datetime | None
    provider_id: str
    bulk: int | None


@dataclass(frozen=True)
class OutboxPage:
    """A page of an outbox: its rows, and how many there are in each state before that filter."""

    rows: tuple[MessageRow, ...]
    counts: Mapping[str, int]
    total: int
    page: int
    pages: int
    templates: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class OwnMessage:
    """A message as its recipient reads it."""

    id: UUID
    contest: int | None
    channel: str
    subject: str
    body: str
    link: str
    sent_at: datetime
    unread: bool


@dataclass(frozen=True)
class Standing:
    """How the outbox of the installation is: messages by channel and state, and what waits longest."""

    counts: Mapping[tuple[str, str], int]
    oldest_due: datetime | None
    causes: Sequence[tuple[str, str, int]]

    def of(self, channel: str, *states: str) -> int:
        """How many messages of a channel are in these states."""
        return sum(self.counts.get((channel, state), 0) for state in states)


def outbox(*, contest: int | None, by: User, filters: Filters) -> OutboxPage:
    """A page of a contest's outbox, or of the whole installation's. 2 SQL. Raises `NotPermitted`."""
    require_managing(by, contest)
    rows = Message.objects.all() if contest is None else Message.objects.filter(contest=contest)
    if filters.channel in CHANNELS:
        rows = rows.filter(channel=filters.channel)
    if filters.template:
        rows = rows.filter(template=filters.template)
    if filters.bulk is not None:
        rows = rows.filter(bulk=filters.bulk)
    if text := filters.text.strip().replace("\0", "")[:60]:
        rows = rows.filter(
            Q(name__icontains=text) | Q(address__icontains=text) | Q(subject__icontains=text)
        )
    counts = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    chosen = rows.filter(state=filters.state) if filters.state in STATES else rows
    total = counts.get(filters.state, 0) if filters.state in STATES else sum(counts.values())
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(1, filters.page), pages)
    some = chosen.defer("body", "sealed", "params", "headers")
    return OutboxPage(
        rows=tuple(_row(row) for row in some[(page - 1) * PER_PAGE : page * PER_PAGE]),
        counts=counts,
        total=total,
        page=page,
        pages=pages,
        templates=tuple((each.name, each.title) for each in templates()),
    )


def message(*, message_id: UUID, contest: int | None, by: User) -> Detail:
    """One message of an outbox. 2 SQL. Raises `NotPermitted`, `NotFound`."""
    require_managing(by, contest)
    rows = Message.objects.filter(pk=message_id)
    row = (rows if contest is None else rows.filter(contest=contest)).first()
    if row is None:
        raise NotFound("发件箱里没有这条消息。")
    return Detail(
        row=_row(row),
        body=row.body,
        files=tuple((each.name, each.size) for each in row.files.all()),
        started_at=row.started_at,
        expires_at=row.expires_at,
        provider_id=row.provider_id,
        bulk=row.bulk_id,
    )


def bulks(*, contest: int, by: User, most: int = 20) -> list[tuple[BulkSend, int]]:
    """The newest bulk sends with how many of each still wait. 1 SQL. Raises `NotPermitted`."""
    require_managing(by, contest)
    waiting = Count("messages", filter=Q(messages__state__in=(State.QUEUED, State.HELD)))
    rows = BulkSend.objects.filter(contest=contest).annotate(waiting=waiting).select_related("by")
    return [(row, row.waiting) for row in rows[:most]]


def own_messages(user: User, *, page: int = 1) -> tuple[list[OwnMessage], int]:
    """What was sent to an account by any way, newest first, and the number of pages. 2 SQL.

    Messages whose words were not kept (codes, links) are left out.
    """
    rows = _own(user)
    pages = max(1, -(-rows.count() // PER_PAGE))
    start = (min(max(1, page), pages) - 1) * PER_PAGE
    found = [
        OwnMessage(
            id=row.pk,
            contest=row.contest,
            channel=CHANNELS[row.channel],
            subject=row.subject,
            body=row.body,
            link=row.link,
            sent_at=row.sent_at or row.created_at,
            unread=row.read_at is None,
        )
        for row in rows.order_by("-sent_at", "-pk")[start : start + PER_PAGE]
    ]
    return found, pages


def unread(user: User) -> int:
    """How many messages an account has not opened yet. 1 SQL."""
    return _own(user).filter(read_at=None).count()


@transaction.atomic
def mark_read(*, user: User, messages: Sequence[UUID], at: datetime) -> int:
    """Note that an account has seen messages of its own; again changes nothing. 1 SQL."""
    return _own(user).filter(pk__in=messages, read_at=None).update(read_at=at)


def standing(*, at: datetime) -> Standing:
    """The installation's outbox in figures, for commands. 3 SQL."""
    pairs = Message.objects.order_by().values_list("channel", "state").annotate(n=Count("pk"))
    waits = Message.objects.filter(state=State.QUEUED, due_at__lte=at)
    causes = (
        Message.objects.filter(state__in=(State.HELD, State.FAILED))
        .exclude(cause="")
        .order_by()
        .values_list("channel", "cause")
        .annotate(n=Count("pk"))
        .order_by("-n", "channel", "cause")
    )
    return Standing(
        counts={(channel, state): n for channel, state, n in pairs},
        oldest_due=waits.aggregate(first=Min("due_at"))["first"],
        causes=list(causes[:10]),
    )


def _own(user: User) -> QuerySet[Message]:
    hidden = [each.name for each in templates() if each.secret]
    rows = Message.objects.filter(user=user, state=State.SENT, erased_at=None)
    return rows.exclude(template__in=hidden)


def _row(row: Message) -> MessageRow:
    return MessageRow(
        id=row.pk,
        contest=row.contest,
        template=title_of(row.template),
        channel=row.channel,
        channel_name=CHANNELS.get(row.channel, row.channel),
        name=row.name,
        address=row.address,
        subject=row.subject,
        state=row.state,
        state_name="退信" if row.bounced_at else STATES.get(row.state, row.state),
        cause=row.cause,
        unsure=row.unsure,
        attempts=row.attempts,
        created_at=row.created_at,
        due_at=row.due_at,
        sent_at=row.sent_at,
        bounced_at=row.bounced_at,
        read_at=row.read_at,
        may_again=(row.state in _AGAIN or bool(row.bounced_at)) and row.erased_at is None,
        may_cancel=row.state in (State.QUEUED, State.HELD),
    )
