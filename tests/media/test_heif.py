"""HEIC photographs: size as shown, day and camera, from the boxes alone; broken ones are refused."""

from __future__ import annotations

import contextlib
import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fengcai.media.heif import Broken, read_heif
from fengcai.media.pictures import read_still
from fengcai.media.verdicts import Unreadable

pytestmark = pytest.mark.media


def box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", 8 + len(data)) + kind + data


def heic(*, turned: int = 0, day: str = "2026:04:30 08:15:00") -> bytes:
    """A picture of tiles as a telephone writes it: 4032 × 3024 in a grid, with EXIF."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Apple", "iPhone 15"
    exif.get_ifd(0x8769)[0x9003] = day
    tiff = exif.tobytes().removeprefix(b"Exif\0\0")
    told = struct.pack(">I", 6) + b"Exif\0\0" + tiff

    def entry(item: int, kind: bytes) -> bytes:
        return box(b"infe", b"\2\0\0\0" + struct.pack(">HH", item, 0) + kind + b"\0")

    properties = [
        box(b"ispe", bytes(4) + struct.pack(">II", 512, 512)),
        box(b"ispe", bytes(4) + struct.pack(">II", 4032, 3024)),
        box(b"irot", bytes([turned])),
        box(b"pixi", bytes(4) + b"\3\x08\x08\x08"),
    ]
    linked = struct.pack(">I", 2) + struct.pack(">HB", 1, 1) + b"\x81"
    linked += struct.pack(">HB", 49, 3) + b"\2\x83\4"

    def meta(start: int) -> bytes:
        places = b"\1\0\0\0" + b"\x44\0" + struct.pack(">H", 1)
        places += struct.pack(">HHHHII", 50, 0, 0, 1, start, len(told))
        return box(
            b"meta",
            bytes(4)
            + box(b"hdlr", bytes(24))
            + box(b"pitm", bytes(4) + struct.pack(">H", 49))
            + box(b"iinf", bytes(4) + struct.pack(">H", 3)
                  + entry(1, b"hvc1") + entry(49, b"grid") + entry(50, b"Exif"))
            + box(b"iloc", places)
            + box(b"iprp", box(b"ipco", b"".join(properties)) + box(b"ipma", bytes(4) + linked)),
        )  # fmt: skip

    front = box(b"ftyp", b"heic\0\0\0\0mif1heic")
    start = len(front) + len(meta(0)) + 8
    return front + meta(start) + box(b"mdat", told)


def test_the_size_is_that_of_the_whole_and_not_of_a_tile() -> None:
    assert read_still("heic", io.BytesIO(heic())) == {
        "format": "heic",
        "width_px": 4032,
        "height_px": 3024,
        "dpi_x": None,
        "dpi_y": None,
        "colour_mode": "RGB",
        "bit_depth": 8,
        "has_exif": True,
        "camera": "Apple iPhone 15",
        "taken": "2026-04-30",
    }


@pytest.mark.parametrize(("turned", "size"), [(1, (3024, 4032)), (2, (4032, 3024))])
def test_a_picture_taken_upright_is_upright(turned: int, size: tuple[int, int]) -> None:
    found = read_still("heic", io.BytesIO(heic(turned=turned)))
    assert found is not None
    assert (found["width_px"], found["height_px"]) == size


@pytest.mark.parametrize("cut", [0, 7, 30, 90, 200])
def test_a_picture_cut_short_is_refused(cut: int) -> None:
    with pytest.raises(Unreadable):
        read_still("heic", io.BytesIO(heic()[:cut]))


@given(st.binary(max_size=300), st.integers(0, 300))
def test_no_bytes_break_the_reading(noise: bytes, at: int) -> None:
    whole = bytearray(heic())
    whole[at : at + len(noise)] = noise
    with contextlib.suppress(Broken):
        read_heif(io.BytesIO(bytes(whole)))
