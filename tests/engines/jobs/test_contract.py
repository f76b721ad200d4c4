"""What every engine promises, with real workers killed, frozen, felled and stopped: each job takes
effect once, in the order that people wait, whatever happens to whom.
"""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

import pytest

from tests.engines.jobs.drills import ALL, Drill, drilled

pytestmark = pytest.mark.timeout(240)

JOBS = 14
KILLS = 4


@drilled("sqlite", "postgresql", "redis")
def test_each_job_takes_effect_once_under_random_kills(drill: Drill) -> None:
    """Four kill -9 at random moments over two workers, one of them only leases can expose."""
    dice = random.Random(20260402)
    drill.enqueue(*["'drill.slow', {'before': 0.12, 'inside': 0.06}"] * JOBS)
    names: list[tuple[str, ...]] = [(), ("--name", "elsewhere")]
    workers = [drill.worker(*name) for name in names]
    killed_in_the_middle = 0
    for kill in range(KILLS):
        slot = kill % 2
        # A worker needs a moment to start; after that any moment of its work may be its last.
        drill.wait(
            lambda: "running" in (now := drill.states()) or set(now) == {"done"}, 30, "a job runs"
        )
        time.sleep(dice.uniform(0.0, 0.5))
        workers[slot].send_signal(signal.SIGKILL)
        workers[slot].wait()
        killed_in_the_middle += "running" in drill.states()
        workers[slot] = drill.worker(*names[slot])
    drill.all_done(60)

    assert drill.effects() == [(number, 1) for number in range(1, JOBS + 1)]
    assert drill.sql("SELECT count(*) FROM jobs_job WHERE token IS NOT NULL") == [(0,)]
    assert killed_in_the_middle > 0
    interruptions = drill.sql("SELECT sum(interruptions) FROM jobs_job")[0][0]
    assert interruptions > 0, "the kills hit nobody at work; the drill proves nothing"


@drilled("sqlite", "redis")
def test_a_killed_worker_is_noticed_before_its_lease_ends(drill: Drill, tmp_path: Path) -> None:
    """Its process number tells: the lease is not waited for."""
    drill.enqueue(frozen(tmp_path))
    first = drill.worker()
    drill.wait((tmp_path / "began.1").exists, 20, "the first worker begins")
    first.send_signal(signal.SIGSTOP)
    drill.sql("UPDATE jobs_job SET lease_until = '2999-01-01 00:00:00+00:00'")
    first.kill()
    first.wait()
    killed = time.monotonic()
    (tmp_path / "go").touch()
    drill.worker()
    drill.all_done(15)
    assert time.monotonic() - killed < 15
    assert drill.sql("SELECT attempt FROM drill_effect") == [(2,)]
    assert drill.sql("SELECT interruptions FROM jobs_job") == [(1,)]


@drilled("sqlite", "redis", "rabbitmq")
def test_a_frozen_worker_that_wakes_up_late_writes_nothing(drill: Drill, tmp_path: Path) -> None:
    """Stopped past its lease, the first worker wakes while the second holds the job."""
    drill.enqueue(frozen(tmp_path))
    first = drill.worker()
    drill.wait((tmp_path / "began.1").exists, 20, "the first worker begins")
    first.send_signal(signal.SIGSTOP)
    second = drill.worker()
    drill.wait((tmp_path / "began.2").exists, 20, "the second worker takes over")
    (tmp_path / "go").touch()
    first.send_signal(signal.SIGCONT)
    drill.all_done(20)
    time.sleep(0.5)  # room for the first worker to do wrong

    assert drill.sql("SELECT attempt, worker_pid FROM drill_effect") == [(2, second.pid)]
    assert first.poll() is None


@drilled("sqlite", "rabbitmq")
def test_a_job_that_fells_its_worker_ends_dead(drill: Drill) -> None:
    drill.enqueue("'drill.killer'")
    for _ in range(3):
        worker = drill.worker()
        assert worker.wait(timeout=30) == -signal.SIGKILL
    drill.worker()
    drill.wait(lambda: drill.states() == {"dead": 1}, 20, "it is given up")
    error, interruptions = drill.sql("SELECT error, interruptions FROM jobs_job")[0]
    assert interruptions == 3
    assert error == (
        "处理程序连续中断了 3 次，系统不再自动重试。已收到的内容都还在。"
        "请联系管理员，并报出任务编号 1。"
    )


@drilled("sqlite", "redis", "rabbitmq")
def test_a_stopped_worker_puts_its_job_back_at_once(drill: Drill) -> None:
    """SIGTERM after half a second of grace: a slow job yields at its next word of progress."""
    drill.enqueue("'drill.slow', {'before': 4.0, 'inside': 0.0}")
    worker = drill.worker()
    text = "SELECT progress_text FROM jobs_job"
    drill.wait(lambda: drill.sql(text) == [("第 1 步",)], 20, "step 1")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=10) == 0
    assert drill.sql("SELECT state, attempts, interruptions, token FROM jobs_job") == [
        ("queued", 0, 0, None)
    ]
    assert drill.sql("SELECT count(*) FROM drill_effect") == [(0,)]
    assert drill.sql("SELECT count(*) FROM jobs_worker") == [(0,)], "it took leave"


@drilled("sqlite", "redis", "rabbitmq")
def test_a_thread_that_never_yields_does_not_keep_its_process(drill: Drill) -> None:
    """The row goes back while the thread still sleeps, and the process ends without it."""
    drill.enqueue("'drill.deaf', {'seconds': 60.0}")
    worker = drill.worker()
    drill.wait(lambda: drill.states() == {"running": 1}, 20, "it runs")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=15) == 0
    assert drill.states() == {"queued": 1}


@drilled("sqlite", "redis")
def test_a_failed_job_waits_and_is_tried_again(drill: Drill) -> None:
    """The row's own time says when; a broker is not asked to remember it."""
    drill.enqueue("'drill.falters', {'times': 2}")
    drill.worker()
    drill.all_done(30)
    assert drill.sql("SELECT attempts, failures FROM jobs_job") == [(3, 2)]
    times = [at for (at,) in drill.sql("SELECT at FROM drill_effect ORDER BY at")]
    assert len(times) == 3
    # A quarter of a second, then four times as long.
    assert times[1] - times[0] >= 0.25
    assert times[2] - times[1] >= 1.0


@drilled(*ALL)
def test_whom_people_wait_for_goes_first(drill: Drill) -> None:
    """All wait before the worker comes, the least urgent first; it takes them by urgency."""
    drill.enqueue(
        *[
            f"'drill.quick', {{'n': {n}}}, priority={priority}"
            for n, priority in enumerate((-10, -10, 0, 0, 10, 10))
        ]
    )
    # Of one lane: where films are served too, the embedded engine adds a thread for all the rest.
    drill.worker("--concurrency", "1", "--only", "default")
    drill.all_done(30)
    order = [job for (job,) in drill.sql("SELECT job FROM drill_effect ORDER BY id")]
    assert order == [5, 6, 3, 4, 1, 2]


@drilled("sqlite", "redis", "rabbitmq")
def test_a_worker_of_one_lane_leaves_the_others(drill: Drill) -> None:
    """Films wait for their own worker and do not hold up a message."""
    drill.enqueue(*["'drill.film'"] * 3, "'drill.mail'")
    drill.worker("--only", "mail")
    drill.wait(lambda: drill.states() == {"queued": 3, "done": 1}, 20, "the mail is sent")
    time.sleep(0.5)
    assert drill.states() == {"queued": 3, "done": 1}
    assert drill.sql("SELECT kind FROM jobs_job WHERE state = 'done'") == [("drill.mail",)]
    drill.worker("--only", "media")
    drill.all_done(20)


@drilled("redis")
def test_a_clock_that_is_an_hour_off_does_no_harm(drill: Drill) -> None:
    """The database's clock counts: nobody takes a job from a worker that lives, or runs one early."""
    drill.worker("--clock", "1", "--name", "ahead")
    drill.worker("--clock", "-1", "--name", "behind")
    drill.served(2)
    drill.enqueue(
        *["'drill.slow', {'before': 2.4, 'inside': 0.0}"] * 3,
        "'drill.quick', run_at=timezone.now() + timedelta(minutes=30)",
    )
    drill.wait(lambda: drill.states() == {"queued": 1, "done": 3}, 30, "three are done")
    assert drill.effects() == [(1, 1), (2, 1), (3, 1)]
    assert drill.sql("SELECT sum(interruptions), max(attempts) FROM jobs_job") == [(0, 1)]


@drilled("postgresql", "redis")
def test_two_workers_of_one_name_do_no_harm(drill: Drill) -> None:
    for _ in range(2):
        drill.worker("--name", "worker1")
    drill.served(1)
    drill.enqueue(*["'drill.slow', {'before': 0.2, 'inside': 0.0}"] * 10)
    drill.all_done(30)
    assert drill.effects() == [(number, 1) for number in range(1, 11)]


def frozen(folder: Path) -> str:
    """The call that enqueues a job which waits for `go` in the folder."""
    where = {"marker": str(folder / "began"), "resume": str(folder / "go")}
    return f"'drill.frozen', {where!r}"
