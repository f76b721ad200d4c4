"""A TCP proxy on the loopback that misbehaves on request: a broker that drops, a store that refuses.

Knows bytes only, no protocol.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from typing import Any, Self, TypeVar

from tooling.servers.ports import free_port

T = TypeVar("T")


class FlakyProxy:
    """Forwards 127.0.0.1:`port` to 127.0.0.1:`to`; a context manager.

    `pass_on()` forwards. `refuse()` closes the door: connections are refused. `drop()` lets them in
    and never answers. `answer(bytes)` gives everybody these bytes and hangs up. `cut()` breaks every
    connection there is, once. A change cuts what was connected before it.
    """

    def __init__(self, to: int) -> None:
        self.to, self.port = to, free_port()
        self.connections = 0
        self._mode, self._reply = "pass", b""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._door: asyncio.Server | None = None
        self._lines: set[asyncio.StreamWriter] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        self._call(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self._call(self._become("refuse"))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def pass_on(self) -> None:
        """Forward again."""
        self._call(self._become("pass"))

    def refuse(self) -> None:
        """Refuse every connection."""
        self._call(self._become("refuse"))

    def drop(self) -> None:
        """Accept every connection and never say a word."""
        self._call(self._become("drop"))

    def answer(self, reply: bytes) -> None:
        """Say `reply` to whoever asks anything, and hang up."""
        self._reply = reply
        self._call(self._become("answer"))

    def cut(self) -> None:
        """Break every connection there is; new ones go on as before."""
        self._call(self._cut())

    def _call(self, what: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(10)

    async def _open(self) -> None:
        if not self._door:
            self._door = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def _cut(self) -> None:
        for line in list(self._lines):
            line.transport.abort()
        await asyncio.sleep(0)

    async def _become(self, mode: str) -> None:
        self._mode = mode
        if mode == "refuse" and self._door:
            self._door.close()
            self._door = None
        await self._cut()
        if mode != "refuse":
            await self._open()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._lines.add(writer)
        with contextlib.suppress(OSError):
            if self._mode == "pass":
                await self._forward(reader, writer)
            elif self._mode == "answer" and await reader.read(65_536):
                writer.write(self._reply)
                await writer.drain()
            elif self._mode == "drop":
                while await reader.read(65_536):
                    pass
        self._lines.discard(writer)
        with contextlib.suppress(OSError):
            writer.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind, ahead = await asyncio.open_connection("127.0.0.1", self.to)
        self._lines.add(ahead)
        try:
            await asyncio.gather(_pump(reader, ahead), _pump(behind, writer))
        finally:
            self._lines.discard(ahead)
            ahead.close()


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Carry bytes until the source ends, and tell the target how it ended."""
    try:
        while piece := await source.read(65_536):
            target.write(piece)
            await target.drain()
        target.write_eof()
    except OSError:
        target.transport.abort()
