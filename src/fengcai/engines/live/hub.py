"""The open streams of this process and what each of them is owed.

A stream that cannot keep up owes no memory: of events of one name on one channel only the last
waits, and past WAITING_MAX one word, "look at everything again", takes the place of all.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import structlog

from fengcai.engines.live import engine
from fengcai.engines.live.messages import BadMessage, Message, decode
from fengcai.engines.live.port import Unavailable

try:
    import resource
except ImportError:  # not a Unix
    _DESCRIPTORS = 512
else:
    _DESCRIPTORS = resource.getrlimit(resource.RLIMIT_NOFILE)[0]

log = structlog.get_logger(__name__)

WAITING_MAX = 64
STREAMS_MAX = max(64, min(4_000, _DESCRIPTORS // 2))
"""Streams of one process: the other half of its file descriptors is for pages and uploads."""
STREAMS_PER_TICKET = 4

AGAIN = b"event: again\ndata: {}\n\n"
"""Something was left out: look at everything again."""


class Full(Exception):
    """No more streams can be taken, here or on this ticket."""


@dataclass(eq=False, slots=True)
class Seat:
    """One stream: the channels that it hears and the frames that wait for it."""

    ticket: str
    channels: frozenset[str]
    ended: bool = False
    wakes: asyncio.Event = field(default_factory=asyncio.Event)
    _waiting: dict[tuple[str, str], bytes] = field(default_factory=dict)
    _left_out: bool = False

    def put(self, message: Message) -> None:
        """Have it wait, in place of an earlier one of its kind."""
        key = (message.channel, message.event)
        self._waiting.pop(key, None)
        self._waiting[key] = message.frame
        if len(self._waiting) > WAITING_MAX:
            self._waiting.clear()
            self._left_out = True
        self.wakes.set()

    def take(self) -> bytes:
        """Everything that waits, as bytes for the stream."""
        frames = ([AGAIN] if self._left_out else []) + list(self._waiting.values())
        self._waiting.clear()
        self._left_out = False
        if not self.ended:
            self.wakes.clear()
        return b"".join(frames)

    def end(self) -> None:
        """Close the stream: its page connects anew, here or elsewhere."""
        self.ended = True
        self.wakes.set()


class Hub:
    """Hands what comes in to the streams that hear it. Lives in one event loop."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.closing = False
        self._receiver = engine.chosen().receiver(self._deliver, self._lost)
        self._seats: set[Seat] = set()
        self._hearing: dict[str, set[Seat]] = {}

    def __len__(self) -> int:
        return len(self._seats)

    async def join(self, ticket: str, channels: frozenset[str]) -> Seat:
        """Take a seat; whatever is published after this returns will be in it.

        Raises Full, or Unavailable when hints do not come in at present.
        """
        if self.closing:
            raise Unavailable
        if len(self._seats) >= STREAMS_MAX:
            log.warning("live_streams_full", streams=len(self._seats))
            raise Full
        if sum(seat.ticket == ticket for seat in self._seats) >= STREAMS_PER_TICKET:
            raise Full
        seat = Seat(ticket, channels)
        self._seats.add(seat)
        for channel in channels:
            self._hearing.setdefault(channel, set()).add(seat)
        try:
            await self._receiver.start()
            for channel in channels:
                await self._receiver.want(channel)
        except BaseException:
            self.leave(seat)
            raise
        return seat

    def leave(self, seat: Seat) -> None:
        """Give the seat up."""
        self._seats.discard(seat)
        for channel in seat.channels:
            listeners = self._hearing.get(channel, set())
            listeners.discard(seat)
            if not listeners and self._hearing.pop(channel, None) is not None:
                self._receiver.unwant(channel)

    def end_all(self) -> None:
        """Close every stream."""
        for seat in self._seats:
            seat.end()

    async def stop(self) -> None:
        """Close every stream, take no more, and let go of the engine."""
        self.closing = True
        self.end_all()
        await self._receiver.stop()

    def _deliver(self, body: bytes) -> None:
        try:
            message = decode(body)
        except BadMessage as error:
            log.warning("live_message_unreadable", reason=str(error)[:200])
            return
        for seat in self._hearing.get(message.channel, ()):
            seat.put(message)

    def _lost(self) -> None:
        # Their pages now ask by themselves, and come back when hints do.
        self.end_all()


_hub: Hub | None = None


def hub() -> Hub:
    """The hub of the running event loop, made at the first stream."""
    global _hub  # noqa: PLW0603 - one for each process, as there is one event loop
    if _hub is None or _hub.loop is not asyncio.get_running_loop():
        _hub = Hub()
    return _hub


def end_streams() -> None:
    """Close every stream of this process and take no more: the server is about to stop.

    Call it in the event loop before the server waits for its connections to end.
    """
    if _hub is not None:
        _hub.closing = True
        _hub.end_all()


async def shut_down() -> None:
    """The same, and let go of sockets and connections; for the lifespan's end."""
    global _hub
    if _hub is not None and _hub.loop is asyncio.get_running_loop():
        stopping, _hub = _hub, None
        await stopping.stop()
