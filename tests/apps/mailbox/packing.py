"""Archives for tests: 7z by libarchive itself, rar 5 (nobody but its maker writes it) by hand, stored."""

from __future__ import annotations

import base64
import struct
import zlib
from pathlib import Path

import libarchive

# Made once with py7zr: a file named 密.mp4 behind the password “fengcai”; and the same with its names
# behind it, too.
LOCKED_7Z = base64.b64decode(
    "N3q8ryccAARFmI7BeQAAAAAAAAAUAAAAAAAAAIHWvcqMOo+zMDWBm7FaqV5KZ9O1AQBkAQQGAAEJEAoBpdwH8wAHCw"
    "EAAiQG8QcBElMP3qMEv2AuVnQYsQ27l3RaASEhARgBAAwIBAAICgEivkSCAAAFARENAMZbLgBtAHAANAAAABQKAQAQ"
    "EYaTAHvdARUGAQAggICBAAAAFwYQAQlpAAcLAQABISEBGAxlAAA="
)
SEALED_7Z = base64.b64decode(
    "N3q8ryccAATvPw/ugAAAAAAAAAAoAAAAAAAAAD5pR863Oz2g3gN0CrtpfeK3youe7dzQrm3/L0+qpMHWDTGoUZjY58"
    "mB4c64MsVkhB/zZyr+9xqn3zEiTfqKunyYGH1GMRXDdrmM7ggp+Msdrk8hPt4PeMShLjlRFjdydnHVFXObEzmaYLb3"
    "MMXo13SzkJbm3oIdkY0J4kSRtquGnKfNbhcGEAEJcAAHCwEAASQG8QcBElMPu1nthcGUiLPlVzI/4CniTQxlAAA="
)
RAR5 = b"Rar!\x1a\x07\x01\x00"
ENCRYPTED = 4


def seven_zip(path: Path, members: dict[str, bytes]) -> bytes:
    """A 7z of these files."""
    with libarchive.file_writer(str(path), "7zip") as archive:
        for name, data in members.items():
            archive.add_file_from_memory(name, len(data), data)
    return path.read_bytes()


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _block(kind: int, flags: int, body: bytes, data: bytes = b"") -> bytes:
    head = _number(kind) + _number(flags) + (_number(len(data)) if flags & 2 else b"") + body
    head = _number(len(head)) + head
    return struct.pack("<I", zlib.crc32(head)) + head + data


def rar(members: dict[str, bytes], *, said: int | None = None, locked: bool = False) -> bytes:
    """A rar (format 5) that holds these files as they are. `said`: the size that its directory names;
    `locked`: its names are behind a password."""
    if locked:
        return RAR5 + _block(ENCRYPTED, 0, _number(0) + _number(0) + b"\x0f" + b"s" * 16)
    out = RAR5 + _block(1, 0, _number(0))
    for name, data in members.items():
        raw = name.encode()
        size = len(data) if said is None else said
        body = (
            _number(4) + _number(size) + _number(0o100644) + struct.pack("<I", zlib.crc32(data))
            + _number(0) + _number(1) + _number(len(raw)) + raw
        )  # fmt: skip
        out += _block(2, 2, body, data)
    return out + _block(5, 0, _number(0))
