"""The top-level boxes of an MP4/QuickTime file: is the index there, where, and is anything cut off?

Only box headers are read (ISO/IEC 14496-12, 4.2), so a film of many gigabytes costs a few reads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

MOST_BOXES = 20_000
MOST_INDEX_BYTES = 16 * 1024**2

ReadAt = Callable[[int, int], bytes]


@dataclass(frozen=True)
class Layout:
    """`missing_bytes`: how much the last sample-data or index box promises beyond the file;
    `encrypted`: pictures or sound stand there under lock and key (ISO/IEC 23001-7)."""

    major_brand: str | None
    has_index: bool
    has_data: bool
    faststart: bool
    fragmented: bool
    missing_bytes: int
    encrypted: bool = False

    @property
    def name(self) -> str:
        """The container's everyday name: mp4, mov, m4v, m4a or 3gp."""
        brand = "qt" if self.major_brand is None else self.major_brand.strip().lower()
        if brand == "qt":
            return "mov"
        if brand.startswith("3g"):
            return "3gp"
        return {"m4v": "m4v", "m4a": "m4a", "m4b": "m4a"}.get(brand, "mp4")


def scan(read_at: ReadAt, size: int) -> Layout:
    """Walk the top-level boxes of a file of `size` bytes; `read_at(offset, n)` reads it."""
    brand: str | None = None
    index_at: int | None = None
    data_at: int | None = None
    fragmented = encrypted = False
    missing = 0
    offset = 0
    for _ in range(MOST_BOXES):
        header = read_at(offset, 16)
        if len(header) < 8:
            break
        length = int.from_bytes(header[:4], "big")
        kind = header[4:8]
        header_bytes = 8
        if length == 1 and len(header) == 16:
            length, header_bytes = int.from_bytes(header[8:16], "big"), 16
        elif length == 0:
            length = size - offset
        if length < header_bytes:
            break
        if kind == b"ftyp":
            brand = _printable(read_at(offset + header_bytes, 4))
        elif kind == b"moov" and index_at is None:
            index_at = offset
            encrypted = _encrypted(read_at(offset, min(length, MOST_INDEX_BYTES)))
        elif kind == b"mdat" and data_at is None:
            data_at = offset
        elif kind == b"moof":
            fragmented = True
        if offset + length > size and kind in (b"moov", b"mdat", b"moof"):
            missing = offset + length - size
            if kind == b"moov":
                index_at = None
        offset += length
        if offset >= size:
            break
    return Layout(
        major_brand=brand,
        has_index=index_at is not None,
        has_data=data_at is not None,
        faststart=index_at is not None and (data_at is None or index_at < data_at),
        fragmented=fragmented,
        missing_bytes=missing,
        encrypted=encrypted,
    )


def _encrypted(index: bytes) -> bool:
    """Whether a table of sample descriptions begins with an encrypted one."""
    at = index.find(b"stsd")
    while at >= 0:
        if index[at + 16 : at + 20] in (b"encv", b"enca"):
            return True
        at = index.find(b"stsd", at + 4)
    return False


def _printable(code: bytes) -> str:
    """A four-character code as text. Some cameras fill a short one up with zero bytes."""
    return "".join(each for each in code.decode("latin-1") if each.isprintable())
