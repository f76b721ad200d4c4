"""The files that belong to an import: a folder of the server, or a zip that was sent. Found by name.

Nothing is fetched from elsewhere. Names come from strangers and are only ever compared, never used as
a path to write to.
"""

from __future__ import annotations

import lzma
import os
import shutil
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fengcai.apps.refusals import Refused
from fengcai.apps.zipped import meant_name
from fengcai.engines import storage

MOST_FILES = 50_000
MOST_DIRECTORY = 64 * 1024**2
"""How long the list of contents of a zip may be: beyond it, it holds more files than are taken."""
MOST_RATIO = 200
"""How many times larger than the zip its content may be: films do not shrink."""
_UNREADABLE = (
    zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OverflowError,
    struct.error, zlib.error, lzma.LZMAError,
)  # fmt: skip
"""What zipfile raises at a hostile or broken archive."""
_LEFT_OUT = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")
"""What computers put beside people's files."""


@dataclass(frozen=True)
class Thing:
    """A file that was found: its name with folders, its size, and how to copy it."""

    name: str
    size: int
    copy_to: Callable[[Path], None]


class Belongings:
    """Files by their names; a name without folders must be the only one of its kind."""

    def __init__(self, things: Iterator[Thing]) -> None:
        self._whole: dict[str, list[Thing]] = defaultdict(list)
        self._last: dict[str, list[Thing]] = defaultdict(list)
        for number, thing in enumerate(things):
            if number >= MOST_FILES:
                raise Refused(f"文件超过 {MOST_FILES} 个。请分成几批导入。")
            if _key(thing.name).startswith(_LEFT_OUT):
                continue
            self._whole[_key(thing.name)].append(thing)
            self._last[_key(thing.name.rsplit("/", 1)[-1])].append(thing)

    def find(self, name: str) -> Thing | str:
        """The file of this name, or why there is none, in Chinese."""
        key = _key(name)
        same = self._whole.get(key, [])
        if len(same) == 1:
            return same[0]
        if same:
            return f"有 {len(same)} 个文件的文件夹和名字都是“{name}”，分不清是哪一个，请改名"
        same = self._last.get(key.rsplit("/", 1)[-1], [])
        if "/" in key or not same:
            return f"找不到文件“{name}”"
        if len(same) > 1:
            return f"有 {len(same)} 个文件都叫“{name}”，请在表里连文件夹一起写"
        return same[0]

    def __len__(self) -> int:
        return len(self._whole)


@contextmanager
def belongings(folder: str, archive_key: str, archive_sha256: str) -> Iterator[Belongings]:
    """The files of an import, for the time of the block. Raises `Refused`, StorageTrouble."""
    if folder:
        root = Path(folder)
        if not root.is_dir():
            raise Refused(f"服务器上没有文件夹“{root.name}”，或网站读不了它。")
        yield Belongings(_in_folder(root))
    elif archive_key:
        with storage.readable(archive_key, sha256=archive_sha256) as path:
            _check_directory(path)
            try:
                archive = zipfile.ZipFile(path)
            except _UNREADABLE:
                raise Refused("压缩包已损坏或不是 zip，打不开。请重新压缩后再传。") from None
            with archive:
                yield Belongings(_in_zip(archive, path.stat().st_size))
    else:
        yield Belongings(iter(()))


def _in_folder(root: Path) -> Iterator[Thing]:
    for where, folders, files in os.walk(root):
        folders.sort()
        for name in sorted(files):
            path = Path(where) / name
            seen = path.lstat()
            if not stat.S_ISREG(seen.st_mode):
                continue  # a link could lead out of the folder
            yield Thing(path.relative_to(root).as_posix(), seen.st_size, _copier(path))


def _copier(path: Path) -> Callable[[Path], None]:
    def copy_to(target: Path) -> None:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "rb") as source, target.open("xb") as copy:
            shutil.copyfileobj(source, copy, 1024 * 1024)

    return copy_to


def _check_directory(path: Path) -> None:
    """Refuse a zip whose list of contents is too long to be read into memory. Raises `Refused`."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 65_557 - 20))
        tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 22:
        return  # no zip: said when it is opened
    count, length = struct.unpack("<10xHL", tail[end : end + 16])
    locator = tail[end - 20 : end]
    if locator[:4] == b"PK\x06\x07":  # zip64: the true length stands in its own record
        with path.open("rb") as file:
            file.seek(min(struct.unpack("<8xQ", locator[:16])[0], size))
            record = file.read(56)
        if record[:4] == b"PK\x06\x06" and len(record) == 56:
            count, length = struct.unpack("<32xQQ", record[:48])
    if count > MOST_FILES or length > MOST_DIRECTORY:
        raise Refused(f"压缩包里的文件超过 {MOST_FILES} 个。请分成几批导入。")


def _in_zip(archive: zipfile.ZipFile, packed: int) -> Iterator[Thing]:
    members = [each for each in archive.infolist() if not each.is_dir()]
    unpacked = sum(each.file_size for each in members)
    if unpacked > MOST_RATIO * max(packed, 1024 * 1024):
        raise Refused("压缩包解开后大得不正常，没有打开。请检查它的内容。")
    for member in members:
        if member.flag_bits & 1:
            raise Refused("压缩包设了密码，打不开。请去掉密码重新压缩后再传。")
        yield Thing(_name(member), member.file_size, _unpacker(archive, member))


def _unpacker(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[Path], None]:
    def copy_to(target: Path) -> None:
        left = member.file_size
        with target.open("xb") as copy:
            try:
                with archive.open(member) as source:
                    while chunk := source.read(1024 * 1024):
                        left -= len(chunk)
                        if left < 0:
                            break
                        copy.write(chunk)
            except NotImplementedError:
                raise Refused(
                    f"压缩包里的“{_name(member)}”用的压缩方法不常见，解不开，没有收下。"
                    "请选“存储”或“标准（Deflate）”重新压缩后再传。"
                ) from None
            except _UNREADABLE:
                raise Refused(
                    f"压缩包里的“{_name(member)}”已损坏，没有收下。请重新压缩后再传。"
                ) from None
        if left:
            raise Refused(f"压缩包里的“{_name(member)}”与它自己说的大小不符，没有收下。")

    return copy_to


def _name(member: zipfile.ZipInfo) -> str:
    return meant_name(member).replace("\\", "/")


def _key(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name.replace("\\", "/")).casefold().strip()
    return "/".join(part.strip() for part in plain.split("/") if part.strip() not in ("", "."))
