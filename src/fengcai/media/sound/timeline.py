"""Cells of time: sound gathered into equal pieces, and what came of each piece told as spans and plots.

Knows nothing of what a check measures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from fengcai.media.facts.measures import Curve, Span
from fengcai.media.samples import Sound

MOST_SPANS = 60
MOST_POINTS = 1200


class Cells:
    """Cuts blocks of any length into pieces of `length_s`; a changed rate or layout begins anew.

    Where the rate is no multiple of the length, some pieces are one sample longer, so that the
    number of a piece tells its time however long the film is.
    """

    def __init__(self, length_s: Fraction) -> None:
        self._length_s = length_s
        self._shape: tuple[int, tuple[str, ...]] | None = None
        self._left: NDArray[np.float32] | None = None
        self._cut = 0

    def cut(self, sound: Sound) -> Iterator[NDArray[np.float32]]:
        """The next pieces, each of shape (channels, samples)."""
        shape = (sound.rate_hz, sound.names)
        planes = sound.planes
        if self._shape == shape and self._left is not None:
            planes = np.concatenate((self._left, planes), axis=1)
        else:
            self._shape, self._cut = shape, 0
        exact = sound.rate_hz * self._length_s
        began = int(self._cut * exact)
        at = 0
        while (end := max(at + 1, int((self._cut + 1) * exact) - began)) <= planes.shape[1]:
            yield planes[:, at:end]
            at = end
            self._cut += 1
        self._left = planes[:, at:]


def stretches(
    held: Sequence[bool] | NDArray[np.bool_], *, least: int = 1, gap: int = 0
) -> list[tuple[int, int]]:
    """(first, after the last) of each run of true cells; runs at most `gap` cells apart are one.

    Runs shorter than `least` cells, counted after joining, are left out.
    """
    edges = np.diff(np.concatenate(([0], np.asarray(held, dtype=np.int8), [0])))
    joined: list[tuple[int, int]] = []
    for begin, end in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True):
        if joined and begin - joined[-1][1] <= gap:
            joined[-1] = (joined[-1][0], int(end))
        else:
            joined.append((int(begin), int(end)))
    return [(begin, end) for begin, end in joined if end - begin >= least]


def weightiest(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The longest of them, at most sixty, in the order of time."""
    kept = sorted(spans, key=lambda span: span.from_s - span.to_s)[:MOST_SPANS]
    return tuple(sorted(kept, key=lambda span: span.from_s))


def curve(
    values: NDArray[np.floating], step_s: Fraction, unit: str, *, digits: int = 1
) -> Curve | None:
    """A plot of at most 1 200 points: of a longer row, the mean of neighbours; NaN is a gap."""
    if len(values) == 0:
        return None
    times = -(-len(values) // MOST_POINTS)
    row = values.astype(np.float64)
    if times > 1:
        full = np.concatenate((row, np.full(-len(row) % times, np.nan))).reshape(-1, times)
        known = np.isfinite(full)
        sums = np.where(known, full, 0.0).sum(axis=1)
        counts = known.sum(axis=1)
        row = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    points = tuple(round(float(each), digits) if np.isfinite(each) else None for each in row)
    return Curve(step_s=step_s * times, unit=unit, values=points)
