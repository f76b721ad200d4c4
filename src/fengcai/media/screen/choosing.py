"""Which pictures, and which rows of them, are worth reading: those where other strokes stand.

Reading a picture takes some hundred times as long as looking at it, so there is a budget for each
minute of film. Letters are strokes: the mask of steep brightness steps from left to right changes where
text comes or goes, and stays where a picture merely gets brighter. It reads nothing itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from fengcai.media.samples import Picture

ROWS, COLUMNS = 54, 64
"""Cells of the grid in which strokes are counted, over the upright picture."""
A_MINUTE = 4
"""Whole pictures read for each minute of film, in the long run."""
SAVED = 6
"""The most that is saved up while nothing changes; so many are there at the beginning."""
LEAST_COST = 0.2
"""What a narrow band costs, as a share of a whole picture."""
_STEEP = 28
_STROKES = 0.06
_OTHER = 0.4
_LINES_SEEN = 5 * ROWS
_RATES = ((30 * 60, Fraction(A_MINUTE)), (3 * 3600, Fraction(A_MINUTE, 4)))
_LAST_RATE = Fraction(A_MINUTE, 16)
"""Pictures a minute that may be read, up to so many seconds: of four hours as many as of 75 minutes."""
_NARROWEST = 16
"""Pixels: no letter has room in less."""
_LEAST_CELLS = 4
_RESTLESS_CELLS = 24
_FAR_APART_S = 3
_WHOLE_AT_S, _WHOLE_EVERY_S = 5, 45
_WHOLE = 0.6
_MARGIN = 1

Grid = NDArray[np.bool_]


@dataclass(frozen=True)
class Choice:
    """What the reader is told of a sampled picture.

    `gone`: cells whose strokes, there when last read, are there no more. `rows`: from and to, in shares
    of the upright picture, what has to be read now; None for nothing. It stands since `since_s`.
    `moving`: most of what is new was seen not to stand still.
    """

    gone: Grid
    rows: tuple[float, float] | None
    since_s: Fraction
    moving: bool = False


class Taker(Protocol):
    """What becomes of a sampled picture and the choice about it."""

    def __call__(self, picture: Picture, choice: Choice) -> None: ...


class Chooser:
    """Called with every sampled picture; hands each on with what is to be read of it."""

    def __init__(self, send: Taker) -> None:
        self._send = send
        self._read: NDArray[np.uint8] | None = None
        self._read_counts = np.zeros((ROWS, COLUMNS), np.float32)
        self._before: NDArray[np.uint8] | None = None
        self._before_s = Fraction(0)
        self._budget = Fraction(SAVED)
        self._whole_at_s = Fraction(_WHOLE_AT_S)

    def __call__(self, picture: Picture) -> None:
        if picture.plane.shape[1] < _NARROWEST:
            return
        now = _strokes(picture)
        if self._read is None or self._before is None or self._read.shape != now.shape:
            self._read, self._read_counts = (
                np.zeros_like(now),
                np.zeros((ROWS, COLUMNS), np.float32),
            )
            self._before, self._before_s = now, picture.time_s
        rate = next((rate for until, rate in _RATES if picture.time_s < until), _LAST_RATE)
        earned = (picture.time_s - self._before_s) * rate / 60
        self._budget = min(Fraction(SAVED), self._budget + max(Fraction(0), earned))
        choice = self._choice(picture, now)
        self._before, self._before_s = now, picture.time_s
        self._send(picture, choice)

    def _choice(self, picture: Picture, now: NDArray[np.uint8]) -> Choice:
        assert self._read is not None
        assert self._before is not None
        there, read, apart = _counts(now), self._read_counts, _counts(now ^ self._read)
        other = apart > _OTHER * (there + read)
        new = _upright(other & (there > _STROKES), picture)
        gone = _upright(other & (read > _STROKES), picture)
        whole = self._whole_is_due(picture.time_s)
        if int(new.sum()) < _LEAST_CELLS and not whole:
            return Choice(gone, None, picture.time_s)
        steady = new & ~_upright(_counts(now ^ self._before) > _OTHER * (there + 1e-6), picture)
        # Where pictures are seconds apart, nothing is seen to stand: what is there is read.
        apart_s = picture.time_s - self._before_s
        rows = self._rows(new, steady, scarce=self._budget == SAVED or apart_s >= _FAR_APART_S)
        if rows is None and not whole:
            return Choice(gone, None, picture.time_s)
        if rows is None or whole or picture.quarter_turns:
            rows = 0.0, 1.0
            self._whole_at_s = picture.time_s + _WHOLE_EVERY_S
        self._budget -= Fraction(_cost(rows))
        self._remember(now, rows)
        low, high = round(rows[0] * ROWS), round(rows[1] * ROWS)
        gone[low:high] = False
        stood = int(steady.sum()) * 2 > int(new.sum())
        since_s = self._before_s if stood else picture.time_s
        return Choice(gone, rows, since_s, moving=not stood and apart_s < _FAR_APART_S)

    def _whole_is_due(self, time_s: Fraction) -> bool:
        """Faces have few strokes: now and then a whole picture goes, if half of the budget is left."""
        return time_s >= self._whole_at_s and self._budget - 1 >= Fraction(SAVED, 2)

    def _rows(self, new: Grid, steady: Grid, *, scarce: bool) -> tuple[float, float] | None:
        """The rows to be read, if they are worth their cost now.

        What stands still for two samples may spend all; what moves leaves half of the budget for it.
        """
        for cells, least, kept in (
            (steady, _LEAST_CELLS, Fraction(0)),
            (new, _LEAST_CELLS if scarce else _RESTLESS_CELLS, Fraction(SAVED, 2)),
        ):
            if int(cells.sum()) < least:
                continue
            rows = _extent(cells)
            if self._budget - Fraction(_cost(rows)) >= kept:
                return rows
        return None

    def _remember(self, now: NDArray[np.uint8], rows: tuple[float, float]) -> None:
        """These rows are known from now on; a picture that lies on its side is read as a whole."""
        assert self._read is not None
        height = now.shape[0]
        low, high = int(rows[0] * height), int(np.ceil(rows[1] * height))
        self._read[low:high] = now[low:high]
        self._read_counts = _counts(self._read)


def _strokes(picture: Picture) -> NDArray[np.uint8]:
    """255 where brightness changes steeply from left to right, in 270 lines of the picture."""
    plane = picture.plane
    lines = plane[np.arange(_LINES_SEEN) * plane.shape[0] // _LINES_SEEN]
    if lines.shape[1] > 2 * 1920:
        lines = np.ascontiguousarray(lines[:, ::2])
    steps = cv2.absdiff(lines[:, 2:], lines[:, :-2])
    mask = cv2.threshold(steps, _STEEP, 255, cv2.THRESH_BINARY)[1]
    return np.asarray(mask, dtype=np.uint8)


def _counts(mask: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Share of each cell that the mask covers; eight points at a time, for it runs on every sample."""
    width = mask.shape[1] // 8
    ones = np.bitwise_count(mask[:, : 8 * width].view(np.uint64))
    each = _LINES_SEEN // ROWS
    sums = ones[::each].astype(np.uint16)
    for line in range(1, each):
        sums += ones[line::each]
    starts = np.arange(COLUMNS) * width // COLUMNS
    points = np.maximum(1, np.diff(starts, append=width)) * each * 64
    shares: NDArray[np.float64] = np.add.reduceat(sums, starts, axis=1) / points
    return shares.astype(np.float32)


def _upright(cells: Grid, picture: Picture) -> Grid:
    if not picture.quarter_turns:
        return cells
    turned = np.rot90(cells, picture.quarter_turns).astype(np.uint8)
    return cv2.resize(turned, (COLUMNS, ROWS), interpolation=cv2.INTER_NEAREST) > 0


def _extent(cells: Grid) -> tuple[float, float]:
    """From the first to the last row that counts, with a margin; nearly all becomes all."""
    rows = np.flatnonzero(cells.any(axis=1))
    low, high = max(0, int(rows[0]) - _MARGIN), min(ROWS, int(rows[-1]) + 1 + _MARGIN)
    if high - low > _WHOLE * ROWS:
        return 0.0, 1.0
    return low / ROWS, high / ROWS


def _cost(rows: tuple[float, float]) -> float:
    return max(LEAST_COST, rows[1] - rows[0])
