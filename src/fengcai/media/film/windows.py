"""Which stretches of a film swift mode decodes whole, chosen from the packets' sizes alone.

Evenly spread ones, for what moves anywhere; the longest stretches of tiny packets, where the picture
may be black or frozen; the largest packets, where it changes most. It decodes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fengcai.media.checks import Film

LENGTH_S = 3.0
SHARE = 0.08
LEAST_S, MOST_S = 9.0, 24.0
STILL_MOST, BUSY_MOST = 3, 1
TINY = 0.12
"""A second is suspiciously small below this share of the usual second."""


@dataclass(frozen=True, order=True)
class Window:
    """A stretch in seconds since the film's beginning; `from_s` is the time of a keyframe."""

    from_s: float
    to_s: float


def windows(film: Film) -> tuple[Window, ...]:
    """At most some nine windows in the order of time, none overlapping another."""
    keys = np.sort(film.packet_times_s[film.packet_keys])
    if len(keys) == 0:
        return ()
    end = float(film.packet_times_s.max())
    wanted = [Window(at, at + LENGTH_S) for at in _spread(end)]
    wanted += [Window(at, at + LENGTH_S) for at in _still(film)]
    wanted += [Window(at, at + LENGTH_S) for at in _busy(film)]
    return _joined([_from_keyframe(each, keys) for each in wanted])


def _spread(end: float) -> list[float]:
    count = round(min(MOST_S, max(LEAST_S, SHARE * end)) / LENGTH_S)
    return [max(0.0, (i + 0.5) * end / count - LENGTH_S / 2) for i in range(count)]


def _seconds(film: Film) -> NDArray[np.float64]:
    """Bytes in each second of the film."""
    whole = np.floor(np.maximum(film.packet_times_s, 0.0)).astype(np.int64)
    sizes = np.bincount(whole, weights=film.packet_bytes.astype(np.float64))
    return sizes.astype(np.float64)


def _still(film: Film) -> list[float]:
    """Where the longest runs of tiny seconds begin."""
    sizes = _seconds(film)
    usual = float(np.median(sizes))
    runs: list[tuple[int, int]] = []
    start: int | None = None
    for second, size in enumerate([*sizes, np.inf]):
        if size < TINY * usual:
            start = second if start is None else start
        elif start is not None:
            runs.append((second - start, start))
            start = None
    return [float(start) for _, start in sorted(runs, reverse=True)[:STILL_MOST]]


def _busy(film: Film) -> list[float]:
    """The seconds in which most was written."""
    sizes = _seconds(film)
    return [max(0.0, float(at) - 1.0) for at in np.argsort(sizes)[::-1][:BUSY_MOST]]


def _from_keyframe(window: Window, keys: NDArray[np.float64]) -> Window:
    """The window moved to the keyframe nearest to its beginning, its length kept."""
    nearest = float(keys[np.argmin(np.abs(keys - window.from_s))])
    return Window(nearest, nearest + window.to_s - window.from_s)


def _joined(wanted: list[Window]) -> tuple[Window, ...]:
    joined: list[Window] = []
    for each in sorted(wanted):
        if joined and each.from_s <= joined[-1].to_s:
            joined[-1] = Window(joined[-1].from_s, max(joined[-1].to_s, each.to_s))
        else:
            joined.append(each)
    return tuple(joined)
