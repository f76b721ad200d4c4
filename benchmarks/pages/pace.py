"""CPU time in the measure of a fixed piece of work, for machines whose own pace wanders.

A virtual core that shares its silicon runs at half its speed for seconds or for milliseconds, so raw
CPU time tells as much of the neighbours as of the page. The piece stands before and after each
request; what a request costs in pieces stays the same when both are slowed. Standard library
alone: the peer's process loads this module too.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape

REFERENCE_MS = 4.4
"""What the piece takes on the reference core: one of an AMD EPYC (Zen 3) with nothing beside it,
under Python 3.11, between requests as here (the fastest fifth of 1 200 pieces)."""


class _Row:
    """What a page is made of: a small object, read by its names."""

    def __init__(self, number: int, title: str) -> None:
        self.number = number
        self.title = title

    def line(self, words: dict[int, str]) -> str:
        word = words.get(self.number % 97, "")
        return f'<li data-n="{self.number}">{escape(self.title)} {word}</li>'


def piece() -> int:
    """2 600 rows made, sorted by their titles, escaped and joined: what Python does for a page."""
    words = {number: f"theme-{number}" for number in range(97)}
    rows = [_Row(n, f"{n * 7919 % 10007}号《心跳之间》<{n}>") for n in range(2_600)]
    rows.sort(key=lambda row: row.title)
    return len("".join([row.line(words) for row in rows]))


def piece_ms() -> float:
    """CPU milliseconds of the piece now. Garbage is not collected in it: that belongs to requests."""
    gc.disable()
    try:
        before = time.process_time()
        piece()
        return (time.process_time() - before) * 1_000
    finally:
        gc.enable()


@dataclass(frozen=True)
class Lap:
    """One request: its raw CPU milliseconds, and those of the pieces around it on average."""

    raw_ms: float
    piece_ms: float

    @property
    def pieces(self) -> float:
        """The request in pieces."""
        return self.raw_ms / self.piece_ms


@contextmanager
def lap(laps: list[Lap]) -> Iterator[None]:
    """What stands within is one request, between two pieces; it is added to `laps`."""
    first = piece_ms()
    before = time.process_time()
    yield
    raw = (time.process_time() - before) * 1_000
    laps.append(Lap(raw, (first + piece_ms()) / 2))


def cpu_ms(laps: Sequence[Lap]) -> float:
    """CPU milliseconds on the reference core: the median of the requests in pieces."""
    return round(statistics.median(each.pieces for each in laps) * REFERENCE_MS, 2)


def raw_ms(laps: Sequence[Lap]) -> float:
    """The median of the raw CPU milliseconds."""
    return round(statistics.median(each.raw_ms for each in laps), 2)


def slowness(laps: Sequence[Lap]) -> float:
    """How many times as long as on the reference core the piece took: 1.0 is a free machine."""
    return round(statistics.median(each.piece_ms for each in laps) / REFERENCE_MS, 2)
