"""`serve` keeps its workers alive, and ends everything that it started, however it is told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fengcai.cli.supervision import pause_after

pytestmark = pytest.mark.timeout(60)

CHILD = """
import os, pathlib, sys, time
from fengcai.cli.supervision import end_with_parent
end_with_parent()
mark = pathlib.Path(sys.argv[1])
mark.with_name(f"{mark.name}.{os.getpid()}").touch()
for _ in range(600):
    time.sleep(0.1)
    if mark.with_name(f"{mark.name}.leave").exists():
        sys.exit(int(mark.with_name(f"{mark.name}.leave").read_text()))
"""

SUPERVISOR = """
import sys
from fengcai.cli.supervision import supervise
child, folder = sys.argv[1:]
sys.exit(supervise(
    web=[sys.executable, "-c", child, f"{folder}/web"],
    workers=[
        [sys.executable, "-c", child, f"{folder}/{name}"] for name in ("worker", "films")
    ],
))
"""


class Stage:
    """A supervisor over three children that leave a mark with their process id."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR, CHILD, str(folder)],
            stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip

    def pids(self, name: str) -> list[int]:
        marks = (p for p in self.folder.glob(f"{name}.*") if p.suffix[1:].isdigit())
        return [int(p.suffix[1:]) for p in sorted(marks, key=lambda p: p.stat().st_mtime_ns)]

    def everyone(self) -> list[int]:
        return [pid for name in ("web", "worker", "films") for pid in self.pids(name)]


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    wait_for(lambda: len(stage.everyone()) == 3)
    yield stage
    for pid in [stage.process.pid, *stage.everyone()]:
        if alive(pid):
            os.kill(pid, signal.SIGKILL)
    stage.process.wait()


def test_pauses_double_up_to_half_a_minute():
    assert [pause_after(n) for n in range(1, 8)] == [1, 2, 4, 8, 16, 30, 30]


def test_a_worker_that_is_killed_is_started_again(stage: Stage):
    (first,) = stage.pids("worker")
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: len(stage.pids("worker")) == 2)
    assert alive(stage.pids("web")[0])
    assert alive(stage.pids("worker")[1])
    assert [alive(pid) for pid in stage.pids("films")] == [True]
    stage.process.terminate()
    assert stage.process.wait(20) == 0
    assert stage.process.stderr
    assert "后台任务进程意外结束（退出码 -9），1 秒后重新启动" in stage.process.stderr.read()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_one_signal_ends_all(stage: Stage, number: signal.Signals):
    stage.process.send_signal(number)
    assert stage.process.wait(20) == 0
    assert [pid for pid in stage.everyone() if alive(pid)] == []


def test_when_the_web_process_ends_all_end_with_its_code(stage: Stage):
    (stage.folder / "web.leave").write_text("5")
    assert stage.process.wait(20) == 5
    assert [pid for pid in stage.everyone() if alive(pid)] == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="prctl is Linux only")
def test_a_supervisor_that_is_killed_leaves_no_orphans(stage: Stage):
    stage.process.kill()
    stage.process.wait(20)
    wait_for(lambda: not any(alive(pid) for pid in stage.everyone()))
