"""Zip archives: their directory, and one member at a time, by the standard library."""

from __future__ import annotations

import contextlib
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from fengcai.apps.mailbox.archives.limits import (
    BAD_MEMBER,
    JUNK,
    LARGE_MEMBER,
    LARGE_WHOLE,
    LARGEST_MEMBER,
    LARGEST_TOTAL,
    LOCKED,
    MOST_MEMBERS,
    NO_MEMBER,
    THICK,
    THICKEST,
    THICKNESS_COUNTS_FROM,
    ArchiveRefused,
    Member,
    last_part,
    too_many,
)
from fengcai.apps.zipped import meant_name

_CHUNK = 1024 * 1024
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OverflowError)


def members(path: Path) -> list[Member]:
    """The files in a zip. Raises `ArchiveRefused`, with nothing unpacked."""
    with _opened(path) as archive:
        infos = archive.infolist()
        if len(infos) > MOST_MEMBERS:
            raise too_many(len(infos))
        found, total = [], 0
        for number, info in enumerate(infos):
            said = meant_name(info)
            if info.is_dir() or any(part in said for part in JUNK):
                continue
            if stat.S_ISLNK(info.external_attr >> 16):
                continue
            if info.flag_bits & 0x1:
                raise ArchiveRefused(LOCKED)
            _check(info)
            total += info.file_size
            if total > LARGEST_TOTAL:
                raise ArchiveRefused(LARGE_WHOLE)
            name, odd = last_part(said)
            found.append(Member(number, name, info.file_size, said, odd))
        return found


def take_out(path: Path, number: int, into: Path) -> int:
    """Write one member to `into` (made by this); returns its size. Raises `ArchiveRefused`, OSError
    (disk full); `into` is gone then."""
    with _opened(path) as archive:
        infos = archive.infolist()
        if not 0 <= number < len(infos):
            raise ArchiveRefused(NO_MEMBER)
        info = infos[number]
        if info.flag_bits & 0x1:
            raise ArchiveRefused(LOCKED)
        _check(info)
        try:
            with archive.open(info) as source, into.open("xb") as target:
                return _copied(source, target, info.file_size)
        except (*_BROKEN, RuntimeError) as error:
            into.unlink(missing_ok=True)
            raise ArchiveRefused(BAD_MEMBER) from error
        except BaseException:
            into.unlink(missing_ok=True)
            raise


def _copied(source: object, target: BinaryIO, promised: int) -> int:
    """Never more than the directory promised, whatever the packed bytes hold."""
    size = 0
    while chunk := source.read(_CHUNK):  # type: ignore[attr-defined]
        size += len(chunk)
        if size > promised:
            raise ValueError("longer than promised")
        target.write(chunk)
    return size


def _check(info: zipfile.ZipInfo) -> None:
    if info.file_size > LARGEST_MEMBER:
        raise ArchiveRefused(LARGE_MEMBER)
    thick = info.file_size > THICKEST * max(info.compress_size, 1)
    if thick and info.file_size > THICKNESS_COUNTS_FROM:
        raise ArchiveRefused(THICK)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except (*_BROKEN, OSError, RuntimeError) as error:
        raise ArchiveRefused(
            "压缩包是坏的，或是这里不认识的格式，打不开。请发件人改用 zip 重新发送。"
        ) from error
    with archive:
        yield archive
