"""A request is answered in one thread that outlives it, with its connections given back in time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.core import signals
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import path
from django.urls.base import get_script_prefix

from fengcai.project import handler

seen: list[tuple[str, str]] = []


def note(what: str) -> None:
    seen.append((what, threading.current_thread().name))


def plain(request: HttpRequest) -> HttpResponse:
    note("view")
    return HttpResponse(f"{get_script_prefix()} {request.body.decode()}")


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


async def waiting(request: HttpRequest) -> HttpResponse:
    await asyncio.sleep(0)
    return HttpResponse("asynchronous")


def stream(request: HttpRequest) -> StreamingHttpResponse:
    async def parts() -> Any:
        for part in ("one ", "two"):
            yield part

    return StreamingHttpResponse(parts())


def endless(request: HttpRequest) -> StreamingHttpResponse:
    async def parts() -> Any:
        while True:
            yield "more"
            await asyncio.sleep(0.001)

    return StreamingHttpResponse(parts())


urlpatterns = [
    path("plain", plain),
    path("broken", broken),
    path("waiting", waiting),
    path("stream", stream),
    path("endless", endless),
]


def around(get_response: Any) -> Any:
    def inner(request: HttpRequest) -> HttpResponse:
        note("middleware")
        answer: HttpResponse = get_response(request)
        return answer

    return inner


@pytest.fixture(autouse=True)
def bare() -> Iterator[None]:
    seen.clear()

    def started(**_: Any) -> None:
        note("started")

    def finished(**_: Any) -> None:
        note("finished")

    signals.request_started.connect(started)
    signals.request_finished.connect(finished)
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[f"{__name__}.around"]):
        yield
    signals.request_started.disconnect(started)
    signals.request_finished.disconnect(finished)


async def ask(
    app: handler.OneThreadHandler, where: str, *, body: bytes = b"", leave_after: int | None = None
) -> tuple[int, bytes]:
    """Status and body. With `leave_after` the reader goes away after so many parts."""
    given = {"type": "http.request", "body": body, "more_body": False}
    gone = asyncio.Event()
    parts: list[bytes] = []
    status = 0

    async def receive() -> dict[str, Any]:
        if given:
            message = dict(given)
            given.clear()
            return message
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Mapping[str, Any]) -> None:
        nonlocal status
        status = message.get("status", status)
        parts.append(message.get("body", b""))
        if leave_after is not None and len(parts) >= leave_after:
            gone.set()

    scope = {
        "type": "http", "method": "POST", "path": f"/mount{where}", "root_path": "/mount",
        "query_string": b"", "headers": [(b"host", b"127.0.0.1")],
    }  # fmt: skip
    await asyncio.wait_for(app(scope, receive, send), 20)
    return status, b"".join(parts)


def test_everything_of_a_request_happens_in_one_thread_of_the_pool() -> None:
    app = handler.OneThreadHandler()
    assert asyncio.run(ask(app, "/plain", body=b"sent")) == (200, b"/mount/ sent")
    assert [what for what, _ in seen] == ["started", "middleware", "view", "finished"]
    threads = {thread for _, thread in seen}
    assert len(threads) == 1
    assert threads.pop().startswith("request")


def test_the_next_request_finds_the_same_thread() -> None:
    app = handler.OneThreadHandler()

    async def twice() -> None:
        await ask(app, "/plain")
        await ask(app, "/plain")

    asyncio.run(twice())
    assert len({thread for _, thread in seen}) == 1


def test_connections_are_looked_after_even_when_a_view_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads: list[str] = []
    monkeypatch.setattr(
        handler, "close_old_connections", lambda: threads.append(threading.current_thread().name)
    )
    app = handler.OneThreadHandler()
    status, _ = asyncio.run(ask(app, "/broken"))
    assert status == 500
    assert threads == [seen[0][1]]
    assert [what for what, _ in seen] == ["started", "middleware", "finished"]


def test_an_asynchronous_view_works() -> None:
    assert asyncio.run(ask(handler.OneThreadHandler(), "/waiting")) == (200, b"asynchronous")


def test_a_stream_is_sent_in_parts_and_closed_once() -> None:
    assert asyncio.run(ask(handler.OneThreadHandler(), "/stream")) == (200, b"one two")
    assert [what for what, _ in seen].count("finished") == 1


def test_a_stream_ends_when_its_reader_goes_away() -> None:
    status, body = asyncio.run(ask(handler.OneThreadHandler(), "/endless", leave_after=4))
    assert status == 200
    assert body.startswith(b"moremore")
    assert [what for what, _ in seen].count("finished") == 1


def test_who_leaves_before_the_body_is_read_gets_no_thread() -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Mapping[str, Any]) -> None:
        raise AssertionError(message)

    scope = {"type": "http", "method": "GET", "path": "/plain", "headers": []}
    asyncio.run(handler.OneThreadHandler()(scope, receive, send))
    assert seen == []
