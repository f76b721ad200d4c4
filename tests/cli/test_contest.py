"""`fengcai contest create`: a contest from its rulebook, on an installation of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import warm
from tests.furnished import furnish

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "examples/rulebooks/jiangxi-2026.yaml"


@pytest.fixture
def fengcai(tmp_path: Path):  # type: ignore[no-untyped-def]
    variables = {**os.environ, "FENGCAI_DATA": str(tmp_path / "data")}

    def run(*words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return warm.run(
            [sys.executable, "-m", "fengcai.cli", *words],
            env=variables,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    furnish(tmp_path / "data")
    done = run("init", "--admin", "office", "--password-stdin", stdin="yizhangtongzhi-1\n")
    assert done.returncode == 0, done.stderr
    return run


def test_a_contest_is_laid_down_once(fengcai, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    create = ("contest", "create", str(BOOK), "--slug", "yike-2026", "--organiser")
    nobody = fengcai(*create, "nobody")
    assert (nobody.returncode, "没有账号“nobody”" in nobody.stderr) == (2, True)
    done = fengcai(*create, "office")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "活动：“一科一风采，仁心耀省中”视频作品创作展播活动",
        "网址：/c/yike-2026/office/ （由 office 登录办理）",
        "待明确的问题：15 个",
    ]
    again = fengcai(*create, "office")
    assert again.returncode != 0
    assert "已被另一个活动使用" in again.stderr
    gbk = tmp_path / "gbk.yaml"
    gbk.write_bytes("规则书: 一".encode("gbk"))
    wrong = fengcai("contest", "create", str(gbk), "--slug", "x", "--organiser", "office")
    assert (wrong.returncode, "不是 UTF-8 文本" in wrong.stderr) == (2, True)
