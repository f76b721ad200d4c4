"""Arriving in S3: parts of one multipart upload under the file's final key, and a tail beside it.

What S3 holds is the truth: `n` full parts and, below a part's size, a tail that lies as a piece of
its own, so that every byte that was acknowledged is durable wherever the upload goes on. A hold is
a `lease`. S3 itself knows no lock, so a holder that was thought dead may still have one request
under way when its successor begins. Therefore:

- at most one part is under way at a time, with the next number; a successor that took the hold by
  force never uses that number, and notes it in the row as void before it tells anybody an offset;
- pieces have ever new names and are never overwritten; a successor by force copies the tail under
  a name of its own, and the row's `fence` voids all older ones;
- throwing bytes away is one change of the row, too: their parts become void, and older pieces.

Bytes below a part's size wait in an unlinked file in DATA/scratch, so memory is flat.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from django.utils import timezone

from fengcai.engines import storage
from fengcai.engines.storage import MultipartGone, Multiparts, StorageTrouble
from fengcai.engines.uploads import holdings, leftovers, records
from fengcai.engines.uploads.bucket import Bucket, scratch_file
from fengcai.engines.uploads.digests import Digest, Hash, recall_digest, remember_digest
from fengcai.engines.uploads.holdings import Held, Tail
from fengcai.engines.uploads.lease import Lease
from fengcai.engines.uploads.models import Upload
from fengcai.engines.uploads.parts import Mark, Stamp

logger = logging.getLogger(__name__)

DISTANT = True
POLL = 0.5  # seconds between two tries to hold an upload
FLUSH_AFTER = 15.0  # seconds after which bytes below a part's size are made durable on the way


class S3Part:
    """One upload in S3, held by this writer alone until `close`."""

    distant = True

    def __init__(self, lease: Lease, where: Multiparts) -> None:
        row = lease.row
        self.upload_id: UUID = row.pk
        self._lease, self._row, self._where = lease, row, where
        self._s3 = Bucket(lease, where)
        self._part_size = self._s3.part_size
        self._lock = threading.RLock()
        self._grown = False
        self._flushed_at = time.monotonic()
        self._waiting: BinaryIO | None = None  # the bytes after the full parts, when opened
        self._waits = 0
        self._held = self._s3.remembered() or self._s3.found()
        self._base = len(self._held.parts)
        self.length = self._durable()
        self._digest = recall_digest(self.upload_id, of=row.multipart, until=self.length)

    def _durable(self) -> int:
        if self._held.assembled:
            return self._row.length
        return len(self._held.parts) * self._part_size + self._s3.size_of_tail(self._held)

    # --- growing ------------------------------------------------------------------------------

    def write(self, pieces: Sequence[bytes]) -> None:
        """Append `pieces`, sending a part whenever one is full. Raises StorageTrouble, Busy."""
        with self._lock:
            self._lease.keep()
            waiting = self._opened()
            for piece in pieces:
                rest = memoryview(piece)
                while rest:
                    taken = waiting.write(rest[: self._part_size - self._waits])
                    self._waits += taken
                    self.length += taken
                    rest = rest[taken:]
                    if self._waits == self._part_size:
                        self._send_part()
            self._grown = True
            if self.unflushed() and time.monotonic() - self._flushed_at >= FLUSH_AFTER:
                self.flush()

    def _opened(self) -> BinaryIO:
        """The file of waiting bytes, filled with the tail when it is opened."""
        if self._waiting is None:
            self._waiting = scratch_file()
            size, self._waits = self._s3.size_of_tail(self._held), 0
            if size:
                tail = max(t for t in self._held.tails if t.index == len(self._held.parts))
                for chunk in self._s3.content(tail):
                    self._waiting.write(chunk)
                    self._waits += len(chunk)
            if self._waits != size:
                raise StorageTrouble("存储服务给出的内容不完整，请稍后再试", busy=True)
        return self._waiting

    def _close_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.close()
        self._waiting, self._waits = None, 0

    def _next_number(self) -> int:
        number = self._held.parts[-1][0] + 1 if self._held.parts else 1
        while number in self._row.void_parts:
            number += 1
        if number > self._where.most_parts:
            raise StorageTrouble("这个上传中断的次数太多，不能再接上：请取消后重新上传")
        return number

    def _send_part(self) -> None:
        """The waiting bytes become the next part."""
        assert self._waiting is not None
        self._begun()
        number = self._next_number()
        self._lease.require()
        self._waiting.seek(0)
        with self._s3.uncertain():
            tag = self._where.add(self._row.key, self._row.multipart, number, self._waiting)
        self._held.parts.append((number, tag))
        self._held.modified = time.time()
        self._waiting.seek(0)
        self._waiting.truncate()
        self._waits = 0
        self._flushed_at = time.monotonic()
        self._forget_old_tails()

    def _forget_old_tails(self) -> None:
        """Remove pieces that no cut can need: what is thrown away is of this hold."""
        index = len(self._held.parts)
        newest: dict[int, Tail] = {tail.index: tail for tail in sorted(self._held.tails)}
        needed = {newest.get(index), newest.get(self._base)}
        for tail in [t for t in self._held.tails if t not in needed]:
            if not self._s3.delete_tail(tail):
                return
            self._held.tails.remove(tail)

    def hash(self, pieces: Sequence[bytes], at: int, check: Hash | None = None) -> None:
        """Digest `pieces`. A digest that is behind stays so: parts cannot be read back yet."""
        self._digest.feed(pieces, at=at)
        if check is not None:
            for piece in pieces:
                check.update(piece)

    def mistrust(self) -> None:
        """Only what S3 has taken counts."""
        with self._lock:
            self._close_waiting()
            self.length = self._durable()
            if self._digest.position > self.length:
                self._digest = Digest(self._row.multipart)

    def unflushed(self) -> int:
        """Bytes that S3 does not hold yet; always fewer than a part."""
        return self.length - self._durable()

    def flush(self) -> None:
        """Put the bytes below a part's size as a tail."""
        with self._lock:
            if self.unflushed():
                assert self._waiting is not None
                tail = self._s3.put_tail(len(self._held.parts), self._waiting, self._waits)
                self._waiting.seek(0, 2)
                self._held.tails.append(tail)
                self._held.modified = tail.modified
                self._forget_old_tails()
            self._flushed_at = time.monotonic()
            # A request may take minutes. What a successor has voided meanwhile must not be
            # acknowledged, whoever sent it.
            self._lease.require()

    # --- going back ---------------------------------------------------------------------------

    def mark(self) -> Mark:
        """The present end, to `return_to`."""
        return self.length, self._digest.copy()

    def return_to(self, mark: Mark) -> None:
        """Throw away everything after `mark`, durably."""
        length, digest = mark
        self.cut(length)
        self._digest = digest.copy()

    def cut(self, length: int) -> None:
        """Throw away everything after `length` bytes: void parts, and a shorter tail."""
        with self._lock:
            if length == self.length == self._durable():
                return
            self._close_waiting()
            index, size = divmod(length, self._part_size)
            if length != self._durable():
                self._s3.keep_only(self._held, index, size, [])
            self._base = index
            self.length = length
            if self._digest.position > length:
                self._digest = Digest(self._row.multipart)

    # --- whole --------------------------------------------------------------------------------

    def seal(self) -> str:
        """Make one object of the parts, under the final key; its SHA-256.

        That is kept in memory while one process receives everything; else the object is read.
        """
        with self._lock:
            if not self._held.assembled:
                self._assemble()
            if self._digest.position != self._row.length or self._digest.of != self._row.multipart:
                self._digest = Digest(self._row.multipart)
                for chunk in storage.store().get(self._row.key):
                    self._digest.feed([chunk], at=self._digest.position)
                    self._lease.keep()
            return self._digest.hexdigest()

    def _assemble(self) -> None:
        self.flush()
        try:
            self._complete(list(self._held.parts))
        except (MultipartGone, StorageTrouble) as trouble:
            # Perhaps it was done all the same: our answer was lost, or another holder did it.
            logger.info("upload %s: %s", self.upload_id, trouble)
            whole = storage.store().found(self._row.key)
            if whole is None or whole.size != self._row.length:
                if isinstance(trouble, StorageTrouble):
                    raise
                raise StorageTrouble("存储服务丢失了已收到的部分，需要重新上传") from trouble
        else:
            whole = storage.store().found(self._row.key)
            if whole is None or whole.size != self._row.length:
                self._s3.dirty = True
                raise StorageTrouble("存储服务没有把各段合成一个文件，请稍后再试", busy=True)
        self._held.assembled, self._held.modified = True, whole.modified

    def _complete(self, parts: list[tuple[int, str]]) -> None:
        """The tail becomes the last part, and the parts one object."""
        if self._s3.size_of_tail(self._held):
            waiting = self._opened()
            self._begun()
            number = self._next_number()
            self._lease.require()
            waiting.seek(0)
            with self._s3.uncertain():
                tag = self._where.add(self._row.key, self._row.multipart, number, waiting)
            parts.append((number, tag))
        self._lease.require()
        with self._s3.uncertain():
            self._where.complete(self._row.key, self._row.multipart, parts)

    def _begun(self) -> None:
        """Have a multipart upload to put parts into."""
        if not self._row.multipart:
            self._lease.require()
            self._lease.change(multipart=self._where.begin(self._row.key))
            self._digest.of = self._row.multipart

    def received(self, row: Upload) -> storage.Arrived:
        """The object, for `adopt` to take."""
        return storage.Arrived(row.key, row.length, row.sha256)

    def last_written(self) -> float:
        """As S3 tells it, or this process when it wrote."""
        return max([self._held.modified, *(t.modified for t in self._held.tails)]) or time.time()

    def stamp(self) -> Stamp:
        """The hold's number: each hold has one of its own."""
        return self._row.epoch, 0, 0

    def touch(self) -> None:
        """Nothing to do: no other process recognises a row that was held since."""

    def delete(self) -> None:
        """Remove everything, unless the row still lives or its object was adopted."""
        with self._lock:
            self._close_waiting()
            self._held = Held()
            holdings.recall(self.upload_id)
            leftovers.clean_up(self.upload_id, self._where)

    def close(self) -> None:
        """Let the next writer in, and note in the row how far the file has come."""
        with self._lock:
            clean = not self._s3.dirty and not self.unflushed()
            self._close_waiting()
            note: dict[str, object] = {}
            if self._grown or self._held.assembled:
                now = timezone.now()
                note = {"offset": self._durable(), "updated_at": now}
                note["expires_at"] = now + records.keep()
            ours = self._lease.release(clean=clean, note=note)
            if not ours or not clean:
                return  # what this process remembers may not be what there is
            if self._digest.position == self.length:
                remember_digest(self.upload_id, self._digest)
            if not self._held.assembled:
                self._held.epoch = self._row.epoch
                holdings.remember(self.upload_id, self._held)


def take(upload_id: UUID, *, create: bool = False) -> S3Part:
    """Hold an upload, wherever it was received so far. `create` makes no difference: an upload
    that lives can always be held."""
    where = _where()
    lease = Lease.take(upload_id)
    try:
        part = S3Part(lease, where)
    except BaseException:
        lease.release(clean=not lease.forced)
        raise
    records.remember(lease.row, part.stamp())
    return part


def _where() -> Multiparts:
    where = storage.multiparts()
    assert where is not None
    return where


def arrived(row: Upload) -> int:
    """The row's note, exact whenever nobody is writing."""
    return row.offset


def has_room(length: int) -> bool:
    """A bucket does not say how full it is."""
    return True


perhaps_whole = leftovers.perhaps_whole


def sweep(at: datetime) -> None:
    """Remove what belongs to no upload, or to one that is over."""
    leftovers.sweep(at, _where())
