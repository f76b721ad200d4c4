"""The same streams with Redis between the machines, and what happens while it is away."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis as client

from fengcai.engines import live
from fengcai.engines.live.messages import encode
from fengcai.engines.live.redis import Sender, prefix
from tests.engines.live.station import Station
from tooling.servers import redis

pytestmark = pytest.mark.timeout(120)

CHANGED = 'data: {"channel":"job:1","event":"changed","data":{}}\n'

Make = Callable[..., Station]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[redis.Redis]:
    with redis.running(tmp_path / "redis") as running:
        yield running


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_machines_that_share_a_redis_share_hints_and_get_over_its_loss(
    server: redis.Redis, station: Make, tmp_path: Path
):
    variables = {"FENGCAI_LIVE": "redis", "FENGCAI_REDIS_URL": server.url}
    first = station(tmp_path / "first", **variables)
    second = station(tmp_path / "second", **variables)
    streams = [first.listen("job:1"), second.listen("job:1", "job:2")]

    # Published by a process that ends at once: it gives its last hints time to go.
    first.python("from fengcai.engines import live; live.publish('job:1', 'changed')")
    assert [stream.frame() for stream in streams] == [CHANGED, CHANGED]

    # Subscribed to what pages hear, and to no more.
    admin = client.Redis.from_url(server.url)
    assert channels(admin) == {"", "job:1", "job:2"}
    streams[1].close()
    until(lambda: channels(admin) == {"", "job:1"})

    # Another installation on the same Redis is not heard.
    Sender(server.url, "fengcai:other:live:").send("job:1", encode("job:1", "wrong", {}))
    sender = Sender(server.url, prefix())
    sender.send("job:1", encode("job:1", "changed", {}))
    assert streams[0].frame() == CHANGED

    # Redis goes: streams end, so that pages look by themselves; nobody who publishes waits.
    admin.close()
    server.kill()
    assert streams[0].frame() == ""
    ticket = live.ticket("job:1")
    status, headers, text = first.ask(f"/live/{ticket}/events")
    assert (status, headers["retry-after"]) == (503, "10")
    assert text == "实时提示暂时不可用。页面会自己隔一会儿查看进度，不需要您操作。"
    began = time.monotonic()
    for n in range(2_000):
        sender.send("job:1", encode("job:1", "progress", {"n": n}))
    assert time.monotonic() - began < 0.5

    # It comes back: streams are taken again and hear what is sent from then on.
    server.start()
    until(lambda: first.status(ticket) == 200)
    again = first.listen("job:1")
    for _ in range(20):  # a sender that has failed is silent for a second
        sender.send("job:1", encode("job:1", "changed", {}))
        time.sleep(0.1)
    assert again.frame() == CHANGED
    assert first.end() < 3.0
    assert "Traceback" not in first.said()


def test_without_a_redis_pages_are_turned_away_and_publishers_do_not_wait(station: Make):
    here = station(FENGCAI_LIVE="redis", FENGCAI_REDIS_URL="redis://127.0.0.1:1/0")
    began = time.monotonic()
    status, _, _ = here.ask(f"/live/{live.ticket('job:1')}/events")
    assert status == 503
    assert time.monotonic() - began < 3.0
    here.python(
        "import time; from fengcai.engines import live; live.publish('job:1', 'changed');"
        "began = time.monotonic();"
        "[live.publish('job:1', 'progress', {'n': n}) for n in range(1000)];"
        "took = time.monotonic() - began; assert took < 0.5, took"
    )


def channels(admin: client.Redis) -> set[str]:
    return {
        name.decode().removeprefix(prefix()).removeprefix(":") for name in admin.pubsub_channels()
    }
