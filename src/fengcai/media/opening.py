"""The container of a film behind the walls: opened, demuxed and decoded, with its faults counted.

Shared by the processes that look and that listen; each has a descriptor of its own as standard input.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.subtitles.stream import SubtitleStream
from av.video.stream import VideoStream

from fengcai.media.verdicts import Unreadable

ATTACHED_PICTURE = 0x400
MICROSECOND = Fraction(1, 1_000_000)

Emit = Callable[[dict[str, Any]], None]
Tell = Callable[[float], None]


@dataclass(frozen=True)
class Order:
    """What the parent asks of a child that reads a film."""

    demuxer: str
    size: int
    mode: str
    threads: int
    picture_pixels: int
    thorough_pixels: int
    pictures: bool


def open_input(order: Order) -> InputContainer:
    """The file at standard input, from its beginning. Raises Unreadable."""
    os.lseek(0, 0, os.SEEK_SET)
    try:
        return av.open("fd:", format=order.demuxer, options={"fd": "0"})
    except MemoryError:
        raise
    except (FFmpegError, OSError, ValueError) as problem:
        raise Unreadable("open_failed", str(problem)[:200]) from None


def film_of(container: InputContainer) -> VideoStream | None:
    """The first stream of moving pictures; a cover picture is none."""
    for stream in container.streams.video:
        if not int(stream.disposition) & ATTACHED_PICTURE:
            return stream
    return None


def sound_of(container: InputContainer) -> AudioStream | None:
    """The first stream of sound."""
    return container.streams.audio[0] if container.streams.audio else None


def declared_duration(
    container: InputContainer, stream: VideoStream | AudioStream | None
) -> Fraction | None:
    """What the headers say of the stream's length, in seconds."""
    if stream is not None and stream.duration and stream.time_base:
        return stream.duration * Fraction(stream.time_base)
    return container.duration * MICROSECOND if container.duration else None


class Faults:
    """What could not be read, counted; the first is kept in words."""

    MOST = 2_000

    def __init__(self) -> None:
        self.count = 0
        self.first: str | None = None
        self.ended_early = False

    def note(self, what: object) -> None:
        self.count += 1
        self.first = self.first or str(what)[:200]

    @property
    def too_many(self) -> bool:
        return self.count > self.MOST


def packets(
    container: InputContainer,
    stream: VideoStream | AudioStream | SubtitleStream,
    faults: Faults,
    beside: Sequence[SubtitleStream] = (),
) -> Iterator[Packet[Any]]:
    """Every packet of the stream and of those `beside` it, then an empty one that drains the
    stream's decoder."""
    walk = container.demux(stream, *beside)
    while True:
        try:
            packet = next(walk)
        except StopIteration:
            return
        except MemoryError:
            raise
        except FFmpegError as problem:
            faults.note(problem)
            faults.ended_early = True
            break
        yield packet
    drain: Packet[Any] = Packet()
    drain.stream = stream
    yield drain


def decoded(packet: Packet[Any], faults: Faults) -> list[Any]:
    """The frames of a packet; what does not decode is counted and left out."""
    try:
        return list(packet.decode())
    except MemoryError:
        raise
    except EOFError:
        return []
    except FFmpegError as problem:
        faults.note(problem)
        return []
