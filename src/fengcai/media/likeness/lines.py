"""Lines through equal moments: b = pace × a + shift, where two films run along each other.

Votes are counted over shifts at several paces; every moment of a film votes once, however often
its picture comes, so that a still does not outvote what moves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PACES = tuple(round(1 + step / 100, 2) for step in sorted(range(-10, 11), key=abs))
"""Nearest to 1 first: of equals the plain one wins."""


_FEWEST_TO_FIT = 8
_LONG_S = 8.0


@dataclass(frozen=True)
class Line:
    """Second a of the one film is second pace × a + shift of the other; `votes`: moments on it."""

    pace: float
    shift: float
    votes: float

    def of(self, a_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """The other film's seconds."""
        return self.pace * a_s + self.shift


def middle(values: NDArray[np.float64]) -> float:
    """The median of at least one value; numpy's own takes ten times as long for a few of them."""
    half, ordered = len(values) // 2, np.sort(values)
    return float(ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2)


def lines(
    a_s: NDArray[np.float64],
    b_s: NDArray[np.float64],
    *,
    width_s: float,
    fewest: float,
    most: int = 6,
    fit: bool = False,
    stills: bool = False,
) -> list[Line]:
    """The lines that have at least `fewest` votes, the strongest first. Shapes (n,) and (n,).

    `fit`: the moments are so many and exact that the pace is fitted to them. `stills`: the pairs are
    so sure that as many different moments are enough as well: those of a still picture (a title card)
    share their votes among all its shifts and never gather enough.
    """
    found: list[Line] = []
    left = np.ones(len(a_s), dtype=bool)
    while len(found) < most and left.any():
        line = _best(a_s[left], b_s[left], width_s, fit)
        if line is None:
            break
        on_it = left & (np.abs(b_s - line.of(a_s)) <= width_s)
        if line.votes < fewest and not (stills and len(np.unique(a_s[on_it])) >= fewest):
            break
        found.append(line)
        left &= np.abs(b_s - line.of(a_s)) > 2 * width_s
    return found


def _best(
    a_s: NDArray[np.float64], b_s: NDArray[np.float64], width_s: float, fit: bool
) -> Line | None:
    _, moment, often = np.unique(a_s, return_inverse=True, return_counts=True)
    weight = 1.0 / often[moment]
    best: Line | None = None
    for pace in PACES:
        shift = b_s - pace * a_s
        low = float(shift.min())
        cells = ((shift - low) / width_s).astype(np.intp)
        counts = np.bincount(cells, weights=weight)
        pairs = counts[:-1] + counts[1:] if len(counts) > 1 else counts
        cell = int(np.argmax(pairs))
        votes = float(pairs[cell])
        if best is not None and votes <= best.votes * (1.04 if fit else 1.1):
            continue
        near = (cells == cell) | (cells == cell + 1)
        best = Line(pace, middle(shift[near]), votes)
    return _refined(best, a_s, b_s, weight, width_s) if best and fit else best


def _refined(
    line: Line,
    a_s: NDArray[np.float64],
    b_s: NDArray[np.float64],
    weight: NDArray[np.float64],
    width_s: float,
) -> Line:
    """The line that fits the votes near it best, if they are long enough to tell its pace."""
    for reach in (2.5, 1.5, 1.0):
        near = np.abs(b_s - line.of(a_s)) <= reach * width_s
        if near.sum() < _FEWEST_TO_FIT or np.ptp(a_s[near]) < _LONG_S:
            return line
        pace, shift = np.polyfit(a_s[near], b_s[near], 1, w=weight[near])
        if abs(pace - line.pace) > 0.05:
            return line
        # What cannot be told from the plain pace over this length is the plain pace.
        if abs(pace - 1) * np.ptp(a_s[near]) < 0.5 * width_s:
            pace, shift = 1.0, middle(b_s[near] - a_s[near])
        line = Line(float(pace), float(shift), line.votes)
    return line
