"""The layout of a zip: zipfile reads what we lay out, from any stretch of it, at any size."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.apps.exchange.zipping import Member, crc32, directory, dos_stamp, header, placed

pytestmark = pytest.mark.intake

STAMP = dos_stamp(datetime(2026, 4, 30, 16, 59, 58))
names = st.text(
    st.characters(codec="utf-8", exclude_characters="\0/\\"), min_size=1, max_size=12
).map(lambda text: f"科室/{text}.mp4")


def laid_out(contents: dict[str, bytes]) -> tuple[bytes, list[Member]]:
    members = list(
        placed(Member(name, len(data), zlib.crc32(data), STAMP) for name, data in contents.items())
    )
    body = b"".join(header(m) + contents[m.name] for m in members)
    return body + directory(members), members


@given(st.dictionaries(names, st.binary(max_size=200), max_size=6))
def test_zipfile_reads_every_member_as_it_was(contents: dict[str, bytes]) -> None:
    whole, members = laid_out(contents)
    with zipfile.ZipFile(io.BytesIO(whole)) as read:
        assert read.testzip() is None
        assert {i.orig_filename: read.read(i) for i in read.infolist()} == contents
        assert [i.header_offset for i in read.infolist()] == [m.offset for m in members]
        assert all(i.compress_type == zipfile.ZIP_STORED for i in read.infolist())
        assert {i.date_time for i in read.infolist()} <= {(2026, 4, 30, 16, 59, 58)}


def test_an_empty_zip_is_one() -> None:
    with zipfile.ZipFile(io.BytesIO(directory([]))) as read:
        assert read.namelist() == []


def test_a_time_before_dos_is_its_first_day() -> None:
    assert dos_stamp(datetime(1970, 1, 1)) == (1 << 21) | (1 << 16)
    assert dos_stamp(datetime(2200, 1, 2)) >> 25 == 2107 - 1980


def test_the_sum_of_chunks_is_that_of_the_whole() -> None:
    assert crc32([b"abc", b"", b"def"]) == (zlib.crc32(b"abcdef"), 6)


class Sparse(io.RawIOBase):
    """A file of terabytes of zeros in which only a few stretches say something."""

    def __init__(self, parts: list[tuple[int, bytes]], size: int) -> None:
        self.parts, self.size, self.at = parts, size, 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, to: int, whence: int = 0) -> int:
        self.at = to + (0, self.at, self.size)[whence]
        return self.at

    def read(self, count: int = -1) -> bytes:
        count = self.size - self.at if count < 0 else min(count, self.size - self.at)
        out = bytearray(count)
        for begins, data in self.parts:
            first, end = max(begins, self.at), min(begins + len(data), self.at + count)
            if first < end:
                out[first - self.at : end - self.at] = data[first - begins : end - begins]
        self.at += count
        return bytes(out)


@pytest.mark.parametrize("size", [2**32 - 2, 2**32 - 1, 2**32, 5 * 2**30])
def test_sizes_and_offsets_past_four_gigabytes(size: int) -> None:
    members = list(
        placed([Member("大片.mp4", size, 1, STAMP), Member("小.txt", 2, zlib.crc32(b"ok"), STAMP)])
    )
    tail = directory(members)
    parts = [(m.offset, header(m)) for m in members]
    parts += [(members[1].data_at, b"ok"), (members[1].end, tail)]
    with zipfile.ZipFile(Sparse(parts, members[1].end + len(tail))) as read:  # type: ignore[arg-type]
        big, small = read.infolist()
        assert (big.file_size, small.header_offset) == (size, members[0].end)
        assert read.read(small) == b"ok"
        with read.open(big) as opened:
            assert opened.read(3) == b"\0\0\0"
    # zip64 stands in the local header exactly where the size asks for it.
    assert (struct.unpack("<L", header(members[0])[18:22])[0] == 2**32 - 1) == (size >= 2**32 - 1)


@pytest.mark.parametrize("count", [65_534, 65_536])
def test_more_members_than_sixteen_bits_count(count: int) -> None:
    members = list(placed(Member(f"{n}", 0, 0, STAMP) for n in range(count)))
    whole = b"".join(map(header, members)) + directory(members)
    with zipfile.ZipFile(io.BytesIO(whole)) as read:
        assert len(read.infolist()) == count
        assert read.read(str(count - 1)) == b""
    assert (b"PK\x06\x06" in whole[-200:]) == (count >= 65_535)
