"""Arriving on the local disk: DATA/uploads/<id>.part, one writer each, hashed as they grow.

The length of the file is the truth about how much of an upload there is: whatever the row says,
after a crash every byte that reached the file counts. The writer's right is a `flock` on the file,
which the kernel drops with the process, so kill -9 never leaves an upload locked.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings

from fengcai.engines.uploads.digests import (
    Digest,
    Hash,
    recall_digest,
    remember_digest,
)
from fengcai.engines.uploads.models import Upload
from fengcai.engines.uploads.parts import Busy

DISTANT = False
POLL = 0.05  # seconds between two tries to hold a file
RESERVE = 64 * 1024 * 1024  # bytes of disk that no upload may be begun into
BLOCK = 1024 * 1024
_VECTOR = 1024  # buffers per pwritev (IOV_MAX on Linux)
_CATCH_UP = 4  # a digest that lags hashes this many bytes for each one that arrives
_ORPHAN_AGE = timedelta(days=1)


def directory() -> Path:
    """Where arriving files lie; made when missing."""
    path = Path(settings.FENGCAI_DATA) / "uploads"
    path.mkdir(parents=True, exist_ok=True)
    return path


def part_path(upload_id: UUID) -> Path:
    """The file of one upload."""
    return directory() / f"{upload_id}.part"


class LocalPart:
    """One upload's file, held by this writer alone until `close`.

    hashlib's state cannot be saved, so after a restart (or when another process received an
    earlier stretch) the digest starts again from the beginning of the file: for each block that
    arrives it reads and hashes up to four blocks of the backlog, and the rest at the end.
    """

    distant = False

    def __init__(self, upload_id: UUID, descriptor: int) -> None:
        self.upload_id = upload_id
        self.path = part_path(upload_id)
        self.length = os.fstat(descriptor).st_size
        self._descriptor = descriptor
        self._flushed = self.length
        self._digest = self._trusted = recall_digest(upload_id, until=self.length)

    @classmethod
    def take(cls, upload_id: UUID, *, create: bool = False) -> LocalPart:
        """Open and lock the file. Raises Busy, or FileNotFoundError when it is not there."""
        path = part_path(upload_id)
        while True:
            flags = os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if create else 0)
            descriptor = os.open(path, flags, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(descriptor).st_nlink and path.stat().st_ino == (
                    os.fstat(descriptor).st_ino
                ):
                    return cls(upload_id, descriptor)
            except BlockingIOError:
                os.close(descriptor)
                raise Busy from None
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)  # deleted between open and lock: look again

    def write(self, pieces: Sequence[bytes]) -> None:
        """Append `pieces`. On OSError (disk full) what did fit stays and counts in `length`."""
        for start in range(0, len(pieces), _VECTOR):
            rest = [piece for piece in pieces[start : start + _VECTOR] if piece]
            while rest:
                written = os.pwritev(self._descriptor, rest, self.length)
                self.length += written
                while rest and written >= len(rest[0]):
                    written -= len(rest.pop(0))
                if written:
                    rest[0] = rest[0][written:]

    def hash(self, pieces: Sequence[bytes], at: int, check: Hash | None = None) -> None:
        """Digest `pieces`, whose first byte is (or is just becoming) the file's byte `at`.

        May run beside `write` of the same pieces: from the file it reads only what lies before
        `at`. `check`, a chunk's own checksum, is fed too. `mistrust` undoes it.
        """
        self._trusted = self._digest.copy()
        size = sum(map(len, pieces))
        if self._digest.position < at:
            reach = self._digest.position + _CATCH_UP * max(size, BLOCK)
            self.catch_up(min(at, reach))
        self._digest.feed(pieces, at=at)
        if check is not None:
            for piece in pieces:
                check.update(piece)

    def mistrust(self) -> None:
        """The last `hash` may cover bytes that the disk did not take: forget it."""
        if self._digest.position > self.length:
            self._digest = self._trusted

    def unflushed(self) -> int:
        """Bytes written since the last `flush`."""
        return self.length - self._flushed

    def flush(self) -> None:
        """Have the disk hold everything written before this call. May run beside `write`."""
        reached = self.length
        if reached != self._flushed:
            os.fsync(self._descriptor)
            self._flushed = reached

    def mark(self) -> tuple[int, Digest]:
        """The present end, to `return_to`."""
        return self.length, self._digest.copy()

    def return_to(self, mark: tuple[int, Digest]) -> None:
        """Throw away everything after `mark`, durably."""
        length, digest = mark
        self._digest = digest.copy()
        self.cut(length)

    def cut(self, length: int) -> None:
        """Shorten the file to `length` bytes, durably."""
        os.ftruncate(self._descriptor, length)
        os.fsync(self._descriptor)
        self.length = self._flushed = length
        if self._digest.position > length:
            self._digest = Digest()

    def catch_up(self, until: int) -> None:
        """Hash the file from where the digest is to `until`."""
        while self._digest.position < until:
            at = self._digest.position
            block = os.pread(self._descriptor, min(BLOCK, until - at), at)
            if not block:
                raise OSError(f"file ends at {at}, expected {until}")
            self._digest.feed([block], at=at)

    def seal(self) -> str:
        """Lower-case hex over the whole file; reads what the digest has not seen yet."""
        self.catch_up(self.length)
        return self._digest.hexdigest()

    def received(self, row: Upload) -> Path:
        """The file itself."""
        return self.path

    def last_written(self) -> float:
        """When the file last grew: seconds since the epoch."""
        return os.fstat(self._descriptor).st_mtime

    def stamp(self) -> tuple[int, int, int]:
        """What changes whenever anybody else has had the file: inode, size, time in ns."""
        found = os.fstat(self._descriptor)
        return found.st_ino, found.st_size, found.st_mtime_ns

    def touch(self) -> None:
        """Change the stamp though no byte has come yet."""
        now = time.time_ns()
        os.utime(self._descriptor, ns=(now, now))

    def delete(self) -> None:
        """Remove the file's name. The lock lasts until `close`."""
        self.path.unlink(missing_ok=True)
        self._digest = Digest()

    def close(self) -> None:
        """Let the next writer in; remember the digest for it."""
        if self._descriptor < 0:
            return
        remember_digest(self.upload_id, self._digest)
        os.close(self._descriptor)
        self._descriptor = -1


take = LocalPart.take


def arrived(row: Upload) -> int:
    """What is on the disk."""
    if row.unverified:
        return row.offset
    try:
        return min(part_path(row.pk).stat().st_size, row.length)
    except FileNotFoundError:
        return 0


def has_room(length: int) -> bool:
    """Whether the disk holds so much more, and a reserve."""
    disk = os.statvfs(directory())
    return disk.f_bavail * disk.f_frsize >= length + RESERVE


def perhaps_whole() -> list[UUID]:
    """Receiving, and the file has its full size."""
    receiving = Upload.objects.filter(state=Upload.State.RECEIVING)
    found = []
    for upload_id, length in receiving.values_list("pk", "length"):
        try:
            if part_path(upload_id).stat().st_size >= length:
                found.append(upload_id)
        except FileNotFoundError:
            continue
    return found


def sweep(at: datetime) -> None:
    """Delete part files, untouched for a day, of no row or of one that is over."""
    old = (at - _ORPHAN_AGE).timestamp()
    for path in directory().glob("*.part"):
        try:
            if path.stat().st_mtime > old:
                continue
            upload_id = UUID(path.stem)
        except (FileNotFoundError, ValueError):
            continue
        alive = Upload.objects.filter(
            pk=upload_id, state__in=[Upload.State.RECEIVING, Upload.State.FINISHED]
        )
        if not alive.exists():
            part_path(upload_id).unlink(missing_ok=True)
