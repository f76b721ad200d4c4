"""Which stretches of two films sound the same, at which pace.

Words of 32 signs propose lines in time; along a line the share of differing signs decides: about
.13 for a recoded or stretched sound, .26 for one played faster or slower, .46 and more for others.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fengcai.media.fingerprints.sound import RATE, Sounds
from fengcai.media.likeness.lines import Line, lines

DIFFERING = 0.34
"""Of the signs of a stretch of three seconds at most this share differs."""
_PROPOSING = 5
_STRETCH = 3 * RATE
_AT_ONCE = 32
_FEWEST_VOTES = 6.0


def same_sounds(a: Sounds, b: Sounds) -> list[tuple[Line, NDArray[np.float64]]]:
    """For each line the moments of a (seconds) at which b sounds the same."""
    found = []
    for band in (0, -1, 1):
        words = a.words if band == 0 else _moved(a.words, band)
        i, j = _proposed(words, b.words)
        if len(i) < _FEWEST_VOTES:
            continue
        for line in lines(i / RATE, j / RATE, width_s=0.5, fewest=_FEWEST_VOTES, most=3, fit=True):
            moments = _along(words, b.words, line)
            if len(moments):
                found.append((line, moments))
        if found:
            break
    return found


def _moved(words: NDArray[np.uint32], band: int) -> NDArray[np.uint32]:
    moved = words << np.uint32(1) if band > 0 else words >> np.uint32(1)
    return np.where(words == 0, words, moved)


def _proposed(
    a: NDArray[np.uint32], b: NDArray[np.uint32]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pairs of places with nearly equal words; every second one of a is asked."""
    step = 2 if len(a) * len(b) < 4_000_000 else 4
    rows = np.flatnonzero(a)[::step]
    columns = np.flatnonzero(b)
    asked, held = a[rows], b[columns]
    found = []
    for start in range(0, len(asked), _AT_ONCE):  # a piece stays in the processor's cache
        apart = np.bitwise_count(asked[start : start + _AT_ONCE, None] ^ held)
        found.append(np.flatnonzero(apart <= _PROPOSING) + start * len(held))
    i, j = (
        np.divmod(np.concatenate(found), max(1, len(held))) if found else (columns[:0], columns[:0])
    )
    return rows[i], columns[j]


def _along(a: NDArray[np.uint32], b: NDArray[np.uint32], line: Line) -> NDArray[np.float64]:
    """The moments of a around which three seconds are the same."""
    at = np.arange(len(a))
    best: NDArray[np.bool_] = np.zeros(len(a), dtype=bool)
    for nudge in range(-3, 4):
        other = np.round(line.pace * at + line.shift * RATE).astype(np.intp) + nudge
        inside = (other >= 0) & (other < len(b))
        there = inside & (a != 0)
        there[inside] &= b[other[inside]] != 0
        differing = np.full(len(a), 16.0)
        differing[there] = np.bitwise_count(a[there] ^ b[other[there]])
        window = np.ones(min(_STRETCH, len(a)))  # a longer one would lengthen the answer
        shares = np.convolve(np.where(there, differing, 0.0), window, "same")
        counts = np.convolve(there.astype(float), window, "same")
        same = there & (counts >= _STRETCH / 2) & (shares <= DIFFERING * 32 * counts)
        if same.sum() > best.sum():
            best = same
    return np.flatnonzero(best) / RATE
