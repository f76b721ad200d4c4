"""The reckoning finds what is missing, what is there twice, and whom to ask about it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.faults.acknowledged import Acknowledged
from benchmarks.faults.breaking import DISK, PROCESSES, Blow
from benchmarks.faults.drill import Outcome, table
from tests import warm
from tests.furnished import furnish
from tests.house.tree import ROOT

PREPARE = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", run_syncdb=True, verbosity=0)
from benchmarks.faults.effects.models import Effect
for number in (1, 2, 2, 4, 9):
    Effect.objects.create(number=number)
"""


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """An installation of its own on SQLite."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("FENGCAI_")}
    return own | {
        "FENGCAI_DATA": str(tmp_path / "data"),
        "DJANGO_SETTINGS_MODULE": "benchmarks.faults.settings",
        "PYTHONPATH": str(ROOT),
    }


def run(variables: dict[str, str], *words: str) -> str:
    return warm.run(
        [sys.executable, *words], env=variables, cwd=ROOT, check=True, text=True,
        stdout=subprocess.PIPE,
    ).stdout  # fmt: skip


def test_each_kind_of_loss_is_found(tmp_path: Path, variables: dict[str, str]):
    furnish(tmp_path / "data")
    run(variables, "-c", PREPARE)
    acting = Acknowledged(tmp_path / "acting.jsonl")
    for number, sure in ((1, True), (2, True), (3, True), (4, False), (5, False)):
        acting.note("job", sure=sure, number=number)
    gone = "00000000-0000-4000-8000-000000000000"
    acting.note("entry", entry=gone, action="entries.start")
    acting.note("draft", entry=gone, version=3, title="t")
    acting.note("mark", judge=1, entry=gone, version=1, values={})
    sending = Acknowledged(tmp_path / "sending.jsonl")
    sending.note("upload", number=8, entry=gone, sha256="0" * 64, size=1)

    told = json.loads(run(variables, "-m", "benchmarks.faults.reckoning", str(tmp_path)))

    found = sorted((one["kind"], one["sort"], one["what"][:12]) for one in told["faults"])
    assert found == [
        ("audit", "lost", "记录 ('user:1'"),
        ("draft", "lost", "草稿 {'kind': "),
        ("entry", "lost", "作品 {'kind': "),
        ("job", "lost", "任务 3 没有做"),
        ("job", "wrong", "任务 2 做了 2 次"),
        ("job", "wrong", "任务 9 没有下达却做了"),
        ("mark", "lost", "评分 {'kind': "),
        ("upload", "lost", "上传 8：没有对应的文件"),
    ]
    assert told["counted"]["job"] == 4  # three sure ones, and the one that nobody ordered


def test_the_table_lays_a_loss_to_the_nearest_fault():
    outcome = Outcome(many=False, blows=[Blow(PROCESSES[0], 100.0), Blow(DISK, 110.0)])
    outcome.counted["job"] = 2
    outcome.found = [{"kind": "job", "sort": "lost", "what": "任务 3 没有做", "at": 108.0}]
    rows = [line.split() for line in table(outcome).splitlines()]
    assert ["磁盘写满", "1", "1", "0"] in rows
    assert ["后台任务（恰好一次）", "2", "1", "0"] in rows
    assert ["✗", "任务", "3", "没有做"] in rows
