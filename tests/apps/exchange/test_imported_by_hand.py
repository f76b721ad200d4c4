"""The trial is the import; whose hand brings works in; what missing files, full disks and lost seats do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import time_machine

from fengcai.apps.contests.models import Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries import actions
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.apps.exchange import sources, taking
from fengcai.apps.exchange.jobs import carry_out_import
from fengcai.apps.exchange.models import Import
from fengcai.apps.exchange.origins import origin_of
from fengcai.apps.refusals import NotFound, NotPermitted
from fengcai.engines.jobs.models import Job
from tests.apps.exchange.test_importing import brought, carried_out, row, work_off
from tests.factories.collecting import DAY, Collecting
from tests.factories.judging import person

__all__ = ["brought"]

pytestmark = [pytest.mark.intake, pytest.mark.clause("H6")]


@pytest.fixture(autouse=True)
def clock() -> Any:
    """The time for submission is running."""
    with time_machine.travel(DAY, tick=True):
        yield


def test_the_trial_is_the_import(
    stage: Collecting, brought: Callable[..., Import], tmp_path: Path
) -> None:
    """Whatever the trial says of a row is what becomes of it: quotas filled by earlier rows, files of
    another kind, too small or missing, one that two rows name, signatures and deadlines."""
    folder = tmp_path / "exported"
    for name in ("a.mp4", "b.mp4", "c.txt"):
        (folder / name).write_bytes(name.encode())
    theme = stage.draft("针灸科").themes[0]
    Entry.objects.all().delete()
    ready = {"方向": theme, "承诺人": "王主任", "提交时间": "2026-04-09 08:00"}
    run = brought(
        row("1", 文件="a.mp4;a.mp4", **ready),
        row("2", 文件="c.txt", **ready),
        row("3", 文件="b.mp4", **ready),
        row("4", unit="针灸科", 文件="a.mp4;没有.mp4", **{**ready, "承诺人": ""}),
        row("5", unit="针灸科", 文件="b.mp4", **{**ready, "提交时间": "2026-01-01 00:00"}),
        row("6", unit="针灸科", 文件="b.mp4", **ready),
        rule="submit", honours_time=True,
    )  # fmt: skip
    foreseen = {each.line: (each.verdict, each.why) for each in run.rows.all()}
    done = carried_out(run)
    assert [foreseen[line][0] for line in range(2, 8)] == [
        "new", "new", "refused", "new", "refused", "new",
    ]  # fmt: skip
    for line, (verdict, why) in foreseen.items():
        came = done[line].outcome
        if verdict == "refused":
            assert (came, done[line].done_at) == ("", None)
        else:
            assert came == "已导入；" + why.replace("将提交", "已提交")
    assert foreseen[2][1] == "将提交"
    assert "不是" in foreseen[3][1] and "留作草稿，还差" in foreseen[3][1]
    assert "文件“a.mp4”第 2 行也用了" in foreseen[5][1] and "找不到文件" in foreseen[5][1]
    assert Entry.objects.filter(state="submitted").count() == 2
    assert FileVersion.objects.count() == 3


def test_files_that_were_missing_are_brought_by_the_next_import(
    stage: Collecting, brought: Callable[..., Import], tmp_path: Path
) -> None:
    first = brought(row("1", 文件="a.mp4"), row("2", unit="针灸科", 文件="b.mp4"))
    assert {each.outcome for each in carried_out(first).values()} == {
        "已导入；找不到文件“a.mp4”；留作草稿，由单位核对后提交",
        "已导入；找不到文件“b.mp4”；留作草稿，由单位核对后提交",
    }
    for name in ("a.mp4", "b.mp4"):
        (tmp_path / "exported" / name).write_bytes(name.encode())
    own = Entry.objects.get(unit__name="针灸科")
    stage.with_film(own, tmp_path)  # this unit has sent a film itself meanwhile
    again = brought(row("1", 文件="a.mp4"), row("2", unit="针灸科", 文件="b.mp4"))
    assert [(each.verdict, each.why) for each in again.rows.all()] == [
        ("mend", "以前导入过，这次补上当时没有的文件：a.mp4"),
        ("known", "这一行以前导入过，不再新建"),
    ]
    assert carried_out(again)[2].outcome == "已补文件；收下“a.mp4”"
    assert Entry.objects.count() == 2 and own.files.filter(current=True).get().version == 1


def test_a_full_disk_stops_the_import_and_loses_nothing(
    stage: Collecting, brought: Callable[..., Import], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from fengcai.apps.exchange import belongings
    from fengcai.engines.storage import StorageTrouble

    (tmp_path / "exported" / "a.mp4").write_bytes(b"film")
    run = brought(row("1", 文件="a.mp4"))
    sources.start_import(run_id=run.pk, by=run.by, at=DAY)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(belongings.shutil, "copyfileobj", full)
    found = run.rows.get()
    with belongings.belongings(run.folder, "", "") as things:
        reader = taking.Reader(run, things, DAY)
        with pytest.raises(StorageTrouble, match="磁盘满了"):
            taking.take_in(reader, found, next(reader.rows()))
    assert run.rows.get().done_at is None
    monkeypatch.undo()
    work_off()
    assert run.rows.get().outcome == "已导入；留作草稿，由单位核对后提交"
    assert FileVersion.objects.get().asset.size == 4 and Entry.objects.count() == 1


def test_who_starts_it_answers_for_it_and_must_be_an_organiser_still(
    stage: Collecting, brought: Callable[..., Import]
) -> None:
    other = person("另一位组织者")
    seat = Membership.objects.create(contest=stage.contest, user=other, role=Role.ORGANISER)
    run = brought(row("1"), row("2", unit="针灸科"))
    sources.start_import(run_id=run.pk, by=other, at=DAY)
    Membership.objects.filter(pk=seat.pk).update(until=DAY)
    work_off()
    assert not Entry.objects.exists()
    assert "不再是组织者" in Job.objects.get(kind="exchange.import").error
    run.refresh_from_db()
    assert run.state == "running"
    run.by = stage.organiser
    carried_out(run)
    assert {each.created_by for each in Entry.objects.all()} == {stage.organiser}
    assert origin_of(Entry.objects.get(unit__name="心病科")).text == (  # type: ignore[union-attr]
        f"由{stage.organiser}从“公众号”导入（原编号 1，表格“导出.csv”第 2 行），不是本单位填写的"
    )
    assert origin_of(stage.draft("心病科")) is None


def test_nobody_but_an_organiser_brings_a_works_through_something(stage: Collecting) -> None:
    entry = stage.draft()
    for who in (stage.reviewer, stage.contacts["针灸科"]):
        with pytest.raises(NotFound):
            actions.save_draft(
                entry_id=entry.pk, changes={"title": "换"}, expected_version=entry.version, by=who,
                at=DAY, through={"import": "x"},
            )  # fmt: skip
        with pytest.raises(NotPermitted):
            actions.start_entry(
                contest=stage.contest, unit=entry.unit, track="video", by=who, at=DAY,
                through={"import": "x"},
            )  # fmt: skip
    with pytest.raises(NotFound):  # nor an organiser without saying through what
        actions.save_draft(
            entry_id=entry.pk, changes={"title": "换"}, expected_version=entry.version,
            by=stage.organiser, at=DAY,
        )  # fmt: skip


def test_mending_goes_on_after_a_stop_and_leaves_what_the_unit_sent(
    stage: Collecting, brought: Callable[..., Import], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Two files were missing. The machine dies between them; another unit sends its own meanwhile."""

    class Killed(BaseException):
        """As a machine dies: nothing catches it."""

    rows = (row("1", 文件="a.mp4；b.mp4"), row("2", unit="针灸科", 文件="a.mp4"))
    carried_out(brought(*rows))
    for name in ("a.mp4", "b.mp4"):
        (tmp_path / "exported" / name).write_bytes(name.encode())
    again = brought(*rows)
    assert [each.verdict for each in again.rows.all()] == ["mend", "mend"]
    own = Entry.objects.get(unit__name="针灸科")
    stage.with_film(own, tmp_path)
    sources.start_import(run_id=again.pk, by=again.by, at=DAY)
    true, calls = taking.actions.hand_over_file, []

    def dies(**given: Any) -> None:
        calls.append(given["filename"])
        true(**given)
        raise Killed

    monkeypatch.setattr(taking.actions, "hand_over_file", dies)
    with pytest.raises(Killed):
        carry_out_import(Beat(), run_id=str(again.pk))  # type: ignore[arg-type]
    monkeypatch.undo()
    work_off()
    mended = Entry.objects.get(unit__name="心病科")
    assert sorted(mended.files.values_list("asset__filename", flat=True)) == ["a.mp4", "b.mp4"]
    assert own.files.get().by == stage.contacts["针灸科"]


class Beat:
    """Hears of progress, as a job's context does."""

    def progress(self, *_: object) -> None:
        """Nothing to show."""
