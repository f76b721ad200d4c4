"""Reads and writes of the `Upload` row, each a statement or two. Synchronous.

The receiver calls them through `in_database`. Does not touch files, and does not decide what a
request deserves.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections

from fengcai.engines.uploads.grants import Grant
from fengcai.engines.uploads.models import Upload
from fengcai.engines.uploads.parts import Busy, Stamp

State = Upload.State

NOTE_EVERY = timedelta(seconds=10)  # how far the row's note may lag behind a busy file

_KEEP_DAYS = 7
_REMEMBERED = 256

_recent: OrderedDict[UUID, tuple[Stamp, Upload]] = OrderedDict()


async def in_database(work: Callable[..., Any], *arguments: Any) -> Any:
    """Run ORM code in the request's own thread, leaving no connection open behind it.

    An upload lasts minutes or hours; it must not hold a database connection meanwhile.
    """

    def run() -> Any:
        close_old_connections()
        try:
            return work(*arguments)
        finally:
            close_old_connections()

    return await sync_to_async(run, thread_sensitive=True)()


def keep() -> timedelta:
    """How long an upload lasts after its last byte: FENGCAI_UPLOAD_KEEP_DAYS, else seven days."""
    return timedelta(days=getattr(settings, "FENGCAI_UPLOAD_KEEP_DAYS", _KEEP_DAYS))


def create(grant: Grant, *, length: int, filename: str, metadata: str, at: datetime) -> Upload:
    """A new row, receiving, nothing arrived yet."""
    return Upload.objects.create(
        id=uuid4(),
        purpose=grant.purpose,
        subject=grant.subject,
        owner=grant.owner,
        filename=filename,
        metadata=metadata,
        length=length,
        created_at=at,
        updated_at=at,
        expires_at=at + keep(),
    )


def open_uploads(owner: str) -> int:
    """How many uploads of `owner` are still arriving."""
    return Upload.objects.filter(owner=owner, state=State.RECEIVING).count()


def load(upload_id: UUID) -> Upload | None:
    """The row, or None."""
    return Upload.objects.filter(pk=upload_id).first()


def remember(row: Upload, stamp: Stamp) -> None:
    """Keep a row between two requests; a client that sends many chunks then costs no statement.

    `stamp` is the file's, taken under its lock. Whoever changes anything else about a receiving
    upload deletes the file or changes its stamp, so a row whose stamp still fits is up to date.
    """
    _recent[row.pk] = (stamp, row)
    while len(_recent) > _REMEMBERED:
        _recent.popitem(last=False)


def recall(upload_id: UUID, stamp: Stamp) -> Upload | None:
    """The row kept under this very stamp, or None: then `load` it."""
    kept = _recent.get(upload_id)
    return kept[1] if kept is not None and kept[0] == stamp else None


def note_is_due(row: Upload, *, at: datetime) -> bool:
    """Whether the row should be told how far its file has come."""
    return row.unverified or at - row.updated_at >= NOTE_EVERY


def _change(row: Upload, was: State, **values: Any) -> bool:
    changed = Upload.objects.filter(pk=row.pk, state=was, epoch=row.epoch).update(**values)
    if changed:
        for name, value in values.items():
            setattr(row, name, value)
    return bool(changed)


def begin_unverified(row: Upload, *, offset: int, at: datetime) -> None:
    """Note that bytes after `offset` do not count until their checksum has been seen.

    Raises Busy when the upload is in other hands by now.
    """
    if not _change(row, State.RECEIVING, offset=offset, unverified=True, updated_at=at):
        raise Busy


def advance(row: Upload, *, offset: int, at: datetime) -> bool:
    """Note how far the file has come; the upload lives on from `at`. False: not ours any more."""
    return _change(
        row,
        State.RECEIVING,
        offset=offset,
        unverified=False,
        updated_at=at,
        expires_at=at + keep(),
    )


def finish(row: Upload, *, sha256: str, at: datetime) -> None:
    """Receiving → finished: the whole file is durable. Else `row` is read again."""
    changed = _change(
        row,
        State.RECEIVING,
        state=State.FINISHED,
        offset=row.length,
        unverified=False,
        size=row.length,
        sha256=sha256,
        finished_at=at,
        updated_at=at,
    )
    if not changed:
        row.refresh_from_db()


def refuse(row: Upload, *, text: str, at: datetime) -> None:
    """Finished → refused, with the text that the person is shown."""
    _change(row, State.FINISHED, state=State.REFUSED, refusal=text, updated_at=at)


def end(row: Upload, state: State, *, at: datetime) -> bool:
    """Receiving → expired or terminated."""
    return _change(row, State.RECEIVING, state=state, updated_at=at)
