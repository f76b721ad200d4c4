"""Every stored file into another store, each read back and compared. Can be stopped at any moment.

A journal beside the data tells the next run what has been compared already. The files that the
database speaks of are told apart from the rest, so that one which is missing or damaged before the
move is named and not passed on in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, TextIO

from fengcai.engines import storage
from fengcai.engines.transfer.refusals import TransferRefused

SHA256_DIGITS = 64

Say = Callable[[int, int], None]
"""Told how many files and bytes have travelled."""


@dataclass(slots=True)
class FilesMoved:
    """What a run did. `missing` and `damaged` were so before: keys, at their source."""

    files: int = 0
    bytes: int = 0
    already: int = 0
    """Compared by an earlier run."""
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)


def copy_files(
    source: storage.Store, destination: storage.Store, *, journal: Path, say: Say
) -> FilesMoved:
    """Bring every file of `source` over; what is there already and was compared is passed over.

    `journal` is a file that grows by a line for each compared file; keep it for the next run.
    Raises TransferRefused when a file arrives different, StorageTrouble when a store refuses:
    in both cases the same call goes on from where it was.
    """
    done = FilesMoved()
    expected = _Expected()
    known = _read(journal)
    journal.parent.mkdir(parents=True, exist_ok=True)
    with journal.open("a", encoding="utf-8") as note:
        for key, size in source.keys():  # noqa: SIM118  (a store is no mapping)
            done.missing += expected.before(key)
            announced = expected.sha256(key)
            if key in known and known[key][0] == size == destination.size(key):
                done.already += 1
                sha256 = known[key][1]
            else:
                sha256 = _carry(source, destination, key, size, note)
                done.files += 1
                done.bytes += size
                say(done.files, done.bytes)
            if announced and announced != sha256:
                done.damaged.append(key)
        done.missing += expected.rest()
    return done


def _carry(
    source: storage.Store, destination: storage.Store, key: str, size: int, note: TextIO
) -> str:
    sha256 = source.sha256(key)
    if sha256 is None:
        raise TransferRefused(f"文件 {key} 在搬的时候不见了。请重新运行同一条命令。")
    with _opened(source, key, Path(note.name).parent) as file:
        destination.put(key, file, size=size, sha256=sha256)
    if destination.sha256(key) != sha256:
        raise TransferRefused(
            f"文件 {key} 搬过去之后读回来不一样。原来的文件没有改动；请检查目的存储，再运行一次。"
        )
    note.write(f"{key} {size} {sha256}\n")
    note.flush()
    return sha256


@contextmanager
def _opened(source: storage.Store, key: str, folder: Path) -> Iterator[BinaryIO]:
    if path := source.path_of(key):
        with path.open("rb") as file:
            yield file
        return
    with TemporaryFile(dir=folder) as copy:  # /tmp may be memory
        for chunk in source.get(key):
            copy.write(chunk)
        copy.seek(0)
        yield copy


def _read(journal: Path) -> dict[str, tuple[int, str]]:
    """The files that earlier runs have compared; a line cut off by a crash does not count."""
    known: dict[str, tuple[int, str]] = {}
    if not journal.exists():
        return known
    for line in journal.read_text(encoding="utf-8").split("\n")[:-1]:
        words = line.split(" ")
        if len(words) == 3 and words[1].isdigit() and len(words[2]) == SHA256_DIGITS:
            known[words[0]] = (int(words[1]), words[2])
    return known


class _Expected:
    """The files that the database speaks of, in the order of their keys, asked for as they come."""

    def __init__(self) -> None:
        self._owned = storage.all_owned()
        self._next = next(self._owned, None)

    def before(self, key: str) -> list[str]:
        """Those that should have come before `key` and did not."""
        passed = []
        while self._next is not None and self._next.key < key:
            passed.append(self._next.key)
            self._next = next(self._owned, None)
        return passed

    def sha256(self, key: str) -> str:
        """What the database says of `key`; empty when it says nothing."""
        if self._next is None or self._next.key != key:
            return ""
        said, self._next = self._next.sha256, next(self._owned, None)
        return said

    def rest(self) -> list[str]:
        """Those that did not come at all."""
        missing = [] if self._next is None else [self._next.key, *(o.key for o in self._owned)]
        self._next = None
        return missing
