"""The content store on a local disk.

A file enters under a second name (hard link) and loses its first one only when the database
transaction that speaks of it has committed, and it is deleted only after such a commit: whatever
moment the machine dies at, a key that the database holds has its file.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import transaction

_SUFFIX = re.compile(r"(\.[a-z0-9]{1,10})?")
_KEY = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/\1\2[0-9a-f]{28}(\.[a-z0-9]{1,10})?")
_NO_LINK = {errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS}
_BLOCK = 1024 * 1024

_made: ContextVar[list[str] | None] = ContextVar("storage_made", default=None)


class BadKey(ValueError):
    """Not a key that this store gave out (never turned into a path)."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the store: its key (`ab/cd/abcd….mp4`), size in bytes, SHA-256 in lower-case hex."""

    key: str
    size: int
    sha256: str


def _root() -> Path:
    return Path(settings.FENGCAI_DATA) / "files"


def local_path(key: str) -> Path:
    """Where the file of `key` lies; it need not exist. Raises BadKey for anything else."""
    if not _KEY.fullmatch(key):
        raise BadKey(f"not a storage key: {key!r}")
    return _root() / key


def adopt(path: Path, *, suffix: str, sha256: str | None = None) -> Stored:
    """Take over the file at `path` (on DATA's file system: at once; elsewhere: by copying).

    `suffix` is a file ending such as `.mp4` (ASCII letters and digits, any case) or empty. Pass
    `sha256` (of CompletedUpload) when it is known; else the file is read once. On return the file
    and its name are durable. `path` is removed when the surrounding transaction commits (at once
    outside one); after a rollback it is still there. Raises ValueError, OSError.
    """
    suffix = _checked(suffix)
    path = Path(path)
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        digest = sha256 or hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    key, target = _fresh(suffix)
    try:
        os.link(path, target)
    except OSError as error:
        if error.errno not in _NO_LINK:
            raise
        _copy(path, target)
    _sync_directory(target.parent)
    _note(key)
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
    return Stored(key, size, digest)


def write_bytes(data: bytes, *, suffix: str) -> Stored:
    """Keep `data` (small: a certificate, a table) as a new file, durable on return."""
    key, target = _fresh(_checked(suffix))
    draft = target.with_name(f".{target.name}.draft")
    with draft.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(target)
    _sync_directory(target.parent)
    _note(key)
    return Stored(key, len(data), hashlib.sha256(data).hexdigest())


def delete(key: str) -> None:
    """Remove the file when the surrounding transaction commits (at once outside one).

    A key whose file is gone already is no error. Raises BadKey.
    """
    path = local_path(key)
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def verify(key: str, sha256: str) -> bool:
    """Whether the file is there and its bytes still have this SHA-256; reads all of it."""
    try:
        with local_path(key).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256.lower()
    except FileNotFoundError:
        return False


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
            local_path(key).unlink(missing_ok=True)
        raise
    finally:
        _made.reset(token)


def _note(key: str) -> None:
    made = _made.get()
    if made is not None:
        made.append(key)


def _checked(suffix: str) -> str:
    suffix = suffix.lower()
    if not _SUFFIX.fullmatch(suffix):
        raise ValueError(f"not a file ending: {suffix!r}")
    return suffix


def _fresh(suffix: str) -> tuple[str, Path]:
    name = uuid4().hex
    key = f"{name[:2]}/{name[2:4]}/{name}{suffix}"
    target = _root() / key
    missing = [p for p in (target.parent, *target.parent.parents) if not p.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    for directory in missing:
        _sync_directory(directory.parent)
    return key, target


def _copy(path: Path, target: Path) -> None:
    draft = target.with_name(f".{target.name}.draft")
    with path.open("rb") as source, draft.open("xb") as copy:
        shutil.copyfileobj(source, copy, _BLOCK)
        copy.flush()
        os.fsync(copy.fileno())
    draft.rename(target)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
