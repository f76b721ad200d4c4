"""What S3 holds of one upload, and every change of it: parts, tails, and what no longer counts.

The rules by which two holders cannot harm each other stand in `multipart`; here they are carried out.
It knows nothing of the bytes that wait to be sent.
"""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast
from uuid import UUID

from fengcai.engines import storage
from fengcai.engines.storage import MultipartGone, Multiparts, StorageTrouble
from fengcai.engines.uploads import holdings
from fengcai.engines.uploads.holdings import Held, Tail
from fengcai.engines.uploads.lease import Lease
from fengcai.engines.uploads.models import Upload

logger = logging.getLogger(__name__)

NEEDED_PARTS = 5000  # half of what S3 allows: the other half is for numbers that became void
_PIECES_OF_A_HOLD = 1_000_000


class Bucket:
    """One upload's parts and tails in S3, for the holder of its lease."""

    def __init__(self, lease: Lease, where: Multiparts) -> None:
        self.lease, self.row, self.where = lease, lease.row, where
        self.upload_id: UUID = lease.row.pk
        self.part_size = where.part_size(lease.row.length, at_most=NEEDED_PARTS)
        self.dirty = False  # a request failed whose outcome in S3 is not known
        self._made = 0  # pieces put in this hold

    def remembered(self) -> Held | None:
        """What this process left there, if nobody has held it since and nothing is under way."""
        held = holdings.recall(self.upload_id)
        if held is None or self.lease.forced or held.epoch != self.row.epoch - 1:
            return None
        return held

    def found(self) -> Held:
        """Ask S3; after a hold by force make harmless what may still be under way."""
        row = self.row
        if row.state == Upload.State.FINISHED:
            return Held(assembled=True)
        if not row.key:
            self.lease.change(key=storage.fresh_key(storage.ending_of(row.filename)))
        held = Held(tails=self._tails())
        try:
            found = self.where.parts(row.key, row.multipart) if row.multipart else []
        except MultipartGone:
            whole = storage.store().found(row.key)
            if whole is not None and whole.size == row.length:
                held.assembled, held.modified = True, whole.modified
                return held
            # Aborted behind our back (a lifecycle rule, another bucket): it begins at zero.
            logger.warning("upload %s: its parts are gone from S3", self.upload_id)
            self.lease.change(multipart="", void_parts=[], fence=self._serial())
            held.tails = []
            return held
        void, number, stray = set(row.void_parts), 1, []
        for part in found:
            while number in void:
                number += 1
            if part.number == number and part.size == self.part_size:
                held.parts.append((part.number, part.tag))
                held.modified = max(held.modified, part.modified)
                number += 1
            elif part.number not in void:
                stray.append(part.number)
        keep = len(held.parts) * self.part_size
        if row.unverified:
            keep = min(row.offset, keep + self.size_of_tail(held))
        if self.lease.forced or stray:
            while number in void:
                number += 1
            self._fence(held, keep, [*stray, number] if row.multipart else [])
        return held

    def _serial(self) -> int:
        """The serial of the next piece: greater than any before."""
        self._made += 1
        return self.row.epoch * _PIECES_OF_A_HOLD + self._made

    def _tails(self) -> list[Tail]:
        pieces = self.where.pieces(f"{self.upload_id}/")
        return sorted(t for t in map(Tail.of, pieces) if t.serial >= self.row.fence)

    def _fence(self, held: Held, keep: int, void: list[int]) -> None:
        """From here on only what this hold has seen, or puts itself, can count.

        With an unproved chunk at the end, everything after `keep` goes as well.
        """
        if self.row.unverified:
            index, size = divmod(keep, self.part_size)
        else:
            index, size = len(held.parts), self.size_of_tail(held)
        self.keep_only(held, index, size, void)

    def keep_only(self, held: Held, index: int, size: int, void: list[int]) -> None:
        """What counts is `index` parts and `size` bytes after them; in one change of the row.

        The part numbers `void` never count, besides those of the parts thrown away.
        """
        self.lease.require()
        mine = self._copy_of_tail(held, index, size)
        void = [*void, *(number for number, _ in held.parts[index:])]
        self.lease.change(
            void_parts=sorted({*self.row.void_parts, *void}),
            fence=mine.serial if mine else self._serial(),
        )
        del held.parts[index:]
        held.tails, gone = [mine] if mine else [], held.tails
        for tail in gone:
            if not self.delete_tail(tail):
                return

    def delete_tail(self, tail: Tail) -> bool:
        """Whether it is gone; what stays goes with the upload."""
        try:
            self.where.delete_piece(tail.name(self.upload_id))
        except StorageTrouble:
            return False
        return True

    def _copy_of_tail(self, held: Held, index: int, size: int) -> Tail | None:
        """The first `size` bytes after `index` parts, put as a piece of this hold; None for none."""
        if not size:
            return None
        newest = max((t for t in held.tails if t.index == index), default=None)
        if newest is None or newest.size < size:
            raise OSError(f"upload {self.upload_id}: the tail after {index} parts is missing")
        with scratch_file() as copy:
            for chunk in self.content(newest):
                copy.write(chunk)
            copy.truncate(size)
            return self.put_tail(index, copy, size)

    def content(self, tail: Tail) -> Iterator[bytes]:
        """The bytes of a tail. Raises StorageTrouble where it has gone meanwhile."""
        try:
            yield from self.where.get_piece(tail.name(self.upload_id))
        except FileNotFoundError:
            self.lease.require()
            raise StorageTrouble("收到的一小段刚被别的进程换过，请稍后再试", busy=True) from None

    def size_of_tail(self, held: Held) -> int:
        """How many bytes stand after the full parts."""
        index = len(held.parts)
        return max((t for t in held.tails if t.index == index), default=Tail(0, 0, 0)).size

    def put_tail(self, index: int, content: BinaryIO, size: int) -> Tail:
        """Put what stands after `index` parts as a piece of this hold."""
        self.lease.require()
        tail = Tail(index, self._serial(), size, time.time())
        content.seek(0)
        with self.uncertain():
            self.where.put_piece(tail.name(self.upload_id), content)
        return tail

    @contextmanager
    def uncertain(self) -> Iterator[None]:
        """Around a request that changes something: if it fails, it may take effect all the same."""
        before, self.dirty = self.dirty, True
        yield
        self.dirty = before


def scratch_file() -> BinaryIO:
    """An unlinked file: it goes with the process, and its writes are never held back."""
    return cast("BinaryIO", tempfile.TemporaryFile(dir=storage.scratch_directory(), buffering=0))
