"""Names in zips as Windows set to Chinese, a Mac and newer programs write them."""

from __future__ import annotations

import zipfile

import pytest

from fengcai.apps.zipped import meant_name


@pytest.mark.parametrize(
    ("raw", "flags", "meant"),
    [
        ("心病科/影片.mp4".encode("gb18030"), 0, "心病科/影片.mp4"),
        ("心病科/影片.mp4".encode(), 0, "心病科/影片.mp4"),
        ("双.mp4".encode("gb18030"), 0, "双.mp4"),
        ("双.mp4".encode(), 0, "双.mp4"),
        ("é.mp4".encode("cp437"), 0, "é.mp4"),
        (b"film.mp4", 0, "film.mp4"),
        (b"film.mp4\0.exe", 0, "film.mp4"),
        (b"\xff\xffx.mp4", 0, "\u00a0\u00a0x.mp4"),
    ],
)
def test_a_name_is_read_in_its_makers_charset(raw: bytes, flags: int, meant: str) -> None:
    info = zipfile.ZipInfo(raw.decode("cp437"))
    info.flag_bits = flags
    assert meant_name(info) == meant


def test_a_name_that_is_marked_is_what_it_says() -> None:
    info = zipfile.ZipInfo("心病科/影片.mp4")
    info.flag_bits = 0x0800
    assert meant_name(info) == "心病科/影片.mp4"
