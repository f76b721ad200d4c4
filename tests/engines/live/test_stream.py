"""Streams as browsers see them, on the embedded engine: one machine, several processes."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fengcai.engines import live
from fengcai.engines.live.embedded import Sender
from fengcai.engines.live.messages import encode
from tests.engines.live.station import Station, expired_ticket

pytestmark = pytest.mark.timeout(60)

Make = Callable[..., Station]


def test_a_hint_from_another_process_reaches_every_stream_of_its_channel(shared_station: Station):
    mine = [shared_station.listen("job:1"), shared_station.listen("job:1", "job:2")]
    other = shared_station.listen("job:2")
    shared_station.publish("job:1", "progress", percent=40, text="正在解码\n<b>")
    frame = (
        'data: {"channel":"job:1","event":"progress",'
        '"data":{"percent":40,"text":"正在解码\\n<b>"}}\n'
    )
    assert [stream.frame() for stream in mine] == [frame, frame]
    shared_station.publish("job:2", "changed")
    changed = 'data: {"channel":"job:2","event":"changed","data":{}}\n'
    assert (mine[1].frame(), other.frame()) == (changed, changed)
    for stream in (*mine, other):
        stream.close()


def test_the_head_keeps_proxies_and_caches_out(shared_station: Station):
    stream = shared_station.listen("job:3")
    headers = {name.lower(): value for name, value in stream.answer.getheaders()}
    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert headers["cache-control"] == "no-store, no-transform"
    assert headers["x-accel-buffering"] == "no"
    stream.close()


def test_a_stream_needs_no_database_and_makes_none(shared_station: Station):
    shared_station.listen("job:4").close()
    assert not list(shared_station.data.glob("*.sqlite3*"))


def test_one_stream_carries_several_tickets(shared_station: Station):
    more = (live.ticket("job:6"), live.ticket("job:7"))
    stream = shared_station.listen(ticket=live.ticket("job:5"), more=more)
    shared_station.publish("job:7", "changed")
    assert stream.frame() == 'data: {"channel":"job:7","event":"changed","data":{}}\n'
    stream.close()


@pytest.mark.parametrize(
    ("path", "method", "headers", "status", "words"),
    [
        ("/live/forged/events", "GET", {}, 404, "实时提示的地址不完整或不是本站发出的。请刷新页面。"),
        ("/live/{good}x/events", "GET", {}, 404, "实时提示的地址不完整或不是本站发出的。请刷新页面。"),
        ("/live/{expired}/events", "GET", {}, 410, "这个页面打开得太久，实时提示已过期。请刷新页面。"),
        ("/live/{good}/events?with={expired}", "GET", {}, 410, "这个页面打开得太久，实时提示已过期。请刷新页面。"),
        ("/live/{good}", "GET", {}, 404, "没有这个地址。请回到原来的页面刷新。"),
        ("/live/{good}/events", "POST", {}, 405, "这个地址只能用 GET 打开。"),
        ("/live/{good}/events", "HEAD", {}, 405, ""),
        ("/live/{good}/events", "GET", {"Sec-Fetch-Site": "cross-site"}, 403, "别的网站不能收听这里的进度。"),
        ("/live/{good}/events?{many}", "GET", {}, 400, "一条连接最多带 8 张凭条。"),
    ],
)  # fmt: skip
def test_who_may_not_listen_is_told_why(
    shared_station: Station,
    path: str,
    method: str,
    headers: dict[str, str],
    status: int,
    words: str,
):
    good = live.ticket("job:8")
    expired, many = expired_ticket("job:8"), "&".join([f"with={good}"] * 8)
    path = path.format(good=good, expired=expired, many=many)
    answered, found, text = shared_station.ask(path, method, **headers)
    assert (answered, text) == (status, words)
    assert found["cache-control"] == "no-store"
    assert found.get("allow") == ("GET" if status == 405 else None)


def test_a_fifth_stream_on_one_ticket_is_asked_to_come_later(shared_station: Station):
    ticket = live.ticket("job:9")
    open_ = [shared_station.listen(ticket=ticket) for _ in range(4)]
    status, headers, text = shared_station.ask(f"/live/{ticket}/events")
    assert (status, headers["retry-after"]) == (503, "10")
    assert text == "实时连接已满。页面会自己隔一会儿查看进度，不需要您操作。"
    for stream in open_:
        stream.close()
    until = time.monotonic() + 5
    while (status := shared_station.status(ticket)) == 503 and time.monotonic() < until:
        time.sleep(0.05)
    assert status == 200, "the places of streams that were closed are still taken"


def test_what_a_worker_publishes_reaches_every_web_process_of_the_machine(station: Make):
    first, second = station(), station()
    streams = [first.listen("job:1"), second.listen("job:1")]
    first.python("from fengcai.engines import live; live.publish('job:1', 'changed')")
    for stream in streams:
        assert stream.frame() == 'data: {"channel":"job:1","event":"changed","data":{}}\n'


def test_a_killed_process_leaves_a_socket_that_the_next_sender_removes(station: Make):
    killed, living = station(), station()
    killed.listen("job:1").close()
    stream = living.listen("job:1")
    killed.kill()
    sockets = living.data / "live"
    assert len(list(sockets.iterdir())) == 2
    living.publish("job:1", "changed")
    assert stream.frame() == 'data: {"channel":"job:1","event":"changed","data":{}}\n'
    assert [file.name.split("-")[0] for file in sockets.iterdir()] == [str(living.process.pid)]
    killed.start()
    again = killed.listen("job:1")
    living.publish("job:1", "changed")
    assert again.frame() == 'data: {"channel":"job:1","event":"changed","data":{}}\n'


def test_nobody_listening_is_nothing_to_a_sender(tmp_path: Path, station: Make):
    here = station(tmp_path / "quiet")
    here.publish("job:1", "changed")
    assert not (here.data / "live").exists()


def test_a_folder_too_deep_for_a_sockets_address_serves_too(station: Make, tmp_path: Path):
    deep = tmp_path / ("数据目录" * 12) / ("深" * 30)
    assert len(os.fsencode(deep)) > 200
    here = station(deep)
    stream = here.listen("job:1")
    here.publish("job:1", "changed")
    assert stream.frame() == 'data: {"channel":"job:1","event":"changed","data":{}}\n'


def test_stopping_does_not_wait_for_open_streams(station: Make):
    here = station()
    streams = [here.listen(f"job:{n}") for n in range(20)]
    took = here.end()
    assert took < 3.0, "uvicorn waited for streams to end by themselves"
    assert [stream.frame() for stream in streams] == [""] * 20
    assert list((here.data / "live").iterdir()) == []
    assert "Cancel" not in here.said() and "Traceback" not in here.said()


def test_a_process_that_does_not_read_costs_the_sender_next_to_nothing(station: Make):
    frozen, living = station(), station()
    frozen.listen("job:1").close()
    stream = living.listen("job:1")
    frozen.process.send_signal(signal.SIGSTOP)
    try:
        sender = Sender(living.data / "live")
        began = time.monotonic()
        for n in range(1_000):  # more than any system's queue holds
            sender.send("job:1", encode("job:1", "progress", {"n": n}))
            assert f'"n":{n}' in stream.frame()
        assert time.monotonic() - began < 3.0
    finally:
        frozen.process.send_signal(signal.SIGCONT)


def test_a_client_that_does_not_read_costs_no_memory(station: Make):
    here = station()
    reading = here.listen("job:1")
    deaf = here.listen("job:1")
    for n in range(200):
        here.publish("job:1", "warm", text="热" * 1000, n=n)
    while '"n":199' not in reading.frame():
        pass
    before = here.memory()
    for n in range(4_000):  # 12 MB for each stream, were they all to wait
        here.publish("job:1", "progress", text="字" * 1000, n=n)
        if n % 10 == 9:
            while f'"n":{n}' not in reading.frame():
                pass
    assert here.memory() - before < 4_000_000
    deaf.close()


def test_hundreds_of_streams_take_little_memory_each(station: Make):
    here = station()
    here.listen("job:1").close()

    async def measure(number: int) -> tuple[int, list[bytes]]:
        before = here.memory()
        lines = []
        for _ in range(number):
            reader, writer = await asyncio.open_connection("127.0.0.1", here.port)
            writer.write(
                f"GET /live/{live.ticket('job:1')}/events HTTP/1.1\r\nHost: x\r\n\r\n".encode()
            )
            await reader.readuntil(b"data: {}\n\n")
            lines.append((reader, writer))
        grown = here.memory() - before
        here.publish("job:1", "changed")
        heard = [await reader.readuntil(b"\n\n\r\n") for reader, _ in lines]
        for _, writer in lines:
            writer.close()
        return grown, heard

    grown, heard = asyncio.run(measure(300))
    assert all(b'"event":"changed"' in one for one in heard)
    assert len(heard) == 300
    assert grown / 300 < 60_000, f"{grown / 300:.0f} bytes a stream"


def test_garbage_on_the_socket_harms_nobody(station: Make):
    here = station()
    stream = here.listen("job:1")
    (path,) = (here.data / "live").iterdir()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        for garbage in (b"", b"\xff", b"[]", b'{"channel":"job:1","event":"x\\n\\n","data":{}}',
                        b'{"channel":1,"event":"x","data":{}}', b'{"channel":"job:1","event":"x","data":7}'):  # fmt: skip
            out.sendto(garbage, str(path))
    here.publish("job:1", "changed")
    assert stream.frame() == 'data: {"channel":"job:1","event":"changed","data":{}}\n'
