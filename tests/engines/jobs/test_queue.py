"""Enqueueing: in the caller's transaction, with plain arguments, once per key."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from fengcai.engines import jobs
from fengcai.engines.jobs import (
    ArgumentsRefused,
    Job,
    JobContext,
    JobFailed,
    UnknownKind,
    carriage,
    registry,
)
from fengcai.engines.jobs import jobs as upkeep
from fengcai.engines.jobs.jobs import order_upkeep

pytestmark = [pytest.mark.django_db, pytest.mark.engines]


class Colour(enum.StrEnum):
    RED = "red"


@pytest.fixture
def noted(kind: Callable[..., Any]) -> list[tuple[Any, ...]]:
    """What `test.note` was called with."""
    notes: list[tuple[Any, ...]] = []

    @kind("test.note")
    def note(job: JobContext, word: str = "", number: int = 0) -> None:
        notes.append((word, number))

    return notes


def test_a_job_runs_with_its_arguments_and_is_done(noted: list[Any]) -> None:
    job = jobs.enqueue("test.note", {"word": "风采", "number": 3}, subject="asset:7")
    assert jobs.run_pending() == 1
    assert noted == [("风采", 3)]
    status = jobs.status(subject="asset:7")
    assert status is not None
    assert (status.id, status.state, status.label, status.percent) == (
        job.pk,
        "done",
        "已完成",
        100,
    )
    assert jobs.run_pending() == 0


@pytest.mark.django_db(transaction=True)
def test_a_job_vanishes_with_the_transaction_that_made_it(noted: list[Any]) -> None:
    def change_that_fails() -> None:
        with transaction.atomic():
            jobs.enqueue("test.note", {"word": "不该留下"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_that_fails()
    assert jobs.counts() == {"queued": 0, "running": 0, "done": 0, "failed": 0, "dead": 0}
    assert jobs.run_pending() == 0
    assert noted == []


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Decimal("1.5"), "test.note.word: Decimal is not a primitive"),
        (dt.date(2026, 4, 2), "test.note.word: date is not a primitive"),
        (Colour.RED, "test.note.word: Colour is not a primitive"),
        (float("nan"), "test.note.word: nan is not a JSON number"),
        ([{"a": b"x"}], "test.note.word[0].a: bytes is not a primitive"),
        ({1: "x"}, "test.note.word: the key 1 is not text"),
        ("字" * 30_000, "arguments take 90012 bytes, more than 65536"),
    ],
)
def test_only_primitives_are_stored(noted: list[Any], value: Any, words: str) -> None:
    with pytest.raises(ArgumentsRefused) as refusal:
        jobs.enqueue("test.note", {"word": value})
    assert words in str(refusal.value)
    assert jobs.counts()["queued"] == 0


def test_arguments_must_fit_the_handler(noted: list[Any]) -> None:
    with pytest.raises(ArgumentsRefused, match="unexpected keyword argument 'colour'"):
        jobs.enqueue("test.note", {"colour": "red"})


def test_an_unknown_kind_is_refused_at_once() -> None:
    with pytest.raises(UnknownKind, match=r"'test\.nobody'"):
        jobs.enqueue("test.nobody")


def test_two_functions_cannot_share_a_kind(noted: list[Any], kind: Callable[..., Any]) -> None:
    def other(job: JobContext) -> None:
        """Another function of the same name."""

    with pytest.raises(ValueError, match="already registered"):
        kind("test.note")(other)


def test_a_key_keeps_one_unfinished_job(noted: list[Any]) -> None:
    late = timezone.now() + dt.timedelta(hours=1)
    first = jobs.enqueue("test.note", {"number": 1}, dedupe_key="k", run_at=late)
    second = jobs.enqueue("test.note", {"number": 2}, dedupe_key="k", priority=5)
    assert (second.pk, second.priority, second.arguments) == (first.pk, 5, {"number": 1})
    assert second.run_at < late
    assert jobs.run_pending() == 1
    third = jobs.enqueue("test.note", {"number": 3}, dedupe_key="k")
    assert third.pk != first.pk
    assert jobs.run_pending() == 1
    assert noted == [("", 1), ("", 3)]


def test_asked_again_while_running_it_runs_once_more_only_on_request(
    kind: Callable[..., Any],
) -> None:
    runs: list[int] = []

    @kind("test.again")
    def again(job: JobContext, rerun: bool) -> dict[str, int]:
        runs.append(job.attempt)
        if len(runs) == 1:
            same = jobs.enqueue("test.again", {"rerun": rerun}, dedupe_key="a", rerun=rerun)
            jobs.enqueue("test.again", {"rerun": rerun}, dedupe_key="a")  # takes no wish back
            assert same.pk == job.id
        return {"runs": len(runs)}

    jobs.enqueue("test.again", {"rerun": False}, dedupe_key="a")
    assert jobs.run_pending() == 1
    runs.clear()
    jobs.enqueue("test.again", {"rerun": True}, dedupe_key="a")
    assert jobs.run_pending() == 2
    assert runs == [1, 2]
    status = jobs.status(dedupe_key="a")
    assert status is not None
    assert (status.state, status.outcome) == ("done", {"runs": 2})


def test_urgent_jobs_go_first_and_future_ones_wait(noted: list[Any]) -> None:
    jobs.enqueue("test.note", {"word": "平常"})
    jobs.enqueue("test.note", {"word": "批量"}, priority=jobs.Priority.BULK)
    jobs.enqueue("test.note", {"word": "有人在等"}, priority=jobs.Priority.WAITED_FOR)
    jobs.enqueue("test.note", {"word": "明天"}, run_at=timezone.now() + dt.timedelta(days=1))
    assert jobs.run_pending() == 3
    assert [word for word, _ in noted] == ["有人在等", "平常", "批量"]


def test_a_time_without_a_zone_is_refused(noted: list[Any]) -> None:
    with pytest.raises(ValueError, match="time zone"):
        jobs.enqueue("test.note", run_at=dt.datetime(2026, 4, 2))


def test_a_kind_unknown_to_this_worker_is_left_for_another(
    noted: list[Any], kind: Callable[..., Any]
) -> None:
    @kind("test.newer")
    def newer(job: JobContext) -> None:
        """Known to a newer version only."""

    jobs.enqueue("test.newer")
    jobs.enqueue("test.note", {"word": "照常"})
    registry.forget("test.newer")
    assert jobs.run_pending() == 1
    assert noted == [("照常", 0)]
    assert jobs.counts()["queued"] == 1


def test_retry_forgives_a_failed_job(kind: Callable[..., Any]) -> None:
    broken = [True]

    @kind("test.mended")
    def mended(job: JobContext) -> None:
        if broken[0]:
            raise JobFailed("作品文件已被删除，请重新上传。")

    job = jobs.enqueue("test.mended", dedupe_key="m")
    jobs.run_pending()
    status = jobs.status(job.pk)
    assert status is not None
    assert (status.state, status.error, status.given_up) == (
        "failed",
        "作品文件已被删除，请重新上传。",
        True,
    )
    broken[0] = False
    jobs.retry(job.pk)
    assert jobs.run_pending() == 1
    status = jobs.status(job.pk)
    assert status is not None
    assert (status.state, status.error, status.technical) == ("done", "", "")


def test_retry_refuses_what_is_not_over_and_what_is_queued_anew(kind: Callable[..., Any]) -> None:
    @kind("test.fails")
    def fails(job: JobContext) -> None:
        raise JobFailed("不行。")

    job = jobs.enqueue("test.fails", dedupe_key="f")
    with pytest.raises(jobs.RetryRefused, match="不在“未能完成”之列"):
        jobs.retry(job.pk)
    jobs.run_pending()
    jobs.enqueue("test.fails", dedupe_key="f")
    with pytest.raises(jobs.RetryRefused, match="同样的任务已经在排队"):
        jobs.retry(job.pk)


def test_retry_refuses_what_another_enqueues_in_the_same_moment(
    kind: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the write; whoever goes through a list of jobs goes on with the next."""

    @kind("test.fails")
    def fails(job: JobContext) -> None:
        raise JobFailed("不行。")

    job, other = jobs.enqueue("test.fails", dedupe_key="f"), jobs.enqueue("test.fails")
    jobs.run_pending()
    ready, once = carriage.ready, [lambda: jobs.enqueue("test.fails", dedupe_key="f")]

    def slow() -> bool:
        if once:
            once.pop()()
        return ready()

    monkeypatch.setattr(carriage, "ready", slow)
    with pytest.raises(jobs.RetryRefused, match="同样的任务已经在排队"):
        jobs.retry(job.pk)
    assert jobs.retry(other.pk).state == "queued"


def test_upkeep_deletes_what_was_done_a_month_ago(noted: list[Any]) -> None:
    jobs.enqueue("test.note")
    jobs.enqueue("test.note")
    jobs.run_pending()
    old, young = Job.objects.order_by("id")
    Job.objects.filter(pk=old.pk).update(finished=timezone.now() - upkeep.KEPT)
    order_upkeep()
    order_upkeep()
    assert jobs.run_pending() == 1
    assert list(Job.objects.filter(kind="test.note")) == [young]
    assert Job.objects.get(kind=upkeep.KIND).outcome == {"jobs": 1}


def test_purge_removes_old_done_jobs_only(noted: list[Any], kind: Callable[..., Any]) -> None:
    @kind("test.fails")
    def fails(job: JobContext) -> None:
        raise JobFailed("不行。")

    jobs.enqueue("test.note")
    jobs.enqueue("test.fails")
    jobs.run_pending()
    jobs.enqueue("test.note")
    assert jobs.purge(timezone.now() - dt.timedelta(days=1)) == 0
    assert jobs.purge(timezone.now() + dt.timedelta(days=1)) == 1
    assert jobs.counts() == {"queued": 1, "running": 0, "done": 0, "failed": 1, "dead": 0}
