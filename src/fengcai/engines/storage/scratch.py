"""Copies for a while in DATA/scratch, for what can only read a local file (measuring a film).

Each copy is locked by its reader; what no living process holds is left over and goes.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath
from uuid import uuid4

from django.conf import settings

from fengcai.engines.storage.keys import Damaged, StorageTrouble, checked
from fengcai.engines.storage.store import Store

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def directory() -> Path:
    """DATA/scratch, made when missing."""
    path = Path(settings.FENGCAI_DATA) / "scratch"
    path.mkdir(parents=True, exist_ok=True)
    return path


@contextmanager
def fetched(store: Store, key: str, sha256: str | None) -> Iterator[Path]:
    """A copy of `key`, read in flat memory and hashed on the way; gone after the block.

    Raises FileNotFoundError, Damaged, StorageTrouble.
    """
    path = directory() / f"{uuid4().hex}{PurePath(checked(key)).suffix}"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        _fill(descriptor, store, key, sha256 or store.noted_sha256(key))
        yield path
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _fill(descriptor: int, store: Store, key: str, sha256: str | None) -> None:
    digest = hashlib.sha256()
    try:
        for chunk in store.get(key):
            digest.update(chunk)
            view = memoryview(chunk)
            while view:
                view = view[os.write(descriptor, view) :]
    except OSError as error:
        if error.errno in _FULL:
            raise StorageTrouble(
                f"本机磁盘满了，{directory()} 放不下要处理的文件；"
                "存储里的原件还在。清理磁盘后再试一次"
            ) from error
        raise
    if sha256 is not None and digest.hexdigest() != sha256.lower():
        raise Damaged(f"{key} 的内容与登记的 SHA-256 不符：存储里的文件变了，请从备份恢复它")


def clear() -> int:
    """Remove copies that nobody reads any more (their process died); returns how many."""
    gone = 0
    for path in directory().iterdir():
        with suppress(FileNotFoundError, IsADirectoryError):
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink(missing_ok=True)
                gone += 1
            except BlockingIOError:
                pass
            finally:
                os.close(descriptor)
    return gone
