"""What stays in S3 when an upload is over, or nobody continues it, and how it goes."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F

from fengcai.engines.storage import Multiparts, StorageTrouble
from fengcai.engines.uploads import records
from fengcai.engines.uploads.lease import abandoned, forget_dead_holders
from fengcai.engines.uploads.models import Upload

logger = logging.getLogger(__name__)

_ORPHAN_AGE = timedelta(days=1)
_OVER = (
    Upload.State.CONSUMED,
    Upload.State.REFUSED,
    Upload.State.EXPIRED,
    Upload.State.TERMINATED,
)


def perhaps_whole() -> list[UUID]:
    """Receiving, and noted as whole; or the last holder died or failed, perhaps at the very end."""
    receiving = Upload.objects.filter(state=Upload.State.RECEIVING, unverified=False)
    noted = receiving.filter(offset=F("length"), holder="").values_list("pk", flat=True)
    return [*noted, *abandoned()]


def clean_up(upload_id: UUID, where: Multiparts) -> None:
    """Remove what is left of an upload that is over. What fails now is done by `sweep`.

    Only states that never change again are acted upon, and a key that was adopted is no longer the
    upload's, so that a late call cannot touch what somebody else keeps.
    """
    row = records.load(upload_id)
    if row is not None and row.state not in _OVER:
        return
    try:
        if row is not None and row.key:
            if row.multipart:
                where.abort(row.key, row.multipart)
            where.store.delete(row.key)
            Upload.objects.filter(pk=row.pk, key=row.key).update(key="", multipart="")
        for piece in where.pieces(f"{upload_id}/"):
            where.delete_piece(piece.name)
    except StorageTrouble as trouble:
        logger.warning("upload %s: left in S3 for later: %s", upload_id, trouble)


def sweep(at: datetime, where: Multiparts) -> None:
    """Finish what `clean_up` could not, and give up parts and pieces that nobody speaks for."""
    old = (at - _ORPHAN_AGE).timestamp()
    for upload_id in Upload.objects.filter(state__in=_OVER).exclude(key="").values_list("pk"):
        clean_up(*upload_id, where)
    for key, begun, since in where.begun():
        theirs = Upload.objects.filter(key=key, multipart__in=[begun, ""])
        if since < old and not theirs.exists():
            where.abort(key, begun)
    gone: dict[str, bool] = {}
    for piece in where.pieces():
        name = piece.name.partition("/")[0]
        if piece.modified < old and name not in gone:
            gone[name] = _is_over(name)
        if gone.get(name):
            where.delete_piece(piece.name)
    forget_dead_holders(old)


def _is_over(name: str) -> bool:
    try:
        upload_id = UUID(name)
    except ValueError:
        return False
    return not Upload.objects.filter(pk=upload_id).exclude(state__in=_OVER).exists()
