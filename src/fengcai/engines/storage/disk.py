"""The store on a local disk: one file per key under a directory, durable when a call returns.

Knows no transactions (`content` does) and no other engine.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from fengcai.engines.storage.keys import Damaged, Found, StorageTrouble, checked, is_key

_NO_LINK = {errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS}
_FULL = {errno.ENOSPC, errno.EDQUOT}
BLOCK = 1024 * 1024
CHUNK = 256 * 1024


class DiskStore:
    """Files under `root`; it is made when the first one comes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.url = str(root)

    def path_of(self, key: str) -> Path:
        """Where the file of `key` lies; it need not exist. Raises BadKey."""
        return self.root / checked(key)

    def link(self, key: str, **_: object) -> None:
        """A disk has no address that a browser could be sent to."""
        checked(key)

    def found(self, key: str) -> Found | None:
        """Size and last change; None when there is no such file."""
        try:
            seen = self.path_of(key).stat()
        except FileNotFoundError:
            return None
        return Found(seen.st_size, seen.st_mtime)

    def size(self, key: str) -> int | None:
        """In bytes; None when there is no such file."""
        seen = self.found(key)
        return None if seen is None else seen.size

    def sha256(self, key: str) -> str | None:
        """Of the bytes that are there, all of them read; None when there is no such file."""
        try:
            with self.path_of(key).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            return None

    def noted_sha256(self, key: str) -> None:
        """A disk keeps no note beside a file."""
        checked(key)

    def get(self, key: str, first: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `first` up to `end` in chunks of 256 KiB. Raises FileNotFoundError."""
        with self.path_of(key).open("rb", buffering=0) as file:
            until = os.fstat(file.fileno()).st_size if end is None else end
            at = first
            while at < until:
                chunk = os.pread(file.fileno(), min(CHUNK, until - at), at)
                if not chunk:
                    raise OSError(f"{key} ends at {at}, expected {until}")
                at += len(chunk)
                yield chunk

    def keys(self) -> Iterator[tuple[str, int]]:
        """Every key with its size, in order, a directory at a time."""
        for outer in _listed(self.root):
            for inner in _listed(outer):
                for path in _listed(inner):
                    key = f"{outer.name}/{inner.name}/{path.name}"
                    with suppress(FileNotFoundError):
                        if is_key(key):
                            yield key, path.stat().st_size

    def take_in(self, key: str, path: Path, *, size: int, sha256: str) -> None:
        """Give the file at `path` a second name here (elsewhere than on this disk: copy it)."""
        target = self._place(key)
        with path.open("rb") as file:
            os.fsync(file.fileno())
            try:
                os.link(path, target)
            except OSError as error:
                if error.errno not in _NO_LINK:
                    raise
                self._copy(file, target, size, None)
        sync_directory(target.parent)

    def write(self, key: str, data: bytes, *, sha256: str) -> None:
        """Keep `data` under a fresh key."""
        target = self._place(key)
        draft = target.with_name(f".{target.name}.{uuid4().hex[:8]}")
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(target)
        sync_directory(target.parent)

    def put(self, key: str, file: BinaryIO, *, size: int, sha256: str) -> bool:
        """Keep what `file` gives under `key`, checked; False when these bytes were there already.

        A file of another content under the same key is replaced, at once, by the checked one.
        Raises Damaged (nothing kept) and StorageTrouble (disk full).
        """
        if self.size(key) == size and self.sha256(key) == sha256:
            return False
        target = self._place(key)
        self._copy(file, target, size, sha256)
        sync_directory(target.parent)
        return True

    def delete(self, key: str) -> None:
        """Remove the file; gone already is no error."""
        self.path_of(key).unlink(missing_ok=True)

    def check(self) -> str | None:
        """None when files can be written, read and deleted here; else what is wrong, in Chinese."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            probe = self.root / f".check-{uuid4().hex}"
            probe.write_bytes(b"fengcai")
            try:
                said = probe.read_bytes()
            finally:
                probe.unlink()
        except PermissionError:
            return f"没有权限写 {self.root}：把它的属主改为运行风采的用户"
        except OSError as error:
            if error.errno in _FULL:
                return f"{self.root} 所在的磁盘满了：清理或扩大磁盘"
            return f"{self.root} 不能写入：{error.strerror or error}"
        return None if said == b"fengcai" else f"{self.root} 读出的内容与写入的不同：检查这块磁盘"

    def _place(self, key: str) -> Path:
        target = self.path_of(key)
        missing = [p for p in (target.parent, *target.parent.parents) if not p.exists()]
        target.parent.mkdir(parents=True, exist_ok=True)
        for directory in missing:
            sync_directory(directory.parent)
        return target

    def _copy(self, source: BinaryIO, target: Path, size: int, sha256: str | None) -> None:
        """Copy into a draft, durable, and rename it; with `sha256` the bytes are checked."""
        draft = target.with_name(f".{target.name}.{uuid4().hex[:8]}")
        try:
            with draft.open("xb") as copy:
                if sha256 is None:
                    shutil.copyfileobj(source, copy, BLOCK)
                elif _copied(source, copy) != (size, sha256):
                    raise Damaged(f"{target.name} 的内容与登记的大小或 SHA-256 不符，没有保存")
                copy.flush()
                os.fsync(copy.fileno())
            draft.rename(target)
        except OSError as error:
            draft.unlink(missing_ok=True)
            if error.errno in _FULL:
                raise StorageTrouble(f"{self.root} 所在的磁盘满了：清理或扩大磁盘") from error
            raise


def _copied(source: BinaryIO, copy: BinaryIO) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    while block := source.read(BLOCK):
        digest.update(block)
        copy.write(block)
        size += len(block)
    return size, digest.hexdigest()


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def sync_directory(directory: Path) -> None:
    """Have the disk hold the names in `directory`."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
