"""Which store there is: the port, opening one by its address, and the installation's own.

An address is a directory (`/srv/files`) or `s3://bucket/prefix`. Knows no transactions.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from django.conf import settings

from fengcai.engines.storage.keys import Found
from fengcai.engines.storage.s3_access import Access

if TYPE_CHECKING:
    from fengcai.engines.storage.s3_multiparts import Multiparts

S3 = "s3://"
_PORT = "fengcai.engines.storage"


class Store(Protocol):
    """One place where files are kept. Every call blocks; all may be made from any thread.

    Keys that are none raise BadKey; a place that refuses raises StorageTrouble (or OSError).
    """

    url: str

    def put(self, key: str, file: BinaryIO, *, size: int, sha256: str) -> bool:
        """Keep `file` under `key`, checked; False when these bytes were there already.

        May be repeated. Raises Damaged, with nothing kept, when `file` is not what is announced.
        """

    def take_in(self, key: str, path: Path, *, size: int, sha256: str) -> None:
        """Keep the local file `path` under a fresh key; it stays where it is as well."""

    def write(self, key: str, data: bytes, *, sha256: str) -> None:
        """Keep a few bytes under a fresh key."""

    def get(self, key: str, first: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `first` up to `end`, in chunks. Raises FileNotFoundError."""

    def keys(self) -> Iterator[tuple[str, int]]:
        """Every key with its size in bytes, in order, in flat memory."""

    def found(self, key: str) -> Found | None:
        """Size and last change, or None when there is no such file."""

    def size(self, key: str) -> int | None:
        """In bytes, or None."""

    def sha256(self, key: str) -> str | None:
        """Lower-case hex of the bytes that are there, all of them read; or None."""

    def noted_sha256(self, key: str) -> str | None:
        """What was noted beside the file when it was put, where the store keeps such a note."""

    def delete(self, key: str) -> None:
        """Remove the file; gone already is no error."""

    def path_of(self, key: str) -> Path | None:
        """The local file itself, where the store is a disk."""

    def link(self, key: str, *, content_type: str, disposition: str, max_age: int) -> str | None:
        """An address under which a browser may fetch the file for a while, where there is one."""

    def check(self) -> str | None:
        """None when all that the product needs works here; else one Chinese line of what to mend."""


def open_store(url: str, access: Access | None = None) -> Store:
    """The store at `url`. Nothing is contacted yet; `check()` does. Raises ValueError."""
    opened: Store
    if url.startswith(S3):
        opened = import_module(f"{_PORT}.s3").S3Store(url, access or Access())
    elif Path(url).is_absolute():
        opened = import_module(f"{_PORT}.disk").DiskStore(Path(url))
    else:
        raise ValueError(f"须是绝对路径或 s3://桶名/前缀：{url!r}")
    return opened


def store() -> Store:
    """The installation's own store (FENGCAI_STORAGE; empty means DATA/files)."""
    return _opened(_address(), access())


def multiparts() -> Multiparts | None:
    """Where files may arrive in parts, if the installation's store is S3."""
    return _multiparts(_address(), access()) if _address().startswith(S3) else None


def access() -> Access:
    """The installation's S3 settings."""
    return Access(
        endpoint=getattr(settings, "FENGCAI_S3_ENDPOINT", ""),
        region=getattr(settings, "FENGCAI_S3_REGION", "us-east-1"),
        access_key=getattr(settings, "FENGCAI_S3_ACCESS_KEY", ""),
        secret_key=getattr(settings, "FENGCAI_S3_SECRET_KEY", ""),
        addressing=getattr(settings, "FENGCAI_S3_ADDRESSING", "auto"),
        presign=getattr(settings, "FENGCAI_S3_PRESIGN", True),
    )


def _address() -> str:
    return getattr(settings, "FENGCAI_STORAGE", "") or str(Path(settings.FENGCAI_DATA) / "files")


@lru_cache(maxsize=8)
def _opened(url: str, access: Access) -> Store:
    return open_store(url, access)


@lru_cache(maxsize=8)
def _multiparts(url: str, access: Access) -> Multiparts:
    from fengcai.engines.storage.s3 import S3Store
    from fengcai.engines.storage.s3_multiparts import Multiparts

    found = _opened(url, access)
    assert isinstance(found, S3Store)
    return Multiparts(found)
