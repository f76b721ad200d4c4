"""Another system's export taken in: tried first, then made once and only once, whatever happens."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import time_machine

from fengcai.apps.assets.models import Asset
from fengcai.apps.audit.queries import records, verify_chain
from fengcai.apps.contests.models import Membership
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.apps.exchange import sources, taking
from fengcai.apps.exchange.models import Import, ImportRow, Origin, Source
from fengcai.apps.refusals import NotFound, NotPermitted, Refused
from fengcai.engines.jobs import run_pending
from fengcai.engines.jobs.models import Job
from tests.factories.collecting import DAY, Collecting

pytestmark = [pytest.mark.intake, pytest.mark.clause("H6")]

HEADERS = [
    "报名编号",
    "单位",
    "作品名称",
    "作者",
    "简介",
    "方向",
    "文件",
    "提交时间",
    "承诺人",
    "联系",
]
SYNOPSIS = "从一张心电图开始。"


@pytest.fixture(autouse=True)
def clock() -> Any:
    """The time for submission is running."""
    with time_machine.travel(DAY, tick=True):
        yield


def table(*rows: list[str], headers: list[str] = HEADERS) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([headers, *rows])
    return out.getvalue().encode("gb18030")


def row(key: str, unit: str = "心病科", title: str = "心跳", **more: str) -> list[str]:
    told = {
        "作者": "编导甲（编导）", "简介": SYNOPSIS, "方向": "", "文件": "", "提交时间": "",
        "承诺人": "", "联系": "0791-0000000", **more,
    }  # fmt: skip
    return [key, unit, title, *(told[head] for head in HEADERS[3:])]


MAPPING = {
    "key": "报名编号", "unit": "单位", "title": "作品名称", "field:authors": "作者",
    "field:synopsis": "简介", "themes": "方向", "slot:main": "文件", "submitted_at": "提交时间",
    "signed_name": "承诺人", "field:contact": "联系",
}  # fmt: skip


@pytest.fixture
def brought(stage: Collecting, tmp_path: Path) -> Callable[..., Import]:
    """Bring a table in, map it, and have it tried."""
    folder = tmp_path / "exported"
    folder.mkdir(exist_ok=True)

    def bring(*rows: list[str], source: str = "公众号", **changes: Any) -> Import:
        run = sources.begin_import(
            contest=stage.contest, source=source, filename="导出.csv", data=table(*rows),
            by=stage.organiser, at=DAY, folder=str(folder),
        )  # fmt: skip
        asked = {
            "mapping": MAPPING, "track": "video", "track_names": {}, "unit_names": {},
            "rule": "draft", "honours_time": False, **changes,
        }  # fmt: skip
        sources.map_columns(run_id=run.pk, by=stage.organiser, at=DAY, **asked)
        work_off()
        return Import.objects.get(pk=run.pk)

    return bring


def work_off() -> None:
    Job.objects.exclude(kind__startswith="exchange.").delete()
    run_pending()


def carried_out(run: Import) -> dict[int, ImportRow]:
    sources.start_import(run_id=run.pk, by=run.by, at=DAY)
    work_off()
    return {each.line: each for each in run.rows.all()}


def test_a_trial_says_row_by_row_and_makes_nothing(
    stage: Collecting, brought: Callable[..., Import], tmp_path: Path
) -> None:
    (tmp_path / "exported" / "a.mp4").write_bytes(b"film")
    before = [each.action for each in records(stage.contest.chain)]
    run = brought(
        row("1", 文件="a.mp4"),
        row("2", unit="心血管病科"),
        row("1"),
        row("", title="无号"),
        row("3", title=""),
        row("4", 文件="b.mp4;https://pan.example/x"),
        row("5"),
        row("6", unit="针灸科", 文件="https://pan.example/x"),
    )
    told = {each.line: (each.verdict, each.why) for each in run.rows.all()}
    assert run.state == "checked"
    assert told[2] == ("new", "") and told[4][0] == told[5][0] == told[6][0] == "refused"
    assert told[3] == ("refused", "名单里没有单位“心血管病科”，是不是“心病科”？")
    assert told[4][1] == "与第 2 行编号相同（1），只取前一行"
    assert told[5][1] == "没有原系统里的编号" and told[6][1] == "没有作品名称"
    assert told[7][0] == "new" and "不会自动下载" in told[7][1]
    assert told[8][0] == "refused"
    assert told[8][1].startswith("心病科已有 2 件作品，每个单位最多 2 件（依据通知")
    assert told[9][0] == "new"
    files = run.rows.get(line=2).files
    assert files == [{"slot": files[0]["slot"], "name": "a.mp4", "size": 4, "why": ""}]
    assert not Entry.objects.exists() and not Origin.objects.exists() and not Asset.objects.exists()
    after = [each.action for each in records(stage.contest.chain)]
    assert after == ["exchange.import_map", "exchange.import_begin", *before]


def test_rows_become_drafts_with_files_and_their_origin(
    stage: Collecting, brought: Callable[..., Import], tmp_path: Path
) -> None:
    (tmp_path / "exported" / "深").mkdir()
    (tmp_path / "exported" / "深" / "A.MP4").write_bytes(b"film")
    run = brought(row("k1", title="心跳", 方向="不知道", 文件="a.mp4"))
    done = carried_out(run)[2]
    entry = Entry.objects.get()
    assert (entry.title, entry.unit.name, entry.state) == ("心跳", "心病科", "draft")
    assert entry.fields["authors"][0]["name"] == "编导甲"
    assert entry.fields["synopsis"] == SYNOPSIS
    assert entry.created_by == entry.updated_by == stage.organiser
    film = FileVersion.objects.get(entry=entry)
    assert (film.asset.filename, film.slot, film.asset.size) == ("A.MP4", "main", 4)
    assert (tmp_path / "exported" / "深" / "A.MP4").read_bytes() == b"film"
    assert done.outcome == "已导入；留作草稿，由单位核对后提交"
    origin = Origin.objects.get()
    assert (origin.row_key, origin.entry, origin.line) == ("k1", entry, 2)
    assert film.by == stage.organiser
    made = {"exchange.import", "entries.start", "entries.file", "assets.receive"}
    events = [each for each in records(stage.contest.chain) if each.action in made]
    assert {each.action for each in events} == made and verify_chain(stage.contest.chain).ok
    assert {each.actor for each in events} == {f"user:{stage.organiser.pk}"}
    through = {"import": str(run.pk), "source": run.source_id, "line": 2}
    assert all(
        {**each.details, **through} == each.details
        for each in events
        if each.action != "assets.receive"
    )
    assert Import.objects.get().state == "done"


def test_the_same_rows_again_make_nothing_twice(
    stage: Collecting, brought: Callable[..., Import]
) -> None:
    carried_out(brought(row("1"), row("2", unit="针灸科")))
    again = brought(row("1"), row("2", unit="针灸科"), row("3", unit="针灸科"))
    assert [each.verdict for each in again.rows.all()] == ["known", "known", "new"]
    carried_out(again)
    assert Entry.objects.count() == 3 and Origin.objects.count() == 3
    other = brought(row("1", unit="针灸科", title="另一来源"), source="邮箱")
    assert other.rows.get().verdict == "refused"  # its unit is full
    assert Source.objects.count() == 2


@pytest.mark.parametrize("dies_at", ["_entry", "_file", "submitted"])
def test_killed_in_the_middle_it_goes_on(
    stage: Collecting, brought: Callable[..., Import], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, dies_at: str,
) -> None:  # fmt: skip
    class Killed(BaseException):
        """As a machine dies: nothing catches it."""

    for name in ("a.mp4", "b.mp4"):
        (tmp_path / "exported" / name).write_bytes(name.encode())
    run = brought(row("1", 文件="a.mp4"), row("2", unit="针灸科", 文件="b.mp4"))
    sources.start_import(run_id=run.pk, by=run.by, at=DAY)
    true, calls = getattr(taking, dies_at), []

    def dies(*given: Any) -> Any:
        calls.append(given)
        found = true(*given)
        if len(calls) == 2:
            raise Killed
        return found

    monkeypatch.setattr(taking, dies_at, dies)
    from fengcai.apps.exchange.jobs import carry_out_import

    class Beat:
        def progress(self, *_: object) -> None:
            """As the context does."""

    with pytest.raises(Killed):
        carry_out_import(Beat(), run_id=str(run.pk))  # type: ignore[arg-type]
    assert run.rows.filter(done_at=None).count() == 1
    monkeypatch.undo()
    work_off()
    assert [each.outcome for each in run.rows.all()] == ["已导入；留作草稿，由单位核对后提交"] * 2
    assert sorted(FileVersion.objects.values_list("asset__filename", "version")) == [
        ("a.mp4", 1), ("b.mp4", 1),
    ]  # fmt: skip
    assert Entry.objects.count() == 2 and Import.objects.get().state == "done"


def test_complete_rows_are_submitted_where_that_is_the_rule(
    stage: Collecting, brought: Callable[..., Import], tmp_path: Path
) -> None:
    for name in ("a.mp4", "b.mp4"):
        (tmp_path / "exported" / name).write_bytes(name.encode())
    theme = stage.draft("针灸科").themes  # the ids that the rules know
    Entry.objects.all().delete()
    run = brought(
        row("1", 文件="a.mp4", 方向=theme[0], 承诺人="王主任", 提交时间="2026-04-09 08:00:00"),
        row("2", unit="针灸科", 文件="b.mp4", 方向=theme[0], 提交时间="2026-04-09 08:00"),
        rule="submit", honours_time=True,
    )  # fmt: skip
    done = carried_out(run)
    first, second = Entry.objects.order_by("created_at", "unit__order")
    assert done[2].outcome == "已导入；已提交" and first.state == "submitted"
    assert first.submitted_at is not None and first.submitted_at.isoformat().startswith(
        "2026-04-09"
    )
    assert {d.signed_name for d in first.declarations.all()} == {"王主任"}
    assert second.state == "draft" and done[3].outcome.startswith("已导入；留作草稿，还差")


def test_a_time_that_is_none_or_to_come_is_refused(brought: Callable[..., Import]) -> None:
    run = brought(
        row("1", 提交时间="昨天"), row("2", 提交时间="2027-01-01 00:00"), row("3"),
        honours_time=True,
    )  # fmt: skip
    assert [each.why for each in run.rows.all()] == [
        "提交时间“昨天”看不出是什么时候", "提交时间晚于现在", "没有提交时间",
    ]  # fmt: skip


def test_a_unit_without_a_contact_gets_the_rows_one(
    stage: Collecting, brought: Callable[..., Import]
) -> None:
    Membership.objects.filter(unit=stage.units["针灸科"]).update(until=DAY)
    run = brought(row("1", unit="针灸科"))
    assert "还没有联络员" in run.rows.get().why
    run = brought(row("1", unit="针灸科", 联系="李干事"), mapping={**MAPPING, "contact": "联系"})
    assert run.rows.get().verdict == "new"
    carried_out(run)
    entry = Entry.objects.get()
    assert entry.created_by == stage.organiser
    assert Membership.objects.get(unit=entry.unit, until=None).user.name == "李干事"


def test_units_and_categories_by_the_sources_own_names(
    stage: Collecting, brought: Callable[..., Import]
) -> None:
    run = brought(row("1", unit="心内"), unit_names={"心内": "心病科"})
    assert run.rows.get().verdict == "new" and run.rows.get().unit == "心病科"
    stage.units["针灸科"].aliases = ["针灸推拿科"]
    stage.units["针灸科"].save()
    assert brought(row("2", unit="针灸推拿科")).rows.get().unit == "针灸科"


def test_what_a_table_lacks_is_named(stage: Collecting) -> None:
    begin = {"contest": stage.contest, "source": "x", "by": stage.organiser, "at": DAY}
    for data, said in ((b"", "空的"), (table(), "没有"), (b"%PDF-", "PDF")):
        with pytest.raises(Refused, match=said):
            sources.begin_import(filename="x.csv", data=data, **begin)
    with pytest.raises(Refused, match="来源"):
        sources.begin_import(filename="x.csv", data=table(row("1")), **{**begin, "source": " "})
    run = sources.begin_import(filename="x.csv", data=table(row("1")), **begin)
    mapped = {
        "track": "video", "track_names": {}, "unit_names": {}, "rule": "draft",
        "honours_time": False, "run_id": run.pk, "by": stage.organiser, "at": DAY,
    }  # fmt: skip
    with pytest.raises(Refused, match="哪一列是原系统里的编号、作品名称"):
        sources.map_columns(mapping={"unit": "单位", "key": "没有这列"}, **mapped)
    with pytest.raises(Refused, match="请先试运行"):
        sources.start_import(run_id=run.pk, by=stage.organiser, at=DAY)


def test_only_organisers(stage: Collecting, brought: Callable[..., Import]) -> None:
    run = brought(row("1"))
    for who in (stage.reviewer, stage.contacts["心病科"]):
        with pytest.raises(NotFound):
            sources.start_import(run_id=run.pk, by=who, at=DAY)
        with pytest.raises(NotPermitted):
            sources.begin_import(
                contest=stage.contest, source="x", filename="x.csv", data=table(row("1")), by=who,
                at=DAY,
            )  # fmt: skip


def test_a_folder_is_only_one_below_the_administrators(settings: Any, tmp_path: Path) -> None:
    root = tmp_path / "imports"
    (root / "一批").mkdir(parents=True)
    (root / "link").symlink_to("/etc")
    settings.FENGCAI_IMPORT_FOLDER = str(root)
    assert sources.folder_under("一批") == str((root / "一批").resolve())
    for bad in ("..", "../..", "/etc", "link", "", ".", "没有", "a\0b"):
        with pytest.raises((Refused, ValueError)):
            sources.folder_under(bad)
    settings.FENGCAI_IMPORT_FOLDER = ""
    with pytest.raises(Refused, match="没有设定"):
        sources.folder_under("一批")
