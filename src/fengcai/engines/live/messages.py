"""The one form in which a hint travels between processes and down a stream."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MAX_BYTES = 4_096
"""The largest message: a hint says where to look, not what is there."""

CHANNEL = re.compile(r"[a-z0-9][a-z0-9:._-]{0,99}")
EVENT = re.compile(r"[a-z][a-z_]{0,31}")


class BadMessage(ValueError):
    """Not a message of ours, or one that may not be sent."""


@dataclass(frozen=True, slots=True)
class Message:
    """One hint, with the frame that carries it down every stream."""

    channel: str
    event: str
    frame: bytes


def encode(channel: str, event: str, data: Mapping[str, Any]) -> bytes:
    """JSON in one line, at most MAX_BYTES. Raises BadMessage."""
    if not CHANNEL.fullmatch(channel) or not EVENT.fullmatch(event):
        raise BadMessage(f"not a channel and an event: {channel!r}, {event!r}")
    try:
        body = json.dumps(
            {"channel": channel, "event": event, "data": dict(data)},
            ensure_ascii=False,
            allow_nan=False,
            separators=(",", ":"),
        ).encode()
    except (TypeError, ValueError) as error:
        raise BadMessage(f"{channel} {event}: {error}") from None
    if len(body) > MAX_BYTES:
        raise BadMessage(f"{channel} {event}: {len(body)} bytes, more than {MAX_BYTES}")
    return body


def decode(body: bytes) -> Message:
    """Read what came in. It is checked whole, since a socket or a Redis has other users too."""
    try:
        found = json.loads(body)
        channel, event, data = found["channel"], found["event"], found["data"]
    except (ValueError, KeyError, TypeError) as error:
        raise BadMessage(str(error)) from None
    if not isinstance(channel, str) or not isinstance(event, str) or not isinstance(data, dict):
        raise BadMessage("a field has the wrong type")
    # Made anew: bytes from elsewhere could hold a line break, which would end the frame.
    return Message(channel, event, b"data: " + encode(channel, event, data) + b"\n\n")
