"""Frees disk and bucket of uploads that nobody continued, and of what no row speaks for.

Never touches an upload that is being written, nor one that has arrived whole.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fengcai.engines.uploads import parts, records
from fengcai.engines.uploads.digests import forget_digest
from fengcai.engines.uploads.models import Upload
from fengcai.engines.uploads.parts import Busy

State = Upload.State


def purge_expired(at: datetime) -> int:
    """Expire the uploads whose time is over at `at` and delete their files; returns how many.

    Also deletes what lies a day and belongs to no row or to one that is over (left by a crash
    between a commit and a deletion). Can run twice without harm; if the machine dies in the
    middle, the next run does the rest. Raises StorageTrouble.
    """
    purged = 0
    overdue = Upload.objects.filter(state=State.RECEIVING, expires_at__lte=at)
    for upload_id in overdue.values_list("pk", flat=True):
        purged += _expire(upload_id, at)
    parts.engine().sweep(at)
    return purged


def _expire(upload_id: UUID, at: datetime) -> bool:
    try:
        part = parts.take(upload_id, create=True)
    except (Busy, FileNotFoundError):
        return False
    try:
        row = records.load(upload_id)
        if row is None or row.state != State.RECEIVING or row.expires_at > at:
            return False
        if part.length >= row.length and not row.unverified:
            return False  # whole: finish_pending's, not ours
        if not records.end(row, State.EXPIRED, at=at):
            return False
        part.delete()
        return True
    finally:
        part.close()
        forget_digest(upload_id)
