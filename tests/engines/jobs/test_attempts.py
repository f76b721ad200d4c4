"""Attempts: failing, waiting, giving up, losing the lease; one attempt's effects at most."""

from __future__ import annotations

import datetime as dt
import errno
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from fengcai.engines import jobs
from fengcai.engines.jobs import (
    Job,
    JobContext,
    JobInterrupted,
    JobRetry,
    LeaseLost,
    claims,
    clock,
    machine,
    observers,
    registry,
)
from fengcai.engines.jobs.execution import execute

pytestmark = [pytest.mark.django_db, pytest.mark.engines]

START = dt.datetime(2026, 4, 2, 8, 0, tzinfo=dt.UTC)


class Hands:
    """The engine's clock, moved by hand; on every database alike."""

    def __init__(self) -> None:
        self.now = START

    def shift(self, seconds: float) -> None:
        self.now += dt.timedelta(seconds=seconds)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    hands = Hands()
    monkeypatch.setattr(clock, "now", lambda: hands.now)
    monkeypatch.setattr(clock, "instant", lambda after=dt.timedelta(0): hands.now + after)
    return hands


def noted() -> list[str]:
    """Effects stand as jobs of the kind `test.effect`, which nobody runs here."""
    return list(
        Job.objects.filter(kind="test.effect").order_by("id").values_list("subject", flat=True)
    )


@pytest.fixture(autouse=True)
def effect(kind: Callable[..., Any]) -> None:
    @kind("test.effect")
    def effect(job: JobContext) -> None:
        """Never run: a row that a handler under test leaves behind."""


def leave_effect(subject: str) -> None:
    jobs.enqueue("test.effect", subject=subject, run_at=timezone.now() + dt.timedelta(days=999))


def test_a_failing_job_waits_longer_each_time_and_ends_dead(
    kind: Callable[..., Any], hands: Hands
) -> None:
    @kind("test.broken", max_attempts=3, backoff=10)
    def broken(job: JobContext) -> None:
        leave = 1 / 0
        raise AssertionError(leave)

    job = jobs.enqueue("test.broken")
    waits = []
    for _ in range(2):
        assert jobs.run_pending() == 1
        status = jobs.status(job.pk)
        assert status is not None
        assert status.state == "queued"
        assert status.waits_to_retry
        waits.append((status.run_at - hands.now).total_seconds())
        assert jobs.run_pending() == 0
        hands.now = status.run_at
    assert 10 <= waits[0] <= 11
    assert 40 <= waits[1] <= 44
    assert status.error == (
        f"第 2 次处理没有完成，系统稍后会自动再试，不需要您操作。（任务编号 {job.pk}）"
    )
    assert jobs.run_pending() == 1
    status = jobs.status(job.pk)
    assert status is not None
    assert (status.state, status.label, status.failures) == ("dead", "多次尝试未能完成", 3)
    assert status.error == (
        "试了 3 次都没有完成，系统不再自动重试。已收到的内容都还在。"
        f"请联系管理员，并报出任务编号 {job.pk}。"
    )
    assert "ZeroDivisionError: division by zero" in status.technical


def test_delays_grow_fourfold_up_to_the_limit(kind: Callable[..., Any]) -> None:
    @kind("test.delays", backoff=5, backoff_max=600)
    def delays(job: JobContext) -> None:
        """Only its patience matters."""

    spec = registry.find("test.delays")
    assert [spec.delay(n).total_seconds() for n in range(1, 7)] == [5, 20, 80, 320, 600, 600]


def test_a_handler_may_say_when_to_try_again(kind: Callable[..., Any], hands: Hands) -> None:
    @kind("test.waits")
    def waits(job: JobContext) -> None:
        raise JobRetry("文件还在合并，稍后再检查。", after=dt.timedelta(minutes=7))

    job = jobs.enqueue("test.waits")
    jobs.run_pending()
    status = jobs.status(job.pk)
    assert status is not None
    assert (status.error, status.run_at) == (
        "文件还在合并，稍后再检查。",
        START + dt.timedelta(minutes=7),
    )


def test_effects_of_a_failed_completion_are_undone(kind: Callable[..., Any]) -> None:
    @kind("test.half", max_attempts=1)
    def half(job: JobContext) -> None:
        with job.completing():
            leave_effect("一半")
            raise RuntimeError("in the middle")

    job = jobs.enqueue("test.half")
    jobs.run_pending()
    assert noted() == []
    assert Job.objects.get(pk=job.pk).state == "dead"


def test_an_atomic_handler_is_undone_whole(kind: Callable[..., Any]) -> None:
    @kind("test.atomic", atomic=True)
    def atomic(job: JobContext, fail: bool) -> dict[str, str]:
        leave_effect("全部")
        if fail:
            raise RuntimeError("after the write")
        return {"left": "全部"}

    jobs.enqueue("test.atomic", {"fail": True})
    jobs.run_pending()
    assert noted() == []
    done = jobs.enqueue("test.atomic", {"fail": False})
    jobs.run_pending()
    assert noted() == ["全部"]
    assert Job.objects.get(pk=done.pk).outcome == {"left": "全部"}


def test_an_overtaken_attempt_writes_nothing(kind: Callable[..., Any], hands: Hands) -> None:
    """The first attempt's lease runs out; the second completes; then the first tries to."""

    @kind("test.overtaken", lease=30)
    def overtaken(job: JobContext) -> None:
        with job.completing():
            leave_effect(f"第{job.attempt}次")

    job = jobs.enqueue("test.overtaken")
    slow = claims.claim("slow")
    assert slow is not None
    assert claims.claim("fast") is None
    hands.shift(29)
    assert claims.recover() == 0
    hands.shift(2)
    assert claims.recover() == 1
    fast = claims.claim("fast")
    assert fast is not None
    assert execute(fast, JobContext(fast)) == "done"
    assert execute(slow, JobContext(slow)) is None
    assert noted() == ["第2次"]
    row = Job.objects.get(pk=job.pk)
    assert (row.state, row.attempts, row.interruptions, row.failures) == ("done", 2, 1, 0)


def test_an_overtaken_attempt_cannot_fail_or_release_the_job(
    kind: Callable[..., Any], hands: Hands
) -> None:
    @kind("test.overtaken", lease=30)
    def overtaken(job: JobContext, how: str) -> None:
        raise {"fail": RuntimeError("late"), "stop": JobInterrupted("late")}[how]

    for how in ("fail", "stop"):
        job = jobs.enqueue("test.overtaken", {"how": how})
        slow = claims.claim("slow")
        hands.shift(31)
        claims.recover()
        fast = claims.claim("fast")
        assert slow is not None
        assert fast is not None
        assert execute(slow, JobContext(slow)) is None
        row = Job.objects.get(pk=job.pk)
        assert (row.state, row.worker, row.token) == ("running", "fast", fast.token)
        assert claims.release(fast)
        Job.objects.all().delete()


@pytest.mark.skipif(connection.vendor == "postgresql", reason="finds and takes in one statement")
def test_a_slow_claim_does_not_take_a_job_that_went_back_meanwhile(
    kind: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the claim another worker begins the job and fails: it is not due now."""

    @kind("test.fails", backoff=600)
    def fails(job: JobContext) -> None:
        raise RuntimeError("once")

    job = jobs.enqueue("test.fails")
    draw, others = claims.uuid.uuid4, [lambda: jobs.run_pending(1)]

    def slow() -> Any:
        while others:
            others.pop()()
        return draw()

    monkeypatch.setattr(claims.uuid, "uuid4", slow)
    assert claims.claim("slow") is None
    row = Job.objects.get(pk=job.pk)
    assert (row.state, row.attempts, row.failures) == ("queued", 1, 1)


def test_heartbeats_keep_the_lease(kind: Callable[..., Any], hands: Hands) -> None:
    @kind("test.long", lease=30)
    def long(job: JobContext) -> None:
        """Held by hand below."""

    jobs.enqueue("test.long")
    held = claims.claim("w")
    assert held is not None
    context = JobContext(held)
    for _ in range(5):
        hands.shift(20)
        assert context.renew()
        assert claims.recover() == 0
    hands.shift(31)
    assert claims.recover() == 1
    assert not context.renew()
    with pytest.raises(LeaseLost):
        context.check()
    with pytest.raises(LeaseLost), context.completing():
        raise AssertionError("the block must not run")


def test_pages_hear_of_a_job_that_recovery_puts_back_or_gives_up(
    kind: Callable[..., Any], hands: Hands
) -> None:
    @kind("test.fells", lease=30, max_interruptions=2)
    def fells(job: JobContext) -> None:
        """Its worker vanishes, twice."""

    heard: list[jobs.Sign] = []
    job = jobs.enqueue("test.fells")
    jobs.observe(heard.append)
    try:
        for _ in range(2):
            claims.claim("w")
            hands.shift(31)
            assert claims.recover() == 1
    finally:
        observers.forget(heard.append)
    assert heard == [jobs.Sign(job.pk, "queued"), jobs.Sign(job.pk, "dead")]


def test_progress_is_seen_and_stops_an_overtaken_handler(
    kind: Callable[..., Any], hands: Hands
) -> None:
    @kind("test.progress", lease=30)
    def progress(job: JobContext) -> None:
        """Held by hand below."""

    job = jobs.enqueue("test.progress", subject="asset:1")
    held = claims.claim("w")
    assert held is not None
    context = JobContext(held)
    context.progress(0.25, "正在解码")
    status = jobs.status(job.pk)
    assert status is not None
    assert (status.progress, status.percent, status.text) == (0.25, 25, "正在解码")
    context.progress(0.26, "正在解码")  # within half a second: not worth a write
    assert Job.objects.get(pk=job.pk).progress == 0.25
    context.progress(7.0, "正在解码")
    status = jobs.status(job.pk)
    assert status is not None
    assert (status.progress, status.percent, status.unfinished) == (1.0, 99, True)
    hands.shift(31)
    claims.recover()
    with pytest.raises(LeaseLost):
        context.progress(0.5, "迟了")
    assert Job.objects.get(pk=job.pk).progress_text == "正在解码"


def test_a_job_asked_to_stop_goes_back_without_blame(kind: Callable[..., Any]) -> None:
    @kind("test.stops")
    def stops(job: JobContext) -> None:
        job.progress(0.5, "一半")

    job = jobs.enqueue("test.stops")
    held = claims.claim("w")
    assert held is not None
    assert execute(held, JobContext(held, interrupted=lambda: True)) == "queued"
    row = Job.objects.get(pk=job.pk)
    assert (row.state, row.attempts, row.failures, row.interruptions) == ("queued", 0, 0, 0)


def test_a_busy_database_is_not_the_jobs_fault(kind: Callable[..., Any], hands: Hands) -> None:
    @kind("test.locked", max_attempts=1, max_interruptions=2)
    def locked(job: JobContext) -> None:
        raise OperationalError("database is locked")

    job = jobs.enqueue("test.locked")
    jobs.run_pending()
    row = Job.objects.get(pk=job.pk)
    assert (row.state, row.failures, row.interruptions, row.error) == ("queued", 0, 1, "")
    hands.shift(3)
    jobs.run_pending()
    row.refresh_from_db()
    assert (row.state, row.failures, row.interruptions) == ("dead", 0, 2)
    assert row.error.startswith("数据库多次没有响应")


def test_what_happens_after_completion_cannot_undo_it(kind: Callable[..., Any]) -> None:
    @kind("test.after")
    def after(job: JobContext) -> None:
        with job.completing() as outcome:
            leave_effect("成了")
            outcome["n"] = 1
        raise RuntimeError("too late to matter")

    job = jobs.enqueue("test.after")
    jobs.run_pending()
    row = Job.objects.get(pk=job.pk)
    assert (row.state, row.outcome, row.error, noted()) == ("done", {"n": 1}, "", ["成了"])


def test_run_pending_can_show_the_exception(kind: Callable[..., Any]) -> None:
    @kind("test.shown")
    def shown(job: JobContext) -> None:
        raise KeyError("here")

    jobs.enqueue("test.shown")
    with pytest.raises(KeyError, match="here"):
        jobs.run_pending(reraise=True)
    assert Job.objects.get().failures == 1


def test_only_a_process_of_this_machine_can_be_called_dead() -> None:
    mine = machine.worker_name()
    head, pid_start, nonce = mine.split("/")
    pid, start = pid_start.split("-")
    assert not machine.is_dead(mine)
    assert machine.is_dead(f"{head}/{pid}-{int(start) + 1}/{nonce}"), "the number was given again"
    assert not machine.is_dead(f"other@boot-1/{pid}-1/{nonce}")
    assert not machine.is_dead("a name of someone's own")


@pytest.mark.parametrize("rows", [1, 50])
def test_lists_of_jobs_cost_one_statement(
    rows: int, kind: Callable[..., Any], django_assert_num_queries: Any
) -> None:
    for n in range(rows):
        leave_effect(f"asset:{n}")
        leave_effect(f"asset:{n}")
    with django_assert_num_queries(1):
        newest = jobs.newest_by_subject([f"asset:{n}" for n in range(rows)])
    assert len(newest) == rows
    assert newest["asset:0"].id == Job.objects.filter(subject="asset:0").latest("id").pk
    with django_assert_num_queries(1):
        assert len(jobs.statuses(kind="test.effect", limit=1000)) == 2 * rows


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_full_disk_costs_no_attempt_and_is_waited_out(
    kind: Callable[..., Any], hands: Hands, wrapped: bool
):
    full = [True]

    @kind("test.full", max_attempts=1, backoff=5)
    def work(job: JobContext) -> None:
        if full and wrapped:
            try:
                raise OSError(errno.ENOSPC, "No space left on device")
            except OSError as error:
                raise JobRetry("磁盘满了") from error
        if full:
            raise OSError(errno.ENOSPC, "No space left on device")

    job = jobs.enqueue("test.full")
    for wait in (5, 20, 80):  # longer each time: a disk is not cleared within seconds
        assert jobs.run_pending() == 1
        job.refresh_from_db()
        assert (job.state, job.failures) == ("queued", 0)
        assert job.run_at == hands.now + dt.timedelta(seconds=wait)
        hands.shift(wait)
    full.clear()
    assert jobs.run_pending() == 1
    job.refresh_from_db()
    assert (job.state, job.failures, job.interruptions) == ("done", 0, 3)
