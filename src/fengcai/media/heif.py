"""HEIC photographs (ISO/IEC 23008-12, as iPhones make them): what their boxes say of the picture.

Size as shown, after the turns that the file asks for; bit depth; camera and day from EXIF. No pixel
is decoded. A telephone's picture is many tiles: its size is that of the whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from PIL import Image

MOST_META = 4 * 1024 * 1024
"""Bytes that the boxes about the items may have; a telephone's have some kilobytes."""
MOST_EXIF = 1024 * 1024
_SEEN = 64
"""Top boxes looked at before the one about the items has to come."""


class Broken(ValueError):
    """The boxes are not what the standard says."""


@dataclass
class Items:
    """What the box of the items tells: the main one, its properties, where EXIF stands."""

    primary: int = 0
    kinds: dict[int, bytes] = field(default_factory=dict)
    places: dict[int, tuple[int, int]] = field(default_factory=dict)
    properties: list[tuple[bytes, bytes]] = field(default_factory=list)
    of: dict[int, list[int]] = field(default_factory=dict)

    def property(self, kind: bytes) -> bytes | None:
        """The main item's property of this kind."""
        for index in self.of.get(self.primary, ()):
            if 0 < index <= len(self.properties) and self.properties[index - 1][0] == kind:
                return self.properties[index - 1][1]
        return None


def read_heif(file: BinaryIO) -> dict[str, Any]:
    """Width, height, bit depth, and the EXIF of the main picture. Raises `Broken`."""
    try:
        items = _items(_meta(file))
        size = items.property(b"ispe")
        if size is None:
            raise Broken("no size")
        wide, high = _int(size[4:8]), _int(size[8:12])
    except (IndexError, OverflowError) as problem:
        raise Broken(str(problem)) from None
    if not wide or not high:
        raise Broken("no size")
    turn = items.property(b"irot")
    if turn and turn[0] & 1:
        wide, high = high, wide
    depth = items.property(b"pixi")
    channels = depth[4] if depth and len(depth) > 5 else 0
    return {
        "width_px": wide,
        "height_px": high,
        "colour_mode": "Gray" if channels == 1 else "RGB",
        "bit_depth": depth[5] if depth and channels else 8,
        "exif": _exif(file, items),
    }


def _exif(file: BinaryIO, items: Items) -> Image.Exif | None:
    for item, kind in items.kinds.items():
        if kind == b"Exif" and item in items.places:
            start, length = items.places[item]
            file.seek(start)
            data = file.read(min(length, MOST_EXIF))
            exif = Image.Exif()
            # Four bytes say how far the TIFF header is behind them; "Exif\0\0" may stand between.
            exif.load(b"Exif\0\0" + data[4 + _int(data[:4]) :])
            return exif
    return None


def _meta(file: BinaryIO) -> bytes:
    """The payload of the box about the items, without its version and flags."""
    file.seek(0)
    for _ in range(_SEEN):
        head = file.read(8)
        if len(head) < 8:
            break
        size, kind = _int(head[:4]), head[4:]
        skipped = 8
        if size == 1:
            size, skipped = _int(file.read(8)), 16
        if size < skipped:
            break
        if kind == b"meta":
            if size > MOST_META:
                raise Broken("too many items")
            return file.read(size - skipped)[4:]
        file.seek(size - skipped, 1)
    raise Broken("no items")


def _items(meta: bytes) -> Items:
    found = Items()
    for kind, data in _boxes(meta):
        if kind == b"pitm":
            found.primary = _int(data[4:6]) if data[0] == 0 else _int(data[4:8])
        elif kind == b"iinf":
            skip = 6 if data[0] == 0 else 8
            found.kinds = dict(
                _kind(entry) for name, entry in _boxes(data[skip:]) if name == b"infe"
            )
        elif kind == b"iloc":
            found.places = dict(_places(data))
        elif kind == b"iprp":
            for name, inner in _boxes(data):
                if name == b"ipco":
                    found.properties = list(_boxes(inner))
                elif name == b"ipma":
                    found.of |= dict(_associations(inner))
    return found


def _kind(entry: bytes) -> tuple[int, bytes]:
    wide = 2 if entry[0] < 3 else 4
    return _int(entry[4 : 4 + wide]), entry[6 + wide : 10 + wide]


def _places(data: bytes) -> Iterator[tuple[int, tuple[int, int]]]:
    """Item → (offset in the file, length) of its first extent."""
    version = data[0]
    offsets, lengths = data[4] >> 4, data[4] & 15
    bases, indices = data[5] >> 4, data[5] & 15 if version in (1, 2) else 0
    wide = 2 if version < 2 else 4
    at = 6 + wide
    for _ in range(_int(data[6:at])):
        item = _int(data[at : at + wide])
        at += wide + (2 if version in (1, 2) else 0) + 2  # construction method; data reference
        base = _int(data[at : at + bases])
        extents = _int(data[at + bases : at + bases + 2])
        at += bases + 2
        first = at + indices
        offset = _int(data[first : first + offsets])
        length = _int(data[first + offsets : first + offsets + lengths])
        yield item, (base + offset, length)
        at += extents * (indices + offsets + lengths)
        if at > len(data):
            raise Broken("items past the end")


def _associations(data: bytes) -> Iterator[tuple[int, list[int]]]:
    large = data[3] & 1
    wide = 2 if data[0] < 1 else 4
    at = 8
    for _ in range(_int(data[4:8])):
        item, count = _int(data[at : at + wide]), data[at + wide]
        at += wide + 1
        step = 2 if large else 1
        mask = 0x7FFF if large else 0x7F
        yield item, [_int(data[at + n * step : at + (n + 1) * step]) & mask for n in range(count)]
        at += count * step


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        size = _int(data[at : at + 4])
        if size < 8 or at + size > len(data):
            raise Broken("a box past the end")
        yield data[at + 4 : at + 8], data[at + 8 : at + size]
        at += size


def _int(data: bytes) -> int:
    return int.from_bytes(data, "big")
