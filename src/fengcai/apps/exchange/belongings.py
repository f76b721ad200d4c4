"""The files that belong to an import: a folder of the server, or a zip that was sent. Found by name.

Nothing is fetched from elsewhere. Names come from strangers and are only ever compared, never used as
a path to write to.
"""

from __future__ import annotations

import os
import shutil
import stat
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fengcai.apps.refusals import Refused
from fengcai.engines import storage

MOST_FILES = 50_000
MOST_RATIO = 200
"""How many times larger than the zip its content may be: films do not shrink."""
_UTF8 = 0x0800


@dataclass(frozen=True)
class Thing:
    """A file that was found: its name with folders, its size, and how to copy it."""

    name: str
    size: int
    copy_to: Callable[[Path], None]


class Belongings:
    """Files by their names; a name without folders must be the only one of its kind."""

    def __init__(self, things: Iterator[Thing]) -> None:
        self._whole: dict[str, Thing] = {}
        self._last: dict[str, list[Thing]] = defaultdict(list)
        for number, thing in enumerate(things):
            if number >= MOST_FILES:
                raise Refused(f"文件超过 {MOST_FILES} 个。请分成几批导入。")
            self._whole[_key(thing.name)] = thing
            self._last[_key(thing.name.rsplit("/", 1)[-1])].append(thing)

    def find(self, name: str) -> Thing | str:
        """The file of this name, or why there is none, in Chinese."""
        key = _key(name)
        if key in self._whole:
            return self._whole[key]
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
            try:
                with zipfile.ZipFile(path) as archive:
                    yield Belongings(_in_zip(archive, path.stat().st_size))
            except zipfile.BadZipFile:
                raise Refused("压缩包已损坏或不是 zip，打不开。请重新压缩后再传。") from None
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
        with archive.open(member) as source, target.open("xb") as copy:
            while chunk := source.read(1024 * 1024):
                left -= len(chunk)
                if left < 0:
                    raise Refused(f"压缩包里的“{_name(member)}”比它自己说的大，没有收下。")
                copy.write(chunk)

    return copy_to


def _name(member: zipfile.ZipInfo) -> str:
    """The name as it was meant: Windows in Chinese writes GBK and does not say so."""
    name = member.filename
    if not member.flag_bits & _UTF8:
        try:
            name = name.encode("cp437").decode("gb18030")
        except UnicodeError:
            name = member.filename
    return name.replace("\\", "/")


def _key(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name.replace("\\", "/")).casefold().strip()
    return "/".join(part.strip() for part in plain.split("/") if part.strip() not in ("", "."))
