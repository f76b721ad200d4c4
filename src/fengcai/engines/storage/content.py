"""Files and the database together: whatever moment the machine dies at, a key that the database
holds has its file.

A file enters durably before the transaction that speaks of it commits, loses its first place only
after that commit, and is deleted only after a commit. Works on the installation's own store.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from django.db import transaction

from fengcai.engines.storage import scratch
from fengcai.engines.storage.keys import Arrived, Stored, checked, ending, fresh_key
from fengcai.engines.storage.store import store

logger = logging.getLogger(__name__)

_made: ContextVar[list[str] | None] = ContextVar("storage_made", default=None)


def adopt(source: Path | Arrived, *, suffix: str, sha256: str | None = None) -> Stored:
    """Take over what has arrived (`CompletedUpload.received`), or any local file.

    `suffix` is a file ending such as `.mp4` (ASCII letters and digits, any case) or empty. Pass
    `sha256` when it is known; else the file is read once. On return the file and its name are
    durable. A local file is removed when the surrounding transaction commits (at once outside
    one); after a rollback it is still there. What arrived in the store itself is not moved: its
    key, ending included, was chosen when it began. Raises ValueError, OSError.
    """
    suffix = ending(suffix)
    if isinstance(source, Arrived):
        source.taken = True
        return Stored(source.key, source.size, source.sha256)
    path = Path(source)
    with path.open("rb") as file:
        digest = sha256 or hashlib.file_digest(file, "sha256").hexdigest()
    size = path.stat().st_size
    key = fresh_key(suffix)
    _note(key)
    store().take_in(key, path, size=size, sha256=digest)
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
    return Stored(key, size, digest)


def write_bytes(data: bytes, *, suffix: str) -> Stored:
    """Keep `data` (small: a certificate, a table) as a new file, durable on return."""
    key = fresh_key(ending(suffix))
    digest = hashlib.sha256(data).hexdigest()
    _note(key)
    store().write(key, data, sha256=digest)
    return Stored(key, len(data), digest)


def delete(key: str) -> None:
    """Remove the file when the surrounding transaction commits (at once outside one).

    A key whose file is gone already is no error. Raises BadKey.
    """
    checked(key)
    transaction.on_commit(lambda: _remove(key))


def verify(key: str, sha256: str) -> bool:
    """Whether the file is there and its bytes still have this SHA-256; reads all of it."""
    return store().sha256(key) == sha256.lower()


@contextmanager
def readable(key: str, *, sha256: str | None = None) -> Iterator[Path]:
    """A local file with the content of `key`, to be read (not written) inside this block.

    On a disk it is the stored file itself; from S3 it is fetched into DATA/scratch, checked
    against `sha256` on the way, and removed afterwards. Raises FileNotFoundError, BadKey,
    Damaged, StorageTrouble (also when the scratch disk is full).
    """
    found = store()
    path = found.path_of(key)
    if path is not None:
        yield path
        return
    with scratch.fetched(found, key, sha256) as copy:
        yield copy


@contextmanager
def provisional() -> Iterator[None]:
    """Files that enter the store inside this block are removed again when the block raises.

    Stands around a transaction, so that a rollback leaves no file that nobody knows of.
    """
    made: list[str] = []
    token = _made.set(made)
    try:
        yield
    except BaseException:
        for key in made:
            _remove(key)
        raise
    finally:
        _made.reset(token)


def _remove(key: str) -> None:
    """What happened to the database stands already; a file that stays is found by the scrub."""
    try:
        store().delete(key)
    except OSError:
        logger.exception("%s could not be removed", key)


def _note(key: str) -> None:
    made = _made.get()
    if made is not None:
        made.append(key)
