"""Rar and 7z that come by mail: opened and taken in like zip, behind walls and within the same limits."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from fengcai.apps.entries.models import FileVersion
from fengcai.apps.mailbox import archives
from fengcai.apps.mailbox.archives import ArchiveRefused, sealed
from fengcai.apps.mailbox.letters import Parts
from fengcai.engines import storage
from tests.apps.mailbox.letters import FILM, Office, letter
from tests.apps.mailbox.packing import LOCKED_7Z, RAR5, SEALED_7Z, rar, seven_zip

pytestmark = [pytest.mark.intake, pytest.mark.clause("J12", "B8")]
MEMBERS = {"../../心血管内科.mp4": FILM, "__MACOSX/._x": b"", "说明.txt": b"x"}


@pytest.mark.parametrize("kind", ["rar", "7z"])
def test_a_film_in_it_is_taken_out_and_paths_are_only_names(
    office: Office, tmp_path: Path, kind: str
) -> None:
    data = rar(MEMBERS) if kind == "rar" else seven_zip(tmp_path / "a.7z", MEMBERS)
    case = office.come(letter(files={f"作品.{kind}": data}))
    assert case.state == "taken"
    assert FileVersion.objects.get().asset.filename == "心血管内科.mp4"
    assert storage.verify(
        FileVersion.objects.get().asset.key, FileVersion.objects.get().asset.sha256
    )
    rows = list(case.files.order_by("order").values_list("name", "origin", "size"))
    assert rows == [
        (f"作品.{kind}", "attached", len(data)), ("心血管内科.mp4", "packed", len(FILM)),
        ("说明.txt", "packed", 1),
    ]  # fmt: skip
    assert storage.verify(case.key, case.sha256)


def refused(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    with pytest.raises(ArchiveRefused) as caught:
        archives.members(path)
    return str(caught.value)


def test_what_is_not_opened_says_why(tmp_path: Path) -> None:
    path = tmp_path / "a"
    for locked in (LOCKED_7Z, SEALED_7Z, rar({}, locked=True)):
        assert refused(path, locked) == "压缩包有密码，打不开。请发件人去掉密码重新发送。"
    assert "膨胀" in refused(path, seven_zip(tmp_path / "b", {"a.mp4": bytes(17 * 2**20)}))
    assert "超过 500 个" in refused(path, rar({f"{n}.txt": b"" for n in range(502)}))
    assert "超过 4 GB" in refused(path, rar({"a.mp4": b"x"}, said=5 * 2**30))
    for broken in (RAR5 + bytes(500), rar({"a": FILM})[:30], b"7z\xbc\xaf\x27\x1c" + bytes(90)):
        assert "打不开" in refused(path, broken)


def test_a_member_that_gives_another_size_than_it_promised_is_bad(tmp_path: Path) -> None:
    path, into = tmp_path / "a.rar", tmp_path / "out"
    path.write_bytes(rar({"a.mp4": FILM}, said=10))
    with pytest.raises(ArchiveRefused, match="坏的"):
        archives.take_out(path, 0, into)
    with pytest.raises(ArchiveRefused, match="没有这个文件"):
        archives.take_out(path, 7, into)
    assert not into.exists()


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the children were asked for, in their order."""
    asked: list[str] = []

    class Counted(subprocess.Popen[bytes]):
        def __init__(self, command: list[str], **rest: Any) -> None:
            asked.append(command[-1])
            super().__init__(command, **rest)

    monkeypatch.setattr(subprocess, "Popen", Counted)
    return asked


def test_what_is_wanted_of_one_archive_is_unpacked_once(
    office: Office, tmp_path: Path, tasks: list[str]
) -> None:
    pictures = {f"{n}.txt": bytes([n]) * 300_000 for n in range(3)} | {"3.txt": b""}
    case = office.come(letter(files={"照片.7z": seven_zip(tmp_path / "a.7z", pictures)}))
    tasks.clear()
    rows = list(case.files.filter(origin="packed"))
    found: dict[str, bytes] = {}
    with Parts(rows) as parts:
        for row in reversed(rows):
            with parts.copy_of(row) as path:
                found[row.name] = path.read_bytes()
    assert found == pictures
    assert tasks == ["list", "take:0,1,2,3"]
    assert list(storage.scratch_directory().iterdir()) == []


def test_a_bad_member_spoils_none_that_stands_before_it(tmp_path: Path) -> None:
    path = tmp_path / "a.rar"
    good, bad = rar({"a.mp4": FILM}), rar({"b.mp4": FILM}, said=10)
    closing = 8  # bytes of the block at the end, which two that are joined have once
    path.write_bytes(good[:-closing] + bad[len(rar({})) - closing :])
    assert [member.name for member in archives.members(path)] == ["a.mp4", "b.mp4"]
    taken = archives.take_out_together(path, [0, 1], tmp_path)
    assert {number: each.read_bytes() for number, each in taken.items()} == {0: FILM}
    assert sorted(each.name for each in tmp_path.iterdir()) == ["0", "a.rar"]


def test_one_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "LISTING_S", 0.001)
    assert "太久" in refused(tmp_path / "a", rar(MEMBERS))


def test_where_libarchive_is_not_installed_that_is_said(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "libarchive.py").write_text("raise ImportError")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    case = office.come(letter(files={"心血管内科.rar": rar(MEMBERS)}))
    assert case.state == "resolve"
    assert "没有装 libarchive" in case.files.get().why
