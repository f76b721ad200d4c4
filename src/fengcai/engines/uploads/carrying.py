"""Unfinished uploads of a local disk go on in this installation's own place for arriving files.

For an installation that has moved to S3: its rows are here already, the bytes that were
acknowledged still lie in the old DATA/uploads. Does not touch the old files.
"""

from __future__ import annotations

from pathlib import Path

from fengcai.engines.uploads.models import Upload
from fengcai.engines.uploads.parts import take

BLOCK = 4 * 1024 * 1024


def bring_unfinished(directory: Path) -> tuple[int, int]:
    """Carry what `directory` holds of each upload that is still arriving; (uploads, bytes) brought.

    Can be repeated: what is here already is not sent again. Raises StorageTrouble, OSError.
    """
    uploads = sent = 0
    for row in Upload.objects.filter(state=Upload.State.RECEIVING).order_by("pk"):
        path = directory / f"{row.pk}.part"
        if not path.exists():
            continue
        # After `offset` lie bytes of a chunk whose checksum was never seen: they do not count.
        until = min(path.stat().st_size, row.offset if row.unverified else row.length)
        part = take(row.pk, create=True)
        try:
            with path.open("rb") as file:
                file.seek(part.length)
                while part.length < until:
                    block = file.read(min(BLOCK, until - part.length))
                    at = part.length
                    part.write([block])
                    part.hash([block], at)
                    sent += len(block)
            part.flush()
        finally:
            part.close()
        Upload.objects.filter(pk=row.pk).update(unverified=False, offset=part.length)
        uploads += 1
    return uploads, sent


def half_received() -> int:
    """Uploads still arriving of which something is here."""
    return Upload.objects.filter(state=Upload.State.RECEIVING, offset__gt=0).count()


def unregistered() -> int:
    """Uploads that are whole and whose purpose has not had them: they do not travel."""
    return Upload.objects.filter(state=Upload.State.FINISHED).count()
