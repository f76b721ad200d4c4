"""MP4 files written by hand: one track whose tables claim whatever a test needs, in a few hundred bytes."""

from __future__ import annotations

import struct


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box with its length before it."""
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def full(kind: bytes, *parts: bytes) -> bytes:
    """A box that begins with its version and flags, both zero."""
    return box(kind, bytes(4), *parts)


MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def track(
    *,
    number: int = 1,
    codec: bytes = b"raw ",
    size: tuple[int, int] = (16, 16),
    samples: int,
    sample_bytes: int,
    ticks: int = 40,
    data_at: int,
    boxes: bytes = b"",
) -> bytes:
    """A `trak` of pictures: `samples` of `sample_bytes` each, one behind the other from `data_at`,
    `ticks` thousandths of a second long. `boxes` stand behind the description of the pictures."""
    width, height = size
    length = min(2**32 - 1, samples * ticks)
    described = box(
        codec, bytes(6), struct.pack(">H", 1), bytes(16), struct.pack(">HH", width, height),
        struct.pack(">IIIH", 0x480000, 0x480000, 0, 1), bytes(32), struct.pack(">Hh", 24, -1), boxes,
    )  # fmt: skip
    table = box(
        b"stbl",
        full(b"stsd", struct.pack(">I", 1), described),
        full(b"stts", struct.pack(">III", 1, samples, ticks)),
        full(b"stsc", struct.pack(">IIII", 1, 1, samples, 1)),
        full(b"stsz", struct.pack(">II", sample_bytes, samples)),
        full(b"stco", struct.pack(">II", 1, data_at)),
    )
    where = box(b"dinf", full(b"dref", struct.pack(">I", 1), box(b"url ", b"\0\0\0\1")))
    media = box(
        b"mdia",
        full(b"mdhd", struct.pack(">IIIIHH", 0, 0, 1000, length, 0x55C4, 0)),
        full(b"hdlr", bytes(4), b"vide", bytes(12), b"\0"),
        box(b"minf", box(b"vmhd", b"\0\0\0\1", bytes(8)), where, table),
    )
    head = struct.pack(">IIIII", 0, 0, number, 0, length)
    shown = struct.pack(">II", width << 16, height << 16)
    return box(b"trak", box(b"tkhd", b"\0\0\0\7", head, bytes(16), MATRIX, shown), media)


def movie(tracks: list[bytes], data: bytes, *, data_first: bool = True) -> bytes:
    """A file of these tracks; with `data_first` the samples begin at byte 32."""
    head = full(b"mvhd", struct.pack(">IIIIIH", 0, 0, 1000, 1000, 0x10000, 0x100), bytes(10), MATRIX,
                bytes(24), struct.pack(">I", len(tracks) + 1))  # fmt: skip
    index = box(b"moov", head, *tracks)
    brand = box(b"ftyp", b"isom", bytes(4), b"isommp41")
    held = box(b"mdat", data)
    return brand + held + index if data_first else brand + index + held


DATA_AT = 32
