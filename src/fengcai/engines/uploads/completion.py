"""From the last byte to the purpose that asked for the file: once, and never half.

`receiving → finished` is one UPDATE after the file is durable; `finished → consumed` and the
purpose's callback share one transaction. Whenever the process dies, the next request for the
upload, or `finish_pending`, goes on from the state that is there.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from fengcai.engines import storage
from fengcai.engines.uploads import parts, records
from fengcai.engines.uploads.digests import forget_digest
from fengcai.engines.uploads.models import Upload
from fengcai.engines.uploads.parts import Busy, Part
from fengcai.engines.uploads.purposes import CompletedUpload, UploadRefused, callback

logger = logging.getLogger(__name__)

State = Upload.State


def settle(part: Part, row: Upload) -> None:
    """Make file and row agree after anything may have happened; the writer's lock is held.

    A chunk whose checksum was never seen is thrown away; nothing else is.
    """
    if row.unverified:
        part.cut(min(part.length, row.offset))
        records.advance(row, offset=part.length, at=timezone.now())
    elif part.length > row.length:
        part.cut(row.length)


def complete(part: Part, row: Upload, *, arrived: datetime | None = None) -> None:
    """Hand a whole file over. `row` is updated in place: consumed, refused, or finished still.

    `arrived` is when the last byte was durable; after a crash the file's own time is taken.
    A callback that fails (other than by refusing) is logged and leaves the row finished.
    """
    if row.state == State.RECEIVING:
        part.flush()
        if arrived is None:
            arrived = datetime.fromtimestamp(part.last_written(), tz=UTC)
        # A last chunk's checksum was right: whoever looks from now on sees a whole file.
        if row.unverified and not records.advance(row, offset=part.length, at=timezone.now()):
            raise Busy
        records.finish(row, sha256=part.seal(), at=arrived)
    if row.state == State.FINISHED:
        _hand_over(part, row)
    if row.state in (State.CONSUMED, State.REFUSED):
        part.delete()
        forget_digest(row.pk)


def _hand_over(part: Part, row: Upload) -> None:
    take = callback(row.purpose)
    if take is None:
        logger.error("upload %s: no callback for purpose %r", row.pk, row.purpose)
        return
    try:
        with storage.provisional(), transaction.atomic():
            # The conditional UPDATE takes the row's lock (on SQLite, the writer's), so of two
            # processes only one goes on; the other sees the state the first one left.
            won = Upload.objects.filter(pk=row.pk, state=State.FINISHED).update(
                state=State.CONSUMED, updated_at=timezone.now()
            )
            if won:
                received = part.received(row)
                take(_completed(row, received))
                if isinstance(received, storage.Arrived) and received.taken:
                    Upload.objects.filter(pk=row.pk).update(key="", multipart="")
    except UploadRefused as refusal:
        records.refuse(row, text=refusal.text, at=timezone.now())
    except Exception:
        logger.exception("upload %s: handing over to %r failed", row.pk, row.purpose)
        return
    row.refresh_from_db()


def _completed(row: Upload, received: Path | storage.Arrived) -> CompletedUpload:
    assert row.finished_at is not None
    assert row.size is not None
    return CompletedUpload(
        id=row.pk,
        purpose=row.purpose,
        received=received,
        size=row.size,
        sha256=row.sha256,
        filename=row.filename,
        began_at=row.created_at,
        finished_at=row.finished_at,
        subject=row.subject,
        owner=row.owner,
    )


def finish_pending() -> int:
    """Complete every upload whose last byte arrived but whose purpose has not had it yet.

    Run at start and now and then. Uploads that are being written are left alone. Returns how
    many were consumed or refused. Safe to run twice, or twice at once.
    """
    done = 0
    for upload_id in _pending():
        try:
            part = parts.take(upload_id)
        except (Busy, FileNotFoundError):
            continue
        except storage.StorageTrouble as trouble:
            logger.warning("upload %s: %s", upload_id, trouble)
            continue
        try:
            row = records.load(upload_id)
            if row is None or row.state not in (State.RECEIVING, State.FINISHED):
                continue
            if row.state == State.RECEIVING:
                settle(part, row)
                if part.length < row.length:
                    continue
            complete(part, row)
            done += row.state in (State.CONSUMED, State.REFUSED)
        except (Busy, storage.StorageTrouble) as trouble:
            logger.warning("upload %s: %s", upload_id, trouble)
        finally:
            part.close()
    return done


def _pending() -> list[UUID]:
    waiting = list(Upload.objects.filter(state=State.FINISHED).values_list("pk", flat=True))
    return waiting + parts.engine().perhaps_whole()
