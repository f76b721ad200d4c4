"""Files of an import: found by name in a folder or a zip, never outside, never by a path to write to."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from fengcai.apps.exchange.belongings import Belongings, Thing, belongings
from fengcai.apps.refusals import Refused
from fengcai.engines import storage

pytestmark = [pytest.mark.intake, pytest.mark.clause("H6")]


def test_a_folder_is_searched_by_name_and_by_path(tmp_path: Path) -> None:
    for name in ("心病科/片.mp4", "针灸科/片.mp4", "独一.MP4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    outside = tmp_path.parent / "secret.txt"
    outside.write_text("secret")
    (tmp_path / "link.txt").symlink_to(outside)
    with belongings(str(tmp_path), "", "") as things:
        found = things.find("独一.mp4")
        assert isinstance(found, Thing)
        found.copy_to(tmp_path / "copy")
        assert (tmp_path / "copy").read_text() == "独一.MP4"
        assert things.find("片.mp4") == "有 2 个文件都叫“片.mp4”，请在表里连文件夹一起写"
        assert isinstance(things.find("针灸科\\片.mp4"), Thing)
        for none in ("link.txt", "../secret.txt", "没有.mp4", "/etc/passwd"):
            assert things.find(none) == f"找不到文件“{none}”"


def test_a_file_that_becomes_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("a")
    with belongings(str(tmp_path), "", "") as things:
        found = things.find("a.mp4")
        assert isinstance(found, Thing)
        (tmp_path / "a.mp4").unlink()
        (tmp_path / "a.mp4").symlink_to("/etc/passwd")
        with pytest.raises(OSError, match="symbolic links"):
            found.copy_to(tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def zipped(path: Path, parts: dict[str, bytes], *, flag: int = 0) -> storage.Stored:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    raw = bytearray(path.read_bytes())
    if flag:
        at = raw.index(b"PK\x01\x02")
        raw[at + 8] |= flag
    path.write_bytes(bytes(raw))
    return storage.adopt(path, suffix=".zip")


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["gb18030", "utf-8"])
def test_a_zip_of_chinese_windows_or_of_a_mac_is_read(tmp_path: Path, charset: str) -> None:
    """Neither says in which charset its names are."""
    raw = "心病科/影片.mp4".encode(charset)
    plain = b"x" * len(raw)
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(plain.decode(), b"film")
    path.write_bytes(path.read_bytes().replace(plain, raw))
    kept = storage.adopt(path, suffix=".zip")
    with belongings("", kept.key, kept.sha256) as things:
        found = things.find("影片.mp4")
        assert isinstance(found, Thing)
        assert (found.name, found.size) == ("心病科/影片.mp4", 4)


@pytest.mark.django_db
def test_bad_zips_are_refused_in_words(tmp_path: Path) -> None:
    bomb = zipped(tmp_path / "bomb.zip", {"a": b"\0" * (300 * 1024 * 1024)})
    locked = zipped(tmp_path / "locked.zip", {"a": b"x"}, flag=1)
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04" + os.urandom(99))
    broken = storage.adopt(tmp_path / "broken.zip", suffix=".zip")
    for kept, said in ((bomb, "大得不正常"), (locked, "设了密码"), (broken, "已损坏")):
        with pytest.raises(Refused, match=said), belongings("", kept.key, kept.sha256):
            pass


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fengcai.apps.exchange.belongings.MOST_FILES", 2)
    with pytest.raises(Refused, match="超过 2 个"):
        Belongings(Thing(str(n), 0, lambda _: None) for n in range(3))
