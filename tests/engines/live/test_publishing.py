"""A hint goes out after the commit of what it speaks of, and a job's signs of life go out by themselves."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from fengcai.engines import jobs, live
from fengcai.engines.jobs import registry
from fengcai.engines.live import publishing

pytestmark = [pytest.mark.engines, pytest.mark.django_db(transaction=True)]

Heard = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    """What a web process of this machine would hear, so far; test_redis listens to the other engine."""
    monkeypatch.setattr(settings, "FENGCAI_LIVE", "embedded")
    folder = settings.FENGCAI_DATA / "live"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "test.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bound:
        bound.bind(str(path))
        bound.setblocking(False)

        def read() -> list[dict[str, Any]]:
            found = []
            while True:
                try:
                    found.append(json.loads(bound.recv(5_000)))
                except BlockingIOError:
                    return found

        publishing._sender.cache_clear()
        yield read
    publishing._sender.cache_clear()
    path.unlink()


def test_outside_a_transaction_it_goes_at_once(heard: Heard):
    live.publish("job:1", "progress", {"percent": 3, "text": "正在解码"})
    assert heard() == [
        {"channel": "job:1", "event": "progress", "data": {"percent": 3, "text": "正在解码"}}
    ]


def test_inside_it_goes_with_the_commit_or_not_at_all(heard: Heard):
    with transaction.atomic():
        live.publish("job:1", "changed")
        assert heard() == []
    assert heard() == [{"channel": "job:1", "event": "changed", "data": {}}]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        live.publish("job:1", "changed")
        1 / 0  # noqa: B018
    assert heard() == []


def test_what_cannot_be_sent_is_no_trouble_of_the_callers(heard: Heard):
    live.publish("job:1", "changed", {"text": "字" * 5_000})
    live.publish("Not a channel", "changed")
    live.publish("job:1", "changed", {"n": object()})
    assert heard() == []


@pytest.fixture
def kind() -> Iterator[str]:
    yield "live.drill"
    registry.forget("live.drill")


def test_a_jobs_page_hears_of_its_progress_and_its_end(heard: Heard, kind: str):
    @jobs.handler(kind)
    def drill(job: jobs.JobContext) -> None:
        job.progress(0.4, "正在解码")
        job.progress(1.0, "正在比对")

    job = jobs.enqueue(kind)
    assert jobs.run_pending(reraise=True) == 1
    channel = live.channel_of_job(job.pk)
    assert [(one["channel"], one["event"], one["data"]) for one in heard()] == [
        (channel, "progress", {"percent": 0, "text": ""}),
        (channel, "progress", {"percent": 40, "text": "正在解码"}),
        (channel, "progress", {"percent": 99, "text": "正在比对"}),
        (channel, "changed", {}),
    ]


def test_a_job_that_fails_says_so_too(heard: Heard, kind: str):
    @jobs.handler(kind, max_attempts=1)
    def drill(job: jobs.JobContext) -> None:
        raise jobs.JobFailed("文件打不开。")

    jobs.enqueue(kind)
    jobs.run_pending()
    assert [one["event"] for one in heard()] == ["progress", "changed"]


def test_an_observer_that_fails_harms_no_job(heard: Heard, kind: str):
    def broken(sign: jobs.Sign) -> None:
        raise RuntimeError("broken")

    @jobs.handler(kind)
    def drill(job: jobs.JobContext) -> None:
        job.progress(0.5)

    from fengcai.engines.jobs import observers

    observers.observe(broken)
    try:
        job = jobs.enqueue(kind)
        jobs.run_pending(reraise=True)
    finally:
        observers.forget(broken)
    state = jobs.status(job.pk)
    assert state is not None
    assert state.done
    assert heard()[-1]["event"] == "changed"
