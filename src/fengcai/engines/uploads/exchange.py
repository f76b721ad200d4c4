"""One HTTP request and its answer, as the raw ASGI application sees them.

Does not know tus beyond the headers that every answer carries.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from fengcai.engines.uploads import protocol
from fengcai.engines.uploads.stream import Receive

MOUNT = "/uploads/"

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Request:
    """One request: method (after override), path below the mount, headers in lower case."""

    def __init__(self, scope: dict[str, Any], receive: Receive) -> None:
        self.receive = receive
        self.headers = {
            name.decode("latin-1").lower(): value.decode("latin-1").strip()
            for name, value in scope["headers"]
        }
        self.method: str = scope["method"]
        if self.method == "POST":
            self.method = self.headers.get("x-http-method-override", "POST").upper()
        root: str = scope.get("root_path", "")
        self.mount = root + MOUNT
        self.name = scope["path"].removeprefix(root).removeprefix(MOUNT)
        if scope["path"] == root + MOUNT.rstrip("/"):
            self.name = ""

    def has_body(self) -> bool:
        """Whether bytes may follow the headers."""
        return self.headers.get("content-length", "0") != "0" or "transfer-encoding" in self.headers


@dataclass(slots=True)
class Response:
    """An answer; a text is for a person."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""


async def answer(request: Request, response: Response, send: Send) -> None:
    """Send `response`; its text goes out as UTF-8 plain text."""
    body = response.text.encode()
    headers = {
        "Tus-Resumable": protocol.VERSION,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        **response.headers,
    }
    if body:
        headers["Content-Type"] = "text/plain; charset=utf-8"
    if response.status != 204:
        headers["Content-Length"] = str(len(body))
    await send(
        {
            "type": "http.response.start",
            "status": response.status,
            "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in headers.items()],
        }
    )
    await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else body})
