"""One body at the end of one file: receive it, prove it, make it durable, note how far it came.

Whatever goes wrong, the bytes that count are kept and the answer says how many they are.
"""

from __future__ import annotations

import errno
import hmac
import logging
from dataclasses import dataclass
from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone

from fengcai.engines.storage import StorageTrouble
from fengcai.engines.uploads import answers, completion, protocol, records
from fengcai.engines.uploads.answers import Answer
from fengcai.engines.uploads.exchange import Request
from fengcai.engines.uploads.models import Upload
from fengcai.engines.uploads.parts import Busy, Part
from fengcai.engines.uploads.protocol import Checksum
from fengcai.engines.uploads.records import in_database
from fengcai.engines.uploads.stream import SILENCE, Ending, in_thread, off_loop, receive_body

logger = logging.getLogger(__name__)

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(slots=True)
class _Outcome:
    ending: Ending
    proved: bool
    failure: OSError | None = None

    def answer(self, row: Upload, kept: int) -> Answer | None:
        """What to say when not all went well."""
        if self.failure is not None:
            if isinstance(self.failure, StorageTrouble):
                return answers.storage_trouble(kept, busy=self.failure.busy)
            full = self.failure.errno in _FULL
            return (answers.disk_full if full else answers.disk_trouble)(kept)
        if self.ending is Ending.TOO_LONG:
            return answers.body_too_long(row.length, kept)
        if self.ending is Ending.SILENT:
            return answers.stalled(kept, timedelta(seconds=SILENCE))
        if self.ending is Ending.YIELDED:
            return answers.locked()
        if not self.proved:
            return answers.checksum_mismatch(kept)
        return None


async def append(request: Request, part: Part, row: Upload) -> bool:
    """Receive the request's body at the end of `part`; False when the client has gone.

    `row` is receiving and agrees with the file. When the file becomes whole it is handed over,
    and `row.state` says how that went. Raises Answer.
    """
    checksum = protocol.checksum(request.headers)
    declared = protocol.whole_number(request.headers, "content-length")
    limit = row.length - part.length
    if declared is not None and declared > limit:
        raise answers.body_too_long(row.length, part.length)
    if checksum is not None:
        part.touch()
        await in_database(_begin_unverified, row, part.length)
    outcome = await _take_in(request, part, limit, checksum)
    if part.unflushed():  # only after a failure: what did fit is to last
        try:
            await in_thread(part.flush)
        except OSError as error:
            outcome.failure = outcome.failure or error
    if outcome.failure is None and part.length >= row.length:
        await in_database(_complete, part, row)
        return outcome.ending is not Ending.GONE
    whole = outcome.ending is Ending.WHOLE and outcome.failure is None
    if not whole or records.note_is_due(row, at=timezone.now()):
        await _note(part, row, outcome)
    if outcome.failure is not None:
        logger.warning("upload %s: %s", row.pk, outcome.failure)
    records.remember(row, part.stamp())
    if outcome.ending is Ending.GONE:
        return False
    trouble = outcome.answer(row, part.length)
    if trouble is not None:
        raise trouble
    return True


async def _take_in(request: Request, part: Part, limit: int, checksum: Checksum | None) -> _Outcome:
    """The body is in the file; or, when its checksum was not proved, nothing of it is."""
    check = checksum.begin() if checksum else None
    mark = part.mark()
    outcome = _Outcome(Ending.WHOLE, proved=checksum is None)
    try:
        outcome.ending = await receive_body(request.receive, part, limit=limit, check=check)
        if checksum is not None and check is not None and outcome.ending is Ending.WHOLE:
            outcome.proved = hmac.compare_digest(check.digest(), checksum.digest)
    except OSError as error:
        outcome.failure = error
    finally:
        # Also when the request is being cancelled: keep what counts, no more.
        if not outcome.proved or outcome.ending is Ending.TOO_LONG:
            await off_loop(part, part.return_to, mark)
    return outcome


async def _note(part: Part, row: Upload, outcome: _Outcome) -> None:
    """Tell the row how far its file has come. On a full disk the database may be full too."""
    try:
        await in_database(_advance, row, part.length)
    except DatabaseError:
        if outcome.failure is None:
            raise
        logger.exception("upload %s: the row could not follow the file", row.pk)


def _begin_unverified(row: Upload, offset: int) -> None:
    records.begin_unverified(row, offset=offset, at=timezone.now())


def _advance(row: Upload, offset: int) -> None:
    if not records.advance(row, offset=offset, at=timezone.now()):
        raise Busy


def _complete(part: Part, row: Upload) -> None:
    completion.complete(part, row, arrived=timezone.now())
