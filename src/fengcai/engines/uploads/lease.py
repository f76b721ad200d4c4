"""The right to write to one upload where many machines may: a lease in the row, numbered.

Each hold has the row's next `epoch`, and changes the row only while the epoch is still its own, so
a holder that was thought dead cannot change anything after another has taken over. What such a
holder may still have under way in S3 is `multipart`'s to make harmless. Leases are timed by the
database's clock; the machines' own may differ.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import close_old_connections
from django.db.models.functions import Now

from fengcai.engines.uploads.models import Upload
from fengcai.engines.uploads.parts import Busy

LEASE = timedelta(seconds=15)
_RENEW_AFTER = LEASE.total_seconds() / 3
_SURE_FOR = LEASE.total_seconds() / 2
_LIVE = (Upload.State.RECEIVING, Upload.State.FINISHED)


class Fenced(Busy):
    """The hold was given to another writer: nothing may be written any more."""


class Lease:
    """One hold of one upload. `forced`: the holder before did not let go, and may still be alive.

    Not shared between threads at once; may be used from any.
    """

    def __init__(self, row: Upload, *, forced: bool, since: float) -> None:
        self.row = row
        self.forced = forced
        self._renewed = since

    @classmethod
    def take(cls, upload_id: UUID) -> Lease:
        """Raises Busy; FileNotFoundError when the upload is over or was never begun."""
        with _connection():
            row = Upload.objects.filter(pk=upload_id).first()
            if row is None or row.state not in _LIVE:
                raise FileNotFoundError(upload_id)
            since = time.monotonic()
            seen = Upload.objects.filter(pk=row.pk, epoch=row.epoch, state=row.state)
            if row.holder and not _is_dead(row.holder):
                seen = seen.filter(held_until__lt=Now())
            me = _this_process()
            if not seen.update(epoch=row.epoch + 1, holder=me, held_until=Now() + LEASE):
                raise Busy
        forced = bool(row.holder)
        row.epoch, row.holder = row.epoch + 1, me
        return cls(row, forced=forced, since=since)

    def require(self) -> None:
        """Before anything irrevocable: the hold is still ours. Raises Fenced.

        Within half the lease's length of the last renewal no other can have it, by any clock that
        runs at the usual rate; after that the database is asked.
        """
        if time.monotonic() - self._renewed >= _SURE_FOR:
            self._renew()

    def keep(self) -> None:
        """Renew when it is time; bytes are coming. Raises Fenced."""
        if time.monotonic() - self._renewed >= _RENEW_AFTER:
            self._renew()

    def _renew(self) -> None:
        since = time.monotonic()
        self._change(held_until=Now() + LEASE)
        self._renewed = since

    def change(self, **values: Any) -> None:
        """Change the row, which is ours alone. Raises Fenced."""
        self._change(**values)
        for name, value in values.items():
            setattr(self.row, name, value)

    def _change(self, **values: Any) -> None:
        with _connection():
            mine = Upload.objects.filter(pk=self.row.pk, epoch=self.row.epoch)
            if not mine.update(**values):
                raise Fenced(f"upload {self.row.pk} was taken over after epoch {self.row.epoch}")

    def release(self, *, clean: bool, note: Mapping[str, Any] | None = None) -> bool:
        """Let the next one in at once; False when it was taken over before.

        Not `clean`: a request may still be under way in S3, and the next holder has to guard
        against it. `note` goes into the row while it is receiving and no chunk is unproved.
        """
        ending = {"holder": "", "held_until": None} if clean else {"held_until": Now()}
        with _connection():
            mine = Upload.objects.filter(pk=self.row.pk, epoch=self.row.epoch)
            growing = mine.filter(state=Upload.State.RECEIVING, unverified=False)
            if note and growing.update(**ending, **note):
                return True
            return bool(mine.update(**ending))


def abandoned() -> list[UUID]:
    """Uploads still receiving whose last holder did not let go, and holds them no more."""
    held = Upload.objects.filter(state=Upload.State.RECEIVING).exclude(holder="")
    return list(held.filter(held_until__lt=Now()).values_list("pk", flat=True))


# A process holds a lock on a file of its own name for as long as it lives, however it ends: so
# another one on the same machine need not wait for the lease of a dead one to run out.

_own: dict[int, tuple[str, int]] = {}


def _holders() -> Path:
    path = Path(settings.FENGCAI_DATA) / "uploads" / "holders"
    path.mkdir(parents=True, exist_ok=True)
    return path


def _this_process() -> str:
    pid = os.getpid()
    if pid not in _own or not (_holders() / _own[pid][0]).exists():
        name = uuid4().hex
        descriptor = os.open(_holders() / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        _own[pid] = (name, descriptor)
    return _own[pid][0]


def _is_dead(holder: str) -> bool:
    """True only for a process on this very data directory that has ended."""
    if holder == _own.get(os.getpid(), ("", 0))[0]:
        return False
    try:
        descriptor = os.open(_holders() / holder, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def forget_dead_holders(before: float) -> None:
    """Remove the lock files of dead processes that nothing refers to, older than `before`."""
    for path in _holders().iterdir():
        try:
            old = path.stat().st_mtime < before
        except FileNotFoundError:
            continue
        if old and _is_dead(path.name) and not Upload.objects.filter(holder=path.name).exists():
            path.unlink(missing_ok=True)


@contextmanager
def _connection() -> Iterator[None]:
    """Leaves no connection open in a thread that works with the database only now and then."""
    try:
        yield
    finally:
        close_old_connections()
