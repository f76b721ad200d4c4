"""Reading the audit record: pages of it, and the recount that shows whether it was touched."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fengcai.apps.audit.models import PERSONAL, AuditChain, AuditRecord, AuditSecret
from fengcai.core.ledger import Break, Event, Head, instant, salted, start, verify

_CHUNK = 200


@dataclass(frozen=True, slots=True)
class Personal:
    """A personal value of a record: ``value`` is None once erased; ``intact`` if it is the one."""

    name: str
    value: str | None
    intact: bool


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One record, ready to show; ``details`` without the commitments, which ``personal`` tells."""

    sequence: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: Mapping[str, Any]
    personal: tuple[Personal, ...]
    hash: str


@dataclass(frozen=True, slots=True)
class ChainRow:
    """One chain and its head, as it stands."""

    name: str
    length: int
    head: str


@dataclass(frozen=True, slots=True)
class VerifiedChain:
    """The recount of one chain.

    ``length`` and ``head`` are of the part that is intact; ``broken_at`` is the first broken
    sequence, ``what`` the kind (see ``core.ledger.Break``), ``problem`` the same in Chinese.
    """

    name: str
    ok: bool
    length: int
    head: str
    broken_at: int | None = None
    what: str = ""
    problem: str = ""

    @property
    def events(self) -> int:
        """How many records are intact; the same as ``length``."""
        return self.length


def records(
    chain: str, subject: str | None = None, limit: int = 100, *, before: int | None = None
) -> tuple[RecordRow, ...]:
    """The latest ``limit`` records, newest first; of one subject; ``before`` a sequence (paging).

    Two SQL statements, whatever the number of rows.
    """
    rows = AuditRecord.objects.filter(chain=chain)
    if subject is not None:
        rows = rows.filter(subject=subject)
    if before is not None:
        rows = rows.filter(sequence__lt=before)
    page = list(rows.order_by("-sequence")[:limit])
    secrets: dict[int, dict[str, AuditSecret]] = {one.pk: {} for one in page}
    for secret in AuditSecret.objects.filter(record__in=list(secrets)):
        secrets[secret.record_id][secret.name] = secret
    return tuple(_row(one, secrets[one.pk]) for one in page)


def chains() -> tuple[ChainRow, ...]:
    """All chains by name."""
    rows = AuditChain.objects.order_by("name")
    return tuple(ChainRow(one.name, one.sequence, one.hash) for one in rows)


def verify_all() -> tuple[VerifiedChain, ...]:
    """Recount every chain, also those whose head row or whose records are gone."""
    names = set(AuditChain.objects.values_list("name", flat=True))
    names |= set(AuditRecord.objects.order_by().values_list("chain", flat=True).distinct())
    return tuple(verify_chain(name) for name in sorted(names))


def verify_chain(chain: str) -> VerifiedChain:
    """Recount a chain from its first record, and compare it with its head row.

    Reads in chunks, so memory does not grow with the chain. Takes no lock: records that others
    append meanwhile are counted or not, but never taken for a break. A chain nobody wrote to is
    intact and empty.
    """
    before = _head(chain)
    try:
        walk, broken = _walk(chain, before, _CHUNK)
    except _Unreadable:  # one row spoils its whole chunk: find it by reading one at a time
        walk, broken = _walk(chain, before, 1)
    if broken is None:
        broken = _end(walk, before, _head(chain))
    if broken is None:
        return VerifiedChain(chain, True, walk.intact.sequence, walk.intact.hash)
    return VerifiedChain(
        chain,
        False,
        walk.intact.sequence,
        walk.intact.hash,
        broken.sequence,
        broken.what,
        broken.text,
    )


class _Unreadable(Exception):
    """A row of a chunk of several cannot be read at all."""


class _Walk:
    """Remembers, of the events that pass by, the last intact one and the one at ``mark``."""

    def __init__(self, begin: Head, mark: int) -> None:
        self.intact = begin
        self.mark = mark
        self.marked = begin.hash if mark == begin.sequence else ""

    def events(self, chain: str, chunk: int) -> Iterator[Event]:
        """The chain's events; to be asked for the next one means that the last was intact.

        Save where ``verify`` looks past a gap for the missing event: hence the second condition.
        """
        rows = AuditRecord.objects.filter(chain=chain).order_by("sequence")
        for one in rows.iterator(chunk_size=chunk):
            event = _event(one)
            yield event
            if event.sequence == self.intact.sequence + 1:
                self.intact = event.head
            if event.sequence == self.mark:
                self.marked = event.hash


def _walk(chain: str, before: Head, chunk: int) -> tuple[_Walk, Break | None]:
    walk = _Walk(start(chain), before.sequence)
    try:
        broken = verify(walk.events(chain, chunk), begin=start(chain))
    except ValueError:  # by Django, for a column that is no longer what it should be
        if chunk > 1:
            raise _Unreadable from None
        due = walk.intact.sequence + 1
        return walk, Break(due, "hash", f"第 {due} 条记录已读不出来：内容被改动过。")
    return walk, broken[0] if broken else None


def _end(walk: _Walk, before: Head, after: Head) -> Break | None:
    """Compare an unbroken chain with its head row, read before and after the walk."""
    last = walk.intact.sequence
    if last < before.sequence:
        text = f"记录到第 {last} 条为止，链尾登记的却是第 {before.sequence} 条：末尾的记录被删去。"
        return Break(last + 1, "end", text)
    if last > after.sequence:
        text = f"链尾登记的是第 {after.sequence} 条，却有第 {last} 条：记录或链尾被改动过。"
        return Break(after.sequence + 1, "end", text)
    if walk.marked != before.hash:
        text = f"第 {before.sequence} 条记录与链尾的登记不符：记录或链尾被改动过。"
        return Break(before.sequence, "end", text)
    return None


def _head(chain: str) -> Head:
    row = AuditChain.objects.filter(name=chain).first()
    return start(chain) if row is None else Head(row.sequence, row.hash)


def _event(one: AuditRecord) -> Event:
    if one.at is None:  # what Django makes of a text in SQLite that is no date
        raise ValueError("the instant cannot be read")
    return Event(
        sequence=one.sequence,
        at=instant(one.at),
        actor=one.actor,
        action=one.action,
        subject=one.subject,
        details=one.details,
        previous=one.previous,
        hash=one.hash,
    )


def _row(one: AuditRecord, secrets: Mapping[str, AuditSecret]) -> RecordRow:
    told = dict(one.details)
    personal: list[Personal] = []
    for name, commitment in sorted(told.pop(PERSONAL, {}).items()):
        secret = secrets.get(name)
        if secret is None:
            personal.append(Personal(name, None, intact=True))
        else:
            same = hmac.compare_digest(salted(secret.value, secret.salt), commitment)
            personal.append(Personal(name, secret.value, intact=same))
    return RecordRow(
        one.sequence,
        one.at,
        one.actor,
        one.action,
        one.subject,
        told,
        tuple(personal),
        one.hash,
    )
