"""Frees the disk of uploads that nobody continued, and of files that no row speaks for.

Never touches an upload that is being written, nor one that has arrived whole.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from fengcai.engines.uploads import records
from fengcai.engines.uploads.models import Upload
from fengcai.engines.uploads.parts import Busy, Part, directory, forget_digest, part_path

State = Upload.State

_ORPHAN_AGE = timedelta(days=1)


def purge_expired(at: datetime) -> int:
    """Expire the uploads whose time is over at `at` and delete their files; returns how many.

    Also deletes files, untouched for a day, that belong to no row or to one that is over (left
    by a crash between a commit and a deletion). Can run twice without harm; if the machine dies
    in the middle, the next run does the rest.
    """
    purged = 0
    overdue = Upload.objects.filter(state=State.RECEIVING, expires_at__lte=at)
    for upload_id in overdue.values_list("pk", flat=True):
        purged += _expire(upload_id, at)
    _delete_orphans(at)
    return purged


def _expire(upload_id: UUID, at: datetime) -> bool:
    try:
        part = Part.take(upload_id, create=True)
    except Busy:
        return False
    try:
        row = records.load(upload_id)
        if row is None or row.state != State.RECEIVING or row.expires_at > at:
            return False
        if part.length >= row.length and not row.unverified:
            return False  # whole: finish_pending's, not ours
        records.end(row, State.EXPIRED, at=at)
        part.delete()
        return True
    finally:
        part.close()
        forget_digest(upload_id)


def _delete_orphans(at: datetime) -> None:
    old = (at - _ORPHAN_AGE).timestamp()
    for path in directory().glob("*.part"):
        try:
            if path.stat().st_mtime > old:
                continue
            upload_id = UUID(path.stem)
        except (FileNotFoundError, ValueError):
            continue
        alive = Upload.objects.filter(pk=upload_id, state__in=[State.RECEIVING, State.FINISHED])
        if not alive.exists():
            part_path(upload_id).unlink(missing_ok=True)
