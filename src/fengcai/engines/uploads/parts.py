"""The port for files that are still arriving: one writer each, hashed as they grow.

Two engines stand behind it: `local` (a file in DATA/uploads, a kernel lock) and `multipart` (parts
in S3, a lease in the row). Which one serves follows from where the installation keeps its files.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from fengcai.engines import storage
from fengcai.engines.uploads.digests import Digest, Hash
from fengcai.engines.uploads.models import Upload

Mark = tuple[int, Digest]
Stamp = tuple[int, int, int]


class Busy(Exception):
    """Another writer holds the upload."""


class Part(Protocol):
    """One upload's bytes, held by this writer alone until `close`.

    Methods block on disk or network: call them in a thread, one at a time, except as they say.
    """

    upload_id: UUID
    length: int  # bytes received; those not flushed may be lost with the process
    distant: bool  # every call may take seconds and needs the database: never on the event loop

    def write(self, pieces: Sequence[bytes]) -> None:
        """Append `pieces`. Raises OSError; what did fit stays and counts in `length`."""

    def hash(self, pieces: Sequence[bytes], at: int, check: Hash | None = None) -> None:
        """Digest `pieces`, whose first byte is (or is just becoming) the byte `at`.

        May run beside `write` of the same pieces. `check`, a chunk's own checksum, is fed too.
        """

    def mistrust(self) -> None:
        """After a refusal: `length` and the digest go back to what was taken."""

    def unflushed(self) -> int:
        """Bytes written since the last `flush`."""

    def flush(self) -> None:
        """Make everything written before this call durable. May run beside `write`."""

    def mark(self) -> Mark:
        """The present end, to `return_to`."""

    def return_to(self, mark: Mark) -> None:
        """Throw away everything after `mark`, durably."""

    def cut(self, length: int) -> None:
        """Throw away everything after `length` bytes, durably."""

    def seal(self) -> str:
        """The file is whole: bring it where `received` says; SHA-256 in lower-case hex.

        Can be repeated after a death in the middle.
        """

    def received(self, row: Upload) -> Path | storage.Arrived:
        """The whole file, as `storage.adopt` takes it."""

    def last_written(self) -> float:
        """When the last byte came: seconds since the epoch."""

    def stamp(self) -> Stamp:
        """What changes whenever anybody else has had the upload."""

    def touch(self) -> None:
        """Change the stamp though no byte has come yet."""

    def delete(self) -> None:
        """Remove what was received, unless it was adopted. The hold lasts until `close`."""

    def close(self) -> None:
        """Let the next writer in."""


class Engine(Protocol):
    """What `local` and `multipart` offer."""

    DISTANT: bool
    POLL: float

    def take(self, upload_id: UUID, *, create: bool = False) -> Part:
        """Hold an upload. Raises Busy; FileNotFoundError when there is nothing (and no `create`,
        or the upload is over)."""

    def arrived(self, row: Upload) -> int:
        """About how many bytes of a file that is being received are here; asks cheaply."""

    def has_room(self, length: int) -> bool:
        """Whether a file of this size may begin."""

    def perhaps_whole(self) -> list[UUID]:
        """Uploads still receiving whose last byte may have arrived without being handed over."""

    def sweep(self, at: datetime) -> None:
        """Remove what belongs to no upload, or to one that is over, and is a day old."""


def engine() -> Engine:
    """The one that this installation receives with."""
    name = "local" if storage.multiparts() is None else "multipart"
    found: Any = import_module(f"fengcai.engines.uploads.{name}")
    chosen: Engine = found
    return chosen


def take(upload_id: UUID, *, create: bool = False) -> Part:
    """Hold an upload. Raises Busy, FileNotFoundError, StorageTrouble."""
    return engine().take(upload_id, create=create)
