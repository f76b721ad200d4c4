"""An append-only chain of events: each one's hash covers its content and the hash before it.

It shows that a record was changed, dropped, inserted or moved; it does not prevent it, and an
insider who rewrites everything up to the head is only caught by a head kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from fengcai.core.ledger.canonical import canonical

_EVENT = b"fengcai.ledger.event.v1\n"
_START = b"fengcai.ledger.start.v1\n"

What = Literal["hash", "previous", "gap", "reorder", "end"]


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: how many events it has, and the hash of the last one (64 hex digits)."""

    sequence: int
    hash: str


def start(chain: str) -> Head:
    """The head of an empty chain, bound to its name so that no chain passes for another."""
    return Head(0, hashlib.sha256(_START + canonical(chain)).hexdigest())


ORIGIN = start("")


@dataclass(frozen=True, slots=True)
class Event:
    """One recorded act.

    ``sequence`` counts from 1; ``at`` is UTC ISO 8601 with microseconds and ``Z``; ``details``
    holds canonical JSON values only; ``previous`` and ``hash`` are 64 hex digits.
    """

    sequence: int
    at: str
    actor: str
    action: str
    subject: str
    details: Mapping[str, Any]
    previous: str
    hash: str

    @property
    def head(self) -> Head:
        """The head of the chain that ends with this event."""
        return Head(self.sequence, self.hash)

    def content(self) -> dict[str, Any]:
        """What the hash covers: every field but the hash itself."""
        return {
            "sequence": self.sequence,
            "at": self.at,
            "actor": self.actor,
            "action": self.action,
            "subject": self.subject,
            "details": self.details,
            "previous": self.previous,
        }

    def to_json(self) -> dict[str, Any]:
        """All fields, as JSON values."""
        return {**self.content(), "hash": self.hash}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Event:
        """Read what ``to_json`` wrote; ``ValueError`` for other fields or types, no verification."""
        wrong = set(data) ^ set(_TYPES)
        wrong |= {name for name, type_ in _TYPES.items() if type(data.get(name)) is not type_}
        if wrong:
            raise ValueError(f"not an event; wrong or missing: {', '.join(sorted(wrong))}")
        return cls(**data)


_TYPES: Mapping[str, type] = {
    "sequence": int,
    "at": str,
    "actor": str,
    "action": str,
    "subject": str,
    "details": dict,
    "previous": str,
    "hash": str,
}


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain first fails.

    ``what``: ``hash`` (the content was changed), ``previous`` (it does not follow from the event
    before), ``gap`` (events are missing), ``reorder`` (events stand elsewhere), ``end`` (the chain
    is shorter, longer or other than the head that was kept).
    """

    sequence: int
    what: What
    text: str


def instant(at: datetime) -> str:
    """An aware instant as an event holds it: UTC ISO 8601 with microseconds and ``Z``.

    Raises ``ValueError`` for a naive one.
    """
    if at.utcoffset() is None:
        raise ValueError("the instant of an event needs a time zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def append(
    previous: Head | Event | None,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    details: Mapping[str, Any],
) -> Event:
    """The next event after ``previous`` (``None``: the first of the nameless chain).

    ``at`` must carry a time zone. Raises ``TypeError`` or ``ValueError`` where a value has no
    canonical form. The event holds its own copy of ``details``, as canonical JSON gives it back.
    """
    head = ORIGIN if previous is None else previous
    content = {
        "sequence": head.sequence + 1,
        "at": instant(at),
        "actor": actor,
        "action": action,
        "subject": subject,
        "details": details,
        "previous": head.hash,
    }
    data = canonical(content)
    return Event(**json.loads(data), hash=_digest(data))


def verify(
    events: Iterable[Event], *, begin: Head = ORIGIN, end: Head | None = None
) -> tuple[Break, ...]:
    """Say where the chain first breaks, and every way in which it does there; empty if intact.

    ``begin`` is the head that the first event must follow. Without ``end``, a head kept elsewhere,
    a chain cut short at its tail cannot be told from a short one. Reads the events once and keeps
    one at a time.
    """
    head = begin
    rest = iter(events)
    for event in rest:
        broken = tuple(_breaks(event, head, rest))
        if broken:
            return broken
        head = event.head
    if end is None or head == end:
        return ()
    if head.sequence == end.sequence:
        text = f"第 {head.sequence} 条记录与另存的链尾不是同一条。"
        return (Break(head.sequence, "end", text),)
    text = f"记录到第 {head.sequence} 条为止，另存的链尾却是第 {end.sequence} 条。"
    return (Break(min(head.sequence, end.sequence) + 1, "end", text),)


def _breaks(event: Event, head: Head, rest: Iterator[Event]) -> Iterator[Break]:
    due = head.sequence + 1
    if event.sequence < due:
        text = f"应是第 {due} 条记录，却又出现第 {event.sequence} 条：记录重复或次序被改动。"
        yield Break(due, "reorder", text)
    elif event.sequence > due:
        if any(later.sequence == due for later in rest):
            yield Break(due, "reorder", f"第 {due} 条记录排到了第 {event.sequence} 条之后。")
        else:
            yield Break(due, "gap", f"缺少第 {due} 条记录，后面直接是第 {event.sequence} 条。")
        return
    if event.previous != head.hash:
        text = f"第 {due} 条记录所接的前一条，与链上的前一条不一致。"
        yield Break(due, "previous", text)
    if event.hash != _hash_of(event):
        yield Break(due, "hash", f"第 {due} 条记录的内容与它的校验值不符：内容被改动过。")


def _hash_of(event: Event) -> str:
    """The hash that the event's content gives; empty where it is not in canonical form itself.

    Without that second condition, text could be swapped for look-alikes that NFC makes equal.
    """
    content = event.content()
    try:
        data = canonical(content)
    except (TypeError, ValueError):
        return ""
    return _digest(data) if json.loads(data) == content else ""


def _digest(data: bytes) -> str:
    return hashlib.sha256(_EVENT + data).hexdigest()
