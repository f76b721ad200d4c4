"""Zip archives that come by mail: what is in them, and one member at a time taken out, within limits.

Every number that an archive says of itself is distrusted; a path in it is never used as one. An archive
inside an archive stays closed. Knows files only, no rows.
"""

from __future__ import annotations

import contextlib
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

MOST_MEMBERS = 500
LARGEST_MEMBER = 4 * 1024**3
LARGEST_TOTAL = 8 * 1024**3
THICKEST = 200
"""How many times its packed size a member may have. Films and pictures hardly shrink; texts do so about
ten times; what unpacks to a thousand times its size was made to."""
THICKNESS_COUNTS_FROM = 16 * 1024**2
ENDINGS = (".zip",)
CLOSED = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_CHUNK = 1024 * 1024
_JUNK = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OverflowError)


class ArchiveRefused(Exception):
    """The archive, or a member of it, is not opened; one Chinese sentence says why."""


@dataclass(frozen=True)
class Member:
    """A file in an archive. `number` is its place in the directory, `name` its last part, `said` the
    whole path as it stands there, `odd` a Chinese remark on it."""

    number: int
    name: str
    size: int
    said: str
    odd: str = ""


def members(path: Path) -> list[Member]:
    """The files in a zip. Raises `ArchiveRefused`, with nothing unpacked."""
    with _opened(path) as archive:
        infos = archive.infolist()
        if len(infos) > MOST_MEMBERS:
            raise ArchiveRefused(
                f"压缩包里有 {len(infos)} 个文件，超过 {MOST_MEMBERS} 个，没有打开。"
            )
        found, total = [], 0
        for number, info in enumerate(infos):
            said = _name(info)
            if info.is_dir() or any(part in said for part in _JUNK):
                continue
            if stat.S_ISLNK(info.external_attr >> 16):
                continue
            if info.flag_bits & 0x1:
                raise ArchiveRefused("压缩包有密码，打不开。请发件人去掉密码重新发送。")
            _check(info)
            total += info.file_size
            if total > LARGEST_TOTAL:
                raise ArchiveRefused("压缩包解开后超过 8 GB，没有打开。请分开发送，或用上传链接。")
            name, odd = _last(said)
            found.append(Member(number, name, info.file_size, said, odd))
        return found


def take_out(path: Path, number: int, into: Path) -> int:
    """Write one member to `into` (made by this); returns its size. Raises `ArchiveRefused`, OSError
    (disk full); `into` is gone then."""
    with _opened(path) as archive:
        infos = archive.infolist()
        if not 0 <= number < len(infos):
            raise ArchiveRefused("压缩包里没有这个文件。")
        info = infos[number]
        if info.flag_bits & 0x1:
            raise ArchiveRefused("压缩包有密码，打不开。请发件人去掉密码重新发送。")
        _check(info)
        try:
            with archive.open(info) as source, into.open("xb") as target:
                return _copied(source, target, info.file_size)
        except (*_BROKEN, RuntimeError) as error:
            into.unlink(missing_ok=True)
            raise ArchiveRefused(
                "压缩包里的这个文件是坏的，取不出来。请发件人重新发送。"
            ) from error
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
        raise ArchiveRefused("压缩包里有超过 4 GB 的文件，没有打开。请用上传链接。")
    thick = info.file_size > THICKEST * max(info.compress_size, 1)
    if thick and info.file_size > THICKNESS_COUNTS_FROM:
        raise ArchiveRefused("压缩包里的文件解开后会膨胀几百倍，像是有意做成的，没有打开。")


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except (*_BROKEN, OSError, RuntimeError) as error:
        raise ArchiveRefused("压缩包是坏的，或不是 zip 格式，打不开。请发件人重新发送。") from error
    with archive:
        yield archive


def _name(info: zipfile.ZipInfo) -> str:
    """The path as its maker meant it: without the mark for UTF-8 it is in the maker's own charset,
    which for machines set to Chinese is GBK."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        raw = info.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for charset in ("utf-8", "gb18030"):
        with contextlib.suppress(UnicodeDecodeError):
            return raw.decode(charset)
    return info.filename


def _last(said: str) -> tuple[str, str]:
    parts = [part for part in said.replace("\\", "/").split("/") if part]
    odd = "压缩包里的路径不正常，只取了文件名" if ".." in parts or said.startswith("/") else ""
    name = parts[-1] if parts else ""
    kept = "".join(c for c in name if c.isprintable() and c not in '<>:"|?*').strip(" .")
    return (kept[-200:] or "未命名文件"), odd
