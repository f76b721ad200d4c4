"""Workers killed, frozen and felled: every job takes effect once, whatever happens to whom."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

import pytest

from tests.engines.jobs.conftest import Drill

pytestmark = [pytest.mark.engines, pytest.mark.timeout(240)]

JOBS = 60
KILLS = 25


@pytest.mark.parametrize("drill", ["IMMEDIATE", "DEFERRED"], indirect=True)
def test_each_job_takes_effect_once_under_random_kills(drill: Drill) -> None:
    """Twenty-five kill -9 at random moments over two workers, one of them only leases can expose."""
    dice = random.Random(20260402)
    drill.python(
        "from fengcai.engines.jobs import enqueue\n"
        f"for n in range({JOBS}): enqueue('drill.slow', {{'before': 0.12, 'inside': 0.06}})"
    )
    names: list[tuple[str, ...]] = [(), ("elsewhere",)]
    workers = [drill.worker(*name) for name in names]
    killed_in_the_middle = 0
    for kill in range(KILLS):
        slot = kill % 2
        # A worker needs a moment to start; after that any moment of its work may be its last.
        drill.wait(
            lambda: (
                bool(drill.rows("SELECT 1 FROM jobs_job WHERE state = 'running'"))
                or not drill.rows("SELECT 1 FROM jobs_job WHERE state != 'done'")
            ),
            30,
            "a job is running",
        )
        time.sleep(dice.uniform(0.0, 0.5))
        workers[slot].send_signal(signal.SIGKILL)
        workers[slot].wait()
        killed_in_the_middle += bool(drill.rows("SELECT 1 FROM jobs_job WHERE state = 'running'"))
        workers[slot] = drill.worker(*names[slot])
    drill.wait(
        lambda: not drill.rows("SELECT 1 FROM jobs_job WHERE state != 'done'"),
        90,
        "all jobs are done",
    )

    effects = drill.rows("SELECT job, count(*) FROM drill_effect GROUP BY job ORDER BY job")
    assert effects == [(number, 1) for number in range(1, JOBS + 1)]
    assert drill.rows("SELECT count(*) FROM jobs_job WHERE token IS NOT NULL") == [(0,)]
    interruptions = drill.rows("SELECT sum(interruptions) FROM jobs_job")[0][0]
    assert killed_in_the_middle > 0
    assert interruptions > 0, "the kills hit nobody at work; the drill proves nothing"


def test_a_killed_worker_is_noticed_before_its_lease_ends(drill: Drill, tmp_path: Path) -> None:
    """Its process number tells: the 60 s lease is not waited for."""
    drill.python(
        "from fengcai.engines.jobs import enqueue, registry\n"
        "enqueue('drill.frozen', "
        f"{{'marker': {str(tmp_path / 'began')!r}, 'resume': {str(tmp_path / 'go')!r}}})"
    )
    first = drill.worker()
    drill.wait((tmp_path / "began.1").exists, 20, "the first worker begins")
    with_lease = "UPDATE jobs_job SET lease_until = '2999-01-01 00:00:00'"
    drill.python(f"from django.db import connection\nconnection.cursor().execute({with_lease!r})")
    first.kill()
    first.wait()
    killed = time.monotonic()
    (tmp_path / "go").touch()
    drill.worker()
    drill.wait(
        lambda: drill.rows("SELECT state FROM jobs_job") == [("done",)], 15, "taken over at once"
    )
    assert time.monotonic() - killed < 15
    assert drill.rows("SELECT attempt FROM drill_effect") == [(2,)]
    assert drill.rows("SELECT interruptions FROM jobs_job") == [(1,)]


def test_a_frozen_worker_that_wakes_up_late_writes_nothing(drill: Drill, tmp_path: Path) -> None:
    """Stopped past its lease, the first worker wakes while the second holds the job."""
    drill.python(
        "from fengcai.engines.jobs import enqueue\n"
        "enqueue('drill.frozen', "
        f"{{'marker': {str(tmp_path / 'began')!r}, 'resume': {str(tmp_path / 'go')!r}}})"
    )
    first = drill.worker()
    drill.wait((tmp_path / "began.1").exists, 20, "the first worker begins")
    first.send_signal(signal.SIGSTOP)
    second = drill.worker()
    drill.wait((tmp_path / "began.2").exists, 20, "the second worker takes over")
    (tmp_path / "go").touch()
    first.send_signal(signal.SIGCONT)
    drill.wait(
        lambda: drill.rows("SELECT state FROM jobs_job") == [("done",)], 20, "the job is done"
    )
    time.sleep(1.0)  # room for the first worker to do wrong

    assert drill.rows("SELECT attempt, worker_pid FROM drill_effect") == [(2, second.pid)]
    assert first.poll() is None


def test_a_job_that_fells_its_worker_ends_dead(drill: Drill) -> None:
    drill.python("from fengcai.engines.jobs import enqueue\nenqueue('drill.killer')")
    for _ in range(3):
        worker = drill.worker()
        assert worker.wait(timeout=30) == -signal.SIGKILL
    drill.worker()
    drill.wait(
        lambda: drill.rows("SELECT state FROM jobs_job") == [("dead",)], 20, "it is given up"
    )
    state, error, interruptions = drill.rows("SELECT state, error, interruptions FROM jobs_job")[0]
    assert (state, interruptions) == ("dead", 3)
    assert error == (
        "处理程序连续中断了 3 次，系统不再自动重试。已收到的内容都还在。"
        "请联系管理员，并报出任务编号 1。"
    )


def test_a_stopped_worker_puts_its_job_back_at_once(drill: Drill, tmp_path: Path) -> None:
    """SIGTERM after half a second of grace: a slow job yields at its next word of progress."""
    drill.python(
        "from fengcai.engines.jobs import enqueue\n"
        "enqueue('drill.slow', {'before': 12.0, 'inside': 0.0})"
    )
    worker = drill.worker()
    drill.wait(
        lambda: drill.rows("SELECT progress_text FROM jobs_job") == [("第 1 步",)], 20, "step 1"
    )
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=10) == 0
    assert drill.rows("SELECT state, attempts, interruptions, token FROM jobs_job") == [
        ("queued", 0, 0, None)
    ]
    assert drill.rows("SELECT count(*) FROM drill_effect") == [(0,)]
