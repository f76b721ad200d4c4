"""Files of an import in a zip beside the sheet: whatever zips of strangers hold, and half-way stops."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.apps.exchange import sources, taking
from fengcai.apps.exchange.belongings import belongings
from fengcai.apps.exchange.jobs import carry_out_import
from fengcai.apps.exchange.models import Import, ImportRow
from fengcai.apps.refusals import Refused
from fengcai.engines import storage
from fengcai.engines.jobs.models import Job
from fengcai.engines.uploads import CompletedUpload, UploadRefused
from tests.apps.exchange.test_importing import MAPPING, carried_out, row, table, work_off
from tests.factories.collecting import DAY, Collecting

pytestmark = [pytest.mark.intake, pytest.mark.clause("H6")]


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(DAY, tick=True):
        yield


def raw_zip(path: Path, *members: tuple[bytes, bytes], flags: int = 0, method: int = 0) -> Path:
    """A stored zip whose names are these very bytes, as programs write them that know no Unicode."""
    body, directory, crc = b"", b"", zipfile.crc32
    for name, data in members:
        told = (flags, method, 0, 33, crc(data), len(data), len(data), len(name))
        directory += struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, *told, 0, 0, 0, 0, 0, len(body)) + name  # fmt: skip
        body += struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, *told, 0) + name + data
    count = len(members)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(directory), len(body), 0)
    path.write_bytes(body + directory + end)
    return path


@pytest.fixture
def sent(stage: Collecting, tmp_path: Path) -> Callable[..., Import]:
    """A table with its zip: brought in, mapped, tried."""

    def send(archive: Path, *rows: list[str], name: str = "文件.zip") -> Import:
        run = sources.begin_import(
            contest=stage.contest, source="公众号", filename="导出.csv", data=table(*rows),
            by=stage.organiser, at=DAY,
        )  # fmt: skip
        come(stage, run, archive, name)
        sources.map_columns(
            run_id=run.pk, mapping=MAPPING, track="video", track_names={}, unit_names={},
            rule="draft", honours_time=False, by=stage.organiser, at=DAY,
        )  # fmt: skip
        work_off()
        return Import.objects.get(pk=run.pk)

    return send


def come(stage: Collecting, run: Import, archive: Path, name: str = "文件.zip") -> None:
    """The zip arrives as the upload engine hands it over."""
    copy = archive.with_name(f"{uuid4().hex}.part")
    copy.write_bytes(archive.read_bytes())
    sources.take_archive(
        CompletedUpload(
            id=uuid4(),
            purpose=sources.ARCHIVE_PURPOSE,
            received=copy,
            size=copy.stat().st_size,
            sha256="",
            filename=name,
            began_at=DAY,
            finished_at=DAY,
            subject={"run": str(run.pk), "user": stage.organiser.pk},
            owner="",
        )
    )


def verdicts(run: Import) -> dict[int, tuple[str, str]]:
    return {each.line: (each.verdict, each.why) for each in run.rows.all()}


def test_names_of_chinese_windows_strange_paths_twins_and_what_is_missing(
    stage: Collecting, sent: Callable[..., Import], tmp_path: Path
) -> None:
    archive = raw_zip(
        tmp_path / "a.zip",
        ("心病科/影片.mp4".encode("gb18030"), b"first"),
        (b"../../../tmp/fengcai-out.mp4", b"outside"),
        (b"C:\\Windows\\x.mp4", b"windows"),
        ("双.mp4".encode("gb18030"), b"one"),
        ("双.mp4".encode("gb18030"), b"two"),
        (b"__MACOSX/._x.mp4", b"mac"),
    )
    run = sent(
        archive,
        row("1", 文件="影片.mp4"),
        row("2", 文件="fengcai-out.mp4"),
        row("3", unit="针灸科", 文件="双.mp4；没有.mp4"),
        row("4", unit="针灸科", 文件="影片.mp4；x.mp4"),
    )
    foreseen = verdicts(run)
    assert foreseen[2] == foreseen[3] == ("new", "")
    assert foreseen[4][1] == (
        "有 2 个文件的文件夹和名字都是“双.mp4”，分不清是哪一个，请改名；找不到文件“没有.mp4”"
    )
    assert "文件“影片.mp4”第 2 行也用了，请核对是不是写错" in foreseen[5][1]
    done = carried_out(run)
    for line, (_, why) in foreseen.items():
        left = "留作草稿，由单位核对后提交"
        assert done[line].outcome == "；".join(["已导入", *([why] if why else []), left])
    assert sorted(FileVersion.objects.values_list("asset__filename", "asset__size")) == [
        ("fengcai-out.mp4", 7), ("x.mp4", 7), ("影片.mp4", 5), ("影片.mp4", 5),
    ]  # fmt: skip
    assert not Path("/tmp/fengcai-out.mp4").exists()
    assert list(storage.scratch_directory().glob("*.import")) == []


def test_a_file_that_cannot_be_unpacked_leaves_the_others(
    stage: Collecting, sent: Callable[..., Import], tmp_path: Path
) -> None:
    strange = raw_zip(tmp_path / "s.zip", (b"a.mp4", b"film"), method=9)  # Deflate64
    done = carried_out(sent(strange, row("1", 文件="a.mp4")))
    assert "用的压缩方法不常见" in done[2].outcome and done[2].done_at is not None
    rotten = raw_zip(tmp_path / "r.zip", (b"b.mp4", b"film"), (b"c.mp4", b"good"))
    rotten.write_bytes(rotten.read_bytes().replace(b"film", b"filn", 1))
    done = carried_out(sent(rotten, row("2", 文件="b.mp4"), row("3", unit="针灸科", 文件="c.mp4")))
    assert "“b.mp4”已损坏" in done[2].outcome
    assert FileVersion.objects.get().asset.filename == "c.mp4" and Entry.objects.count() == 3


def test_zips_that_are_none_or_too_much_are_refused_in_words(
    stage: Collecting, sent: Callable[..., Import], tmp_path: Path
) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.mp4", b"\0" * (220 * 1024 * 1024))
    liar = raw_zip(tmp_path / "liar.zip", (b"a.mp4", b"film"))
    data = bytearray(liar.read_bytes())
    data[-12:-10] = struct.pack("<H", 60_000)  # says that it holds sixty thousand
    liar.write_bytes(bytes(data))
    text = raw_zip(tmp_path / "utf.zip", (b"\xff\xfe.mp4", b"x"), flags=0x0800)
    for archive, said in ((bomb, "大得不正常"), (liar, "超过 50000 个"), (text, "已损坏")):
        run = sent(archive, row("1", 文件="a.mp4"))
        assert run.rows.count() == 0 and run.state == "mapping"
        job = Job.objects.filter(kind="exchange.check").latest("pk")
        assert said in job.error, archive.name
    with pytest.raises(UploadRefused, match="rar、7z 请先解开"):
        sent(liar, row("1"), name="文件.rar")


def test_a_better_zip_is_tried_again_and_none_is_taken_once_it_runs(
    stage: Collecting, sent: Callable[..., Import], tmp_path: Path
) -> None:
    run = sent(raw_zip(tmp_path / "1.zip", (b"x.mp4", b"x")), row("1", 文件="a.mp4"))
    assert verdicts(run)[2] == ("new", "找不到文件“a.mp4”")
    with pytest.raises(Refused, match="请先试运行"):
        come(stage, run, raw_zip(tmp_path / "2.zip", (b"a.mp4", b"film")))
        sources.start_import(run_id=run.pk, by=stage.organiser, at=DAY)
    work_off()
    run.refresh_from_db()
    assert verdicts(run)[2] == ("new", "")
    carried_out(run)
    with pytest.raises(UploadRefused, match="已经开始"):
        come(stage, run, tmp_path / "1.zip")
    grant = sources.ask_for_archive(run_id=run.pk, by=stage.organiser, at=DAY)
    assert grant["expires_at"] == (DAY + timedelta(days=7)).isoformat()


def test_killed_while_unpacking_it_goes_on_with_the_same_zip(
    stage: Collecting, sent: Callable[..., Import], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """As a machine dies: nothing catches it."""

    class Beat:
        def progress(self, *_: object) -> None:
            """As the context does."""

    archive = raw_zip(tmp_path / "a.zip", *((f"{n}.mp4".encode(), f"film {n}".encode()) for n in "1234"))  # fmt: skip
    run = sent(archive, row("1", 文件="1.mp4；2.mp4"), row("2", unit="针灸科", 文件="3.mp4；4.mp4"))
    sources.start_import(run_id=run.pk, by=stage.organiser, at=DAY)
    true, calls = taking.actions.hand_over_file, []

    def dies(**given: Any) -> None:
        calls.append(given["filename"])
        if len(calls) == 2:
            raise Killed
        true(**given)

    monkeypatch.setattr(taking.actions, "hand_over_file", dies)
    with pytest.raises(Killed):
        carry_out_import(Beat(), run_id=str(run.pk))  # type: ignore[arg-type]
    assert ImportRow.objects.exclude(done_at=None).count() == 0 and len(calls) == 2
    monkeypatch.undo()
    work_off()
    assert Entry.objects.count() == 2 and Import.objects.get().state == "done"
    stood = {each.asset.filename: each.version for each in FileVersion.objects.all()}
    assert set(stood) == {"1.mp4", "2.mp4", "3.mp4", "4.mp4"}
    with belongings("", run.archive_key, run.archive_sha256) as things:
        assert len(things) == 4
