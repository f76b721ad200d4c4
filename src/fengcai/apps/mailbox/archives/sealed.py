"""Rar and 7z: asks a child process behind walls, and believes nothing that it cannot check itself.

What the child does (hangs, floods, dies), the parent gets members, bytes, or one sentence.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Collection, Iterator
from ctypes.util import find_library
from pathlib import Path
from typing import IO, Any

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
    PIECE,
    THICK,
    THICKEST,
    THICKNESS_COUNTS_FROM,
    ArchiveRefused,
    Member,
    last_part,
    too_many,
)

LISTING_S = 60.0
TAKING_S = 900.0
_CHUNK = 1024 * 1024
_MOST_REPORT = 4 * 1024**2
BROKEN = "压缩包是空的、坏的、分了卷的，或是这里不认识的格式，打不开。请发件人改用一个 zip 重新发送，或用上传链接。"
SLOW = "压缩包太久没有解开，已停止。请发件人改用 zip，或直接发送文件。"
MISSING = (
    "这台服务器没有装 libarchive，rar 和 7z 压缩包打不开。请管理员安装后重新读取，"
    "或请发件人改用 zip。"
)
_SAID = {"locked": LOCKED, "missing": MISSING, "broken": BROKEN, "bad": BAD_MEMBER}


def archives_open() -> bool:
    """Whether this machine has what opens them."""
    return find_library("archive") is not None


def members(path: Path) -> list[Member]:
    """The files in it. Raises `ArchiveRefused`, with nothing unpacked."""
    with _child(path, "list", LISTING_S) as child:
        assert child.stdout is not None
        report = _believed(child.stdout.read(_MOST_REPORT + 1))
    if "refused" in report:
        raise ArchiveRefused(_SAID.get(str(report["refused"]), BROKEN))
    rows = report.get("members")
    if not isinstance(rows, list) or not rows:
        raise ArchiveRefused(BROKEN)
    if len(rows) > MOST_MEMBERS:
        raise too_many(int(report.get("count", len(rows))))
    found, total = [], 0
    for number, said, size in rows:
        if any(part in said for part in JUNK):
            continue
        if size > LARGEST_MEMBER:
            raise ArchiveRefused(LARGE_MEMBER)
        total += size
        if total > LARGEST_TOTAL:
            raise ArchiveRefused(LARGE_WHOLE)
        name, odd = last_part(said)
        found.append(Member(number, name, size, said, odd))
    _check_thickness(total, path)
    return found


def take_out(path: Path, number: int, into: Path) -> int:
    """Write one member to `into`; returns its size. Raises `ArchiveRefused`, OSError (disk full);
    `into` is gone then."""
    with tempfile.TemporaryDirectory(dir=into.parent) as folder:
        taken = take_out_together(path, [number], Path(folder))
        if number not in taken:
            raise ArchiveRefused(BAD_MEMBER)
        taken[number].replace(into)
    return into.stat().st_size


def take_out_together(path: Path, numbers: Collection[int], folder: Path) -> dict[int, Path]:
    """Write these members to files in `folder`, in one pass: of a solid archive each pass unpacks all that
    stands before. Where one is bad, those that came whole before it are given. Raises `ArchiveRefused`,
    OSError (disk full)."""
    promised = {each.number: each.size for each in members(path)}
    if not all(number in promised for number in numbers):
        raise ArchiveRefused(NO_MEMBER)
    task = "take:" + ",".join(str(number) for number in sorted(numbers))
    with _child(path, task, TAKING_S) as child:
        assert child.stdout is not None
        found: dict[int, Path] = {}
        for number in sorted(numbers):
            into = folder / str(number)
            if not _copied(child.stdout, into, number, promised[number]):
                into.unlink(missing_ok=True)
                break
            found[number] = into
    return found


def _copied(source: IO[bytes], into: Path, number: int, promised: int) -> bool:
    """Whether the next member that comes is this one, as long as the directory promised. Never more than
    that is written, whatever the packed bytes hold."""
    size = 0
    with into.open("xb") as target:
        while len(head := source.read(PIECE.size)) == PIECE.size:
            of, length = PIECE.unpack(head)
            if of != number or length > min(_CHUNK, promised - size):
                return False
            if not length:
                return size == promised
            piece = source.read(length)
            target.write(piece)
            size += len(piece)
    return False


def _check_thickness(total: int, path: Path) -> None:
    # Of a solid archive no member has a packed size of its own: the whole is measured.
    if total > THICKNESS_COUNTS_FROM and total > THICKEST * max(path.stat().st_size, 1):
        raise ArchiveRefused(THICK)


@contextlib.contextmanager
def _child(path: Path, task: str, seconds: float) -> Iterator[subprocess.Popen[bytes]]:
    """A child that reads the archive from its standard input; ended after `seconds`, and at the end."""
    environment = {key: os.environ[key] for key in ("PATH", "PYTHONPATH") if key in os.environ}
    command = [sys.executable, "-m", "fengcai.apps.mailbox.archives.child", task]
    if "PYTHONPATH" not in environment:
        command.insert(1, "-I")
    with path.open("rb") as archive:
        child = subprocess.Popen(
            command, stdin=archive, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**environment, "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
    slow = threading.Event()

    def end() -> None:
        slow.set()
        child.kill()

    clock = threading.Timer(seconds, end)
    clock.daemon = True
    clock.start()
    try:
        with child:
            try:
                yield child
            finally:
                child.kill()
    except ArchiveRefused:
        if slow.is_set():
            raise ArchiveRefused(SLOW) from None
        raise
    finally:
        clock.cancel()


def _believed(report: bytes) -> dict[str, Any]:
    """What the child said, every value of the kind it has to be."""
    try:
        found = json.loads(report) if len(report) <= _MOST_REPORT else None
        if not isinstance(found, dict):
            raise ArchiveRefused(BROKEN)
        if "members" in found:
            found["members"] = [
                (int(number), str(said)[:2_000], int(size))
                for number, said, size in found["members"]
            ]
            if any(size < 0 for _, _, size in found["members"]):
                raise ArchiveRefused(BROKEN)
    except (ValueError, TypeError):
        raise ArchiveRefused(BROKEN) from None
    return found
