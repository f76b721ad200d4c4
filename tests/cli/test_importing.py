"""`fengcai import`: tried, then made, and a second run makes nothing twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import time_machine

from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.cli import importing
from fengcai.cli.errors import Failure
from fengcai.engines.jobs.models import Job
from tests.factories.collecting import DAY, Collecting, collecting

pytestmark = [pytest.mark.django_db, pytest.mark.intake, pytest.mark.clause("H6")]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Collecting:
    monkeypatch.setattr(importing, "open_installation", lambda: None)
    monkeypatch.setattr(importing, "require_database", lambda: None)
    return collecting()


def test_a_table_and_a_folder_become_drafts_once(
    made: Collecting, tmp_path: Path, capsys: Any
) -> None:
    table = tmp_path / "导出.csv"
    table.write_text(
        "编号,单位,作品名称,视频文件\n7,心病科,心跳,a.mp4\n8,没有科,血压,\n", "utf-8-sig"
    )
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.mp4").write_bytes(b"film")
    asked = {
        "contest": made.contest.slug, "by": made.organiser.username, "source": "旧系统",
        "files": tmp_path / "files", "track": "video",
    }  # fmt: skip
    with time_machine.travel(DAY, tick=True):
        Job.objects.all().delete()
        assert importing.take_in(table, dry_run=True, **asked) == 2
        out = capsys.readouterr().out
        assert "＋ 第 2 行 心病科 心跳" in out and "✗ 第 3 行 没有科 血压 名单里没有单位" in out
        assert not Entry.objects.exists()
        for _ in range(2):
            Job.objects.exclude(kind__startswith="exchange.").delete()
            assert importing.take_in(table, **asked) == 2
    assert Entry.objects.get().title == "心跳"
    assert "以前导入过 1 件" in capsys.readouterr().out
    assert FileVersion.objects.count() <= 1
    with pytest.raises(Failure):
        importing.take_in(table, **{**asked, "by": "nobody"})
