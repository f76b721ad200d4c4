"""The layout of a zip of stored files (PKWARE APPNOTE 6.3.10), byte by byte, before any of it is sent.

Every entry is stored as it is, and its CRC-32 and size are known, so that no data descriptor is needed
and each byte of the archive has its place: what a resumed download asks for can be made without what
stands before it. zip64 where a size, an offset or the number of entries asks for it. Reads no file.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

_MOST_32 = 0xFFFFFFFF
_MOST_16 = 0xFFFF
_UTF8 = 0x0800
_PLAIN, _ZIP64 = 20, 45
_ON_UNIX = 3 << 8
_MODE = 0o100644 << 16

_HEADER = struct.Struct("<4sHHHLLLLHH")
_CENTRAL = struct.Struct("<4sHHHHLLLLHHHHHLL")
_END = struct.Struct("<4sHHHHLLH")
_END_64 = struct.Struct("<4sQHHLLQQQQ")
_LOCATOR = struct.Struct("<4sLQL")


@dataclass(frozen=True, slots=True)
class Member:
    """One entry: its path with `/`, size in bytes, CRC-32, DOS date and time, where its header stands."""

    name: str
    size: int
    crc: int
    stamp: int
    offset: int = 0

    @property
    def data_at(self) -> int:
        """Where its content begins."""
        return self.offset + len(header(self))

    @property
    def end(self) -> int:
        """Where the next entry begins."""
        return self.data_at + self.size


def dos_stamp(at: datetime) -> int:
    """Local date and time as DOS counts it, to two seconds, from 1980 to 2107."""
    if at.year < 1980:
        return (1 << 21) | (1 << 16)
    day = ((min(at.year, 2107) - 1980) << 9) | (at.month << 5) | at.day
    return (day << 16) | (at.hour << 11) | (at.minute << 5) | (at.second // 2)


def header(member: Member) -> bytes:
    """The local header that stands before the entry's content."""
    name = member.name.encode()
    wide = member.size >= _MOST_32
    extra = struct.pack("<HHQQ", 1, 16, member.size, member.size) if wide else b""
    size = _MOST_32 if wide else member.size
    return (
        _HEADER.pack(
            b"PK\x03\x04", _ZIP64 if wide else _PLAIN, _UTF8, 0, member.stamp, member.crc, size, size,
            len(name), len(extra),
        )
        + name
        + extra
    )  # fmt: skip


def placed(members: Iterable[Member]) -> Iterator[Member]:
    """The members one behind the other, each with its place."""
    at = 0
    for member in members:
        there = replace(member, offset=at)
        at = there.end
        yield there


def directory(members: Iterable[Member]) -> bytes:
    """The central directory and its end, for members that have their places: the archive's tail.

    It holds about 100 bytes for an entry, in memory.
    """
    rows, count, begins = [], 0, 0
    for member in members:
        rows.append(_central(member))
        begins = member.end
        count += 1
    written = b"".join(rows)
    return written + _ending(count, begins, len(written))


def crc32(chunks: Iterable[bytes]) -> tuple[int, int]:
    """CRC-32 and length of what comes in chunks."""
    crc = size = 0
    for chunk in chunks:
        crc = zlib.crc32(chunk, crc)
        size += len(chunk)
    return crc, size


def _central(member: Member) -> bytes:
    name = member.name.encode()
    wide = [value for value in (member.size, member.size) if member.size >= _MOST_32]
    wide += [member.offset] if member.offset >= _MOST_32 else []
    extra = struct.pack(f"<HH{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
    size = min(member.size, _MOST_32)
    needs = _ZIP64 if wide else _PLAIN
    return (
        _CENTRAL.pack(
            b"PK\x01\x02", _ON_UNIX | _ZIP64, needs, _UTF8, 0, member.stamp, member.crc, size, size,
            len(name), len(extra), 0, 0, 0, _MODE, min(member.offset, _MOST_32),
        )
        + name
        + extra
    )  # fmt: skip


def _ending(count: int, begins: int, length: int) -> bytes:
    last = _END.pack(
        b"PK\x05\x06", 0, 0, min(count, _MOST_16), min(count, _MOST_16), min(length, _MOST_32),
        min(begins, _MOST_32), 0,
    )  # fmt: skip
    if count < _MOST_16 and begins < _MOST_32 and length < _MOST_32:
        return last
    wide = _END_64.pack(
        b"PK\x06\x06", _END_64.size - 12, _ON_UNIX | _ZIP64, _ZIP64, 0, 0, count, count, length, begins
    )  # fmt: skip
    return wide + _LOCATOR.pack(b"PK\x06\x07", 0, begins + length, 1) + last
