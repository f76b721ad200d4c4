"""`GET /live/<ticket>/events` as a raw ASGI application: one open stream of hints.

It stands before Django, so that a page that stays open for an hour holds no thread and no database
connection, only a socket and two small tasks. Who may see what was decided when the ticket was
issued.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from django.utils import timezone

from fengcai.engines.live.hub import Full, Hub, Seat, hub
from fengcai.engines.live.port import Unavailable
from fengcai.engines.live.tickets import CHANNELS_MAX, BadTicket, Ticket, read

MOUNT = "/live/"
TICKETS_MAX = 8
BEAT = 15.0
"""Seconds of silence after which a sign of life is sent: proxies drop what is silent for long."""
LIFE = 600.0
"""Seconds, give or take a tenth, after which a stream is closed and its page comes anew."""
STALLED = 20.0
"""Seconds in which a client must take what was sent."""
AGAIN_AFTER = 10
"""Seconds after which one that was turned away may come again."""

_PATH = re.compile(r"(?P<ticket>[^/]+)/events")
_HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
    (b"connection", b"close"),
)
# An event and not a comment: a page must be able to tell a quiet line from a dead one.
_HELLO = b"retry: 5000\nevent: hello\ndata: {}\n\n"
_BEAT = b"event: beat\ndata: {}\n\n"

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass
class Turned(Exception):
    """Away, with a status and a Chinese sentence."""

    status: int
    text: str
    headers: tuple[tuple[bytes, bytes], ...] = ()


_ELSEWHERE = "页面会自己隔一会儿查看进度，不需要您操作。"
_LATER = ((b"retry-after", str(AGAIN_AFTER).encode()),)


async def live_application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answer one HTTP request under `/live/`."""
    try:
        tickets = _tickets(scope)
        channels = frozenset(name for each in tickets for name in each.channels)
        if len(channels) > CHANNELS_MAX:
            raise Turned(400, f"一条连接最多收听 {CHANNELS_MAX} 项。")
        here = hub()
        try:
            seat = await here.join(tickets[0].number, channels)
        except Full:
            raise Turned(503, f"实时连接已满。{_ELSEWHERE}", _LATER) from None
        except Unavailable:
            raise Turned(503, f"实时提示暂时不可用。{_ELSEWHERE}", _LATER) from None
    except Turned as turned:
        await _turn_away(turned, send, head=scope["method"] == "HEAD")
        return
    try:
        rest = min(each.expires for each in tickets) - timezone.now().timestamp()
        await _stream(here, seat, receive, send, life=min(_life(), rest))
    finally:
        here.leave(seat)


def _tickets(scope: dict[str, Any]) -> list[Ticket]:
    """The tickets in the address, the first and those added by `with=`. Raises Turned."""
    if scope["method"] != "GET":
        raise Turned(405, "这个地址只能用 GET 打开。", ((b"allow", b"GET"),))
    headers = dict(scope["headers"])
    if headers.get(b"sec-fetch-site", b"same-origin") not in (b"same-origin", b"none"):
        raise Turned(403, "别的网站不能收听这里的进度。")
    path = scope["path"].removeprefix(scope.get("root_path", "")).removeprefix(MOUNT)
    match = _PATH.fullmatch(path)
    if match is None:
        raise Turned(404, "没有这个地址。请回到原来的页面刷新。")
    more = parse_qs(scope["query_string"].decode("latin-1")).get("with", [])
    texts = [match["ticket"], *more]
    if len(texts) > TICKETS_MAX:
        raise Turned(400, f"一条连接最多带 {TICKETS_MAX} 张凭条。")
    now = timezone.now()
    try:
        return [read(text, at=now) for text in texts]
    except BadTicket as bad:
        if bad.expired:
            raise Turned(410, "这个页面打开得太久，实时提示已过期。请刷新页面。") from None
        raise Turned(404, "实时提示的地址不完整或不是本站发出的。请刷新页面。") from None


def _life() -> float:
    return LIFE * random.uniform(0.9, 1.1)  # noqa: S311 - so that not all come anew at once


async def _stream(here: Hub, seat: Seat, receive: Receive, send: Send, *, life: float) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + life
    watching = asyncio.create_task(_watch(receive, seat))
    try:
        await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
        frames = _HELLO
        while True:
            async with asyncio.timeout(STALLED):
                await send({"type": "http.response.body", "body": frames, "more_body": True})
            rest = until - loop.time()
            try:
                async with asyncio.timeout(min(BEAT, rest)):
                    await seat.wakes.wait()
                frames = seat.take()
            except TimeoutError:
                frames = _BEAT
            if seat.ended and frames in (b"", _BEAT):
                break
            if loop.time() >= until:
                break
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    except TimeoutError:
        return  # it took nothing for long; the server drops the connection
    finally:
        watching.cancel()


async def _watch(receive: Receive, seat: Seat) -> None:
    """End the stream when its client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
    seat.end()


async def _turn_away(turned: Turned, send: Send, *, head: bool) -> None:
    body = turned.text.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        *turned.headers,
    ]
    await send({"type": "http.response.start", "status": turned.status, "headers": headers})
    with contextlib.suppress(OSError):
        await send({"type": "http.response.body", "body": b"" if head else body})
