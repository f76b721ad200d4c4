"""From the socket to the file: one request's body, in flat memory, losing as little as possible.

While one batch is written and hashed in a thread, the next is collected; when the disk is slower
than the network the socket waits. Nothing collected waits longer than `LINGER` to be written, so
that a killed process loses at most that much of what it had received.
"""

from __future__ import annotations

import asyncio
import enum
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

from fengcai.engines.uploads import parts
from fengcai.engines.uploads.digests import Hash
from fengcai.engines.uploads.parts import Busy, Part
from fengcai.engines.uploads.records import in_database

BATCH = 1024 * 1024  # bytes that are worth a trip to the disk at once
CEILING = 4 * 1024 * 1024  # bytes collected while the disk is busy; beyond it the socket waits
FLUSH_EVERY = 64 * 1024 * 1024  # bytes after which the disk is asked to keep up
LINGER = 0.1  # seconds
SILENCE = 60.0  # seconds without a byte, after which a request is given up
LIVELY = 2.0  # seconds without a byte, after which another writer may take over
PATIENCE = 5.0  # seconds that a second writer waits for the first

Receive = Callable[[], Awaitable[dict[str, Any]]]

_disk = ThreadPoolExecutor(max_workers=8, thread_name_prefix="uploads-disk")
_hashing = ThreadPoolExecutor(max_workers=4, thread_name_prefix="uploads-hash")  # waits for none


class Ending(enum.Enum):
    """How a body ended."""

    WHOLE = "whole"
    GONE = "gone"  # the client hung up
    SILENT = "silent"  # no byte for SILENCE
    YIELDED = "yielded"  # another writer took over
    TOO_LONG = "too long"


async def in_thread(work: Callable[..., Any], *arguments: Any) -> Any:
    """Run blocking disk work; it is not abandoned half-way when the request is cancelled."""
    return await asyncio.shield(asyncio.wrap_future(_disk.submit(work, *arguments)))


async def off_loop(part: Part, work: Callable[..., Any], *arguments: Any) -> Any:
    """Run one of a part's blocking calls: in a thread where it may take seconds."""
    if part.distant:
        return await in_database(work, *arguments)
    return work(*arguments)


class Writer:
    """A request that is writing to an upload, as seen by those who wait for it."""

    def __init__(self) -> None:
        self.heard = asyncio.get_running_loop().time()
        self.yielding = False
        self._wait: asyncio.Timeout | None = None

    def give_way(self) -> None:
        """Stop receiving, keep what came, let go of the file."""
        self.yielding = True
        if self._wait is not None and self._wait.when() is not None:
            self._wait.reschedule(asyncio.get_running_loop().time())

    async def next_message(self, receive: Receive, deadline: float) -> dict[str, Any] | None:
        """The next ASGI message, or None at `deadline` (or when asked to give way)."""
        if self.yielding:
            return None
        try:
            async with asyncio.timeout_at(deadline) as self._wait:
                message = await receive()
        except TimeoutError:
            return None
        finally:
            self._wait = None
        self.heard = asyncio.get_running_loop().time()
        return message


_writers: dict[UUID, Writer] = {}


async def take_part(upload_id: UUID, *, create: bool = False, urgent: bool = False) -> Part:
    """The upload, held for us.

    After a network drop a client's old request often still holds it, waiting for bytes that will
    never come: one that has been silent for LIVELY seconds is told to give way (any is, when
    `urgent`), and for a lively one we wait up to PATIENCE seconds. Raises Busy, FileNotFoundError.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + PATIENCE
    engine = parts.engine()
    while True:
        try:
            if engine.DISTANT:
                part: Part = await in_database(partial(engine.take, upload_id, create=create))
                return part
            return engine.take(upload_id, create=create)
        except Busy:
            holder = _writers.get(upload_id)
            if holder and (urgent or loop.time() - holder.heard >= LIVELY):
                holder.give_way()
            if loop.time() >= until:
                raise
        await asyncio.sleep(engine.POLL)


class _Sink:
    """Batches on their way to one file: at most one being written and hashed, one collected."""

    def __init__(self, part: Part, check: Hash | None) -> None:
        self._part = part
        self._check = check
        self._pieces: list[bytes] = []
        self._since = 0.0
        self._busy: list[Future[None]] = []
        self._flush: Future[None] | None = None
        self._closing = threading.Lock()
        self.size = 0

    def add(self, piece: bytes, now: float) -> None:
        if not self._pieces:
            self._since = now
        self._pieces.append(piece)
        self.size += len(piece)

    def due(self) -> float:
        """When what is collected must be on its way."""
        return self._since + LINGER if self._pieces else float("inf")

    async def move(self, now: float) -> None:
        """Send a batch off if it is time; wait only when too much is collected."""
        if self.size >= CEILING or now >= self.due():
            for work in self._busy:
                await asyncio.shield(asyncio.wrap_future(work))
        if all(work.done() for work in self._busy):
            self._settle()
            if self.size >= BATCH or now >= self.due():
                self._send()

    def _settle(self) -> None:
        """Wait for the batch that is under way; raise what went wrong with it."""
        wait(self._busy)
        for work in self._busy:
            work.result()
        self._busy = []

    def _send(self) -> None:
        part, pieces = self._part, self._pieces
        self._pieces, self.size = [], 0
        self._busy = [
            _hashing.submit(part.hash, pieces, part.length, self._check),
            _disk.submit(part.write, pieces),
        ]
        if (self._flush is None or self._flush.done()) and part.unflushed() >= FLUSH_EVERY:
            self._flush = _disk.submit(part.flush)

    async def close(self) -> None:
        """Everything collected is in the file, durably, and nobody touches it any more."""
        await in_thread(self.close_now)

    def close_now(self) -> None:
        """The same without the event loop, for a request that is being cancelled.

        While the disk is waited for, the last batch is hashed.
        """
        with self._closing:
            part, pieces = self._part, self._pieces
            self._pieces, self.size = [], 0
            self._settle()
            if pieces:
                self._busy = [_hashing.submit(part.hash, pieces, part.length, self._check)]
                part.write(pieces)
            if self._flush is not None:
                self._flush.result()
            part.flush()
            self._settle()

    def abandon(self) -> None:
        """The disk has refused: nobody touches the file any more, nothing follows the gap."""
        with self._closing:
            self._pieces, self.size = [], 0
            wait(self._busy)
            if self._flush is not None:
                wait([self._flush])
            self._part.mistrust()


async def receive_body(
    receive: Receive, part: Part, *, limit: int, check: Hash | None = None
) -> Ending:
    """Append a request's body, at most `limit` bytes, to `part`.

    Returns when the body is whole or cannot go on; every byte received is then durable. Raises
    OSError when disk or storage refuses (what was taken before stays), and Busy when the upload
    was given to another writer.
    """
    loop = asyncio.get_running_loop()
    writer = _writers[part.upload_id] = Writer()
    sink = _Sink(part, check)
    taken = 0
    try:
        while True:
            await sink.move(loop.time())
            message = await writer.next_message(receive, min(sink.due(), writer.heard + SILENCE))
            if message is None:
                if writer.yielding:
                    ending = Ending.YIELDED
                    break
                if loop.time() - writer.heard >= SILENCE:
                    ending = Ending.SILENT
                    break
                continue
            gone = message["type"] == "http.disconnect"
            body = _unread(receive) if gone else message.get("body", b"")
            taken += len(body)
            if taken > limit:
                ending = Ending.TOO_LONG
                break
            if body:
                sink.add(body, loop.time())
            if gone:
                ending = Ending.GONE
                break
            if not message.get("more_body", False):
                ending = Ending.WHOLE
                break
        await sink.close()
        return ending
    except asyncio.CancelledError:
        with suppress(OSError, Busy):
            sink.close_now()
        raise
    except (OSError, Busy):
        await in_thread(sink.abandon)
        raise
    finally:
        del _writers[part.upload_id]


def _unread(receive: Receive) -> bytes:
    """Bytes that uvicorn has read from a broken connection but would not deliver.

    On a disconnect uvicorn answers `http.disconnect` at once and drops what it holds of the body.
    Elsewhere there is nothing to find, and the client simply sends those bytes again.
    """
    held = getattr(getattr(receive, "__self__", None), "body", b"")
    return bytes(held) if isinstance(held, bytes | bytearray) else b""
