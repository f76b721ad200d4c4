"""What an engine offers: a sender for any process, a receiver for those that hold pages.

A hint may be lost, repeated or late. No engine may make its caller wait or fail.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Deliver = Callable[[bytes], None]
"""Called in the event loop with each message that came in."""

Lost = Callable[[], None]
"""Called in the event loop when hints have ceased to come in: pages must ask for themselves."""


class Unavailable(Exception):
    """Hints cannot be received at present."""


class Sender(Protocol):
    """Sends from any thread of any process; safe after a fork."""

    def send(self, channel: str, message: bytes) -> None:
        """Pass `message` on, or drop it. Never raises, never waits noticeably."""


class Receiver(Protocol):
    """Receives in one event loop."""

    async def start(self) -> None:
        """Begin to receive. Raises Unavailable; may be called again at any time."""

    async def want(self, channel: str) -> None:
        """Return once what is sent to `channel` from now on comes in. Raises Unavailable."""

    def unwant(self, channel: str) -> None:
        """Nobody here looks at `channel` any more."""

    async def stop(self) -> None:
        """Receive no more and leave nothing behind."""


class Engine(Protocol):
    """A module that is an engine. Both functions read Django's settings."""

    def sender(self) -> Sender:
        """A new sender."""

    def receiver(self, deliver: Deliver, lost: Lost) -> Receiver:
        """A new receiver, not started."""
