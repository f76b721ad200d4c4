from __future__ import annotations

import pytest

from fengcai.media.boxes import MOST_BOXES, scan

pytestmark = pytest.mark.media


def box(kind: bytes, body: bytes = b"", claims: int | None = None) -> bytes:
    return (claims or 8 + len(body)).to_bytes(4, "big") + kind + body


def look(data: bytes):
    return scan(lambda at, n: data[at : at + n], len(data))


FTYP = box(b"ftyp", b"isom\0\0\2\0")
MOOV = box(b"moov", b"x" * 40)
MDAT = box(b"mdat", b"y" * 100)


def test_index_first_is_faststart():
    seen = look(FTYP + MOOV + MDAT)
    assert (seen.has_index, seen.faststart, seen.missing_bytes, seen.name) == (True, True, 0, "mp4")


def test_index_last_is_not():
    seen = look(FTYP + MDAT + MOOV)
    assert (seen.has_index, seen.faststart, seen.missing_bytes) == (True, False, 0)


def test_missing_bytes_are_counted():
    assert look((FTYP + MOOV + MDAT)[:-30]).missing_bytes == 30


def test_an_index_that_is_cut_is_no_index():
    seen = look((FTYP + MDAT + MOOV)[:-10])
    assert (seen.has_index, seen.missing_bytes) == (False, 10)


def test_sixty_four_bit_sizes_and_open_ended_boxes():
    large = (1).to_bytes(4, "big") + b"mdat" + (16 + 100).to_bytes(8, "big") + b"y" * 100
    assert look(FTYP + MOOV + large).missing_bytes == 0
    assert look(FTYP + MOOV + large[:-7]).missing_bytes == 7
    endless = (0).to_bytes(4, "big") + b"mdat" + b"y" * 50
    assert look(FTYP + MOOV + endless).missing_bytes == 0


@pytest.mark.parametrize(
    ("brand", "name"),
    [(b"isom", "mp4"), (b"mp42", "mp4"), (b"avc1", "mp4"), (b"qt  ", "mov"), (b"M4V ", "m4v"),
     (b"M4A ", "m4a"), (b"3gp5", "3gp")],
)  # fmt: skip
def test_the_brand_names_the_container(brand, name):
    assert look(box(b"ftyp", brand + b"\0\0\2\0") + MOOV + MDAT).name == name


@pytest.mark.parametrize(
    ("code", "brand", "name"),
    [(b"mp4\0", "mp4", "mp4"), (b"qt\0\0", "qt", "mov"), (b"\0\0\0\0", "", "mp4"),
     (b"\x7fm4v", "m4v", "m4v"), (b"a\x85\nb", "ab", "mp4")],
)  # fmt: skip
def test_a_brand_is_text_that_every_database_can_keep(code, brand, name):
    seen = look(box(b"ftyp", code + b"\0\0\2\0") + MOOV + MDAT)
    assert (seen.major_brand, seen.name) == (brand, name)


def test_absurd_and_endless_headers_end():
    assert look(FTYP + box(b"mdat", b"", claims=3)).has_data is False
    reads = []

    def count(at: int, n: int) -> bytes:
        reads.append(at)
        return box(b"free")[:n].ljust(n, b"\0")

    scan(count, 10**9)
    assert len(reads) <= 2 * MOST_BOXES
