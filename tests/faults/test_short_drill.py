"""A short `./dev faults`: an installation is killed and starved at random, and nothing is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT

KINDS = {"upload", "job", "entry", "draft", "mark", "audit", "chain"}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("scenario", ["one", "many"])
def test_nothing_acknowledged_is_lost_and_nothing_happens_twice(scenario: str, tmp_path: Path):
    size = ["--uploads", "24", "--jobs", "150", "--seconds", "16"]
    words = [*size, "--only", scenario, "--seed", "7", "--keep", str(tmp_path)]
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.faults.drill", *words],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    told = json.loads(ended.stdout.splitlines()[-1])
    assert (told["lost"], told["wrong"]) == (0, 0)
    assert {kind for kind, count in told["acknowledged"].items() if count} == KINDS
    assert told["acknowledged"]["upload"] == 24
    assert told["blows"] >= 3
