"""The headers of answers that Django never sees: uploads and open streams are bare ASGI."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

Send = Callable[[dict[str, Any]], Awaitable[None]]

GUARD = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"same-origin"),
)


def guarded(send: Send) -> Send:
    """`send`, with the headers that keep a browser from taking the answer for a page."""

    async def pass_on(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            given = list(message.get("headers", ()))
            names = {name.lower() for name, _ in given}
            more = [header for header in GUARD if header[0] not in names]
            message = {**message, "headers": [*given, *more]}
        await send(message)

    return pass_on
