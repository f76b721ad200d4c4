"""How the camera moved between two frames: corners followed by Lucas and Kanade's method, one
similarity fitted through them by RANSAC.

It says too how far that can be trusted: whether the corners that agree are spread over the picture
(else a thing in front of a flat wall may have moved), and whether others stand still.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

CORNERS = 60
FEWEST = 10
RENEW_EVERY = 8
TRUST_EVERY = 3
"""How far the motion can be trusted changes slowly: it is told anew at every third step."""
STILL_DIFFERENCE = 0.12
"""Mean difference (0–255) below which a frame repeats the one before."""
_COLUMNS, _ROWS = 4, 3
# The stubs do not know that the points sought may be None.
_follow: Any = cv2.calcOpticalFlowPyrLK
_FLOW: dict[str, Any] = {
    "winSize": (11, 11),
    "maxLevel": 2,
    "criteria": (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 12, 0.02),
    "minEigThreshold": 5e-4,
}
_REACH_PX = 0.6
_STANDING_PX = 0.12
_MOVING_PX = 0.35
_DARK = 22.0


@dataclass(frozen=True)
class Motion:
    """From the frame before to this one. `x`, `y` in shares of the width, at the middle of the
    picture; `angle` in radians.

    `kind`: followed; repeated (the same picture again); coarse (corners were lost, the shift comes
    from phase correlation); lost. `spread`: share of the cells of a 4 × 3 grid, or of those left and
    right, whichever is less, in which corners agree. `standing`: share of the cells with corners
    that do not move although the fitted camera does.
    """

    kind: Literal["followed", "repeated", "coarse", "lost"]
    x: float = 0.0
    y: float = 0.0
    angle: float = 0.0
    spread: float = 0.0
    standing: float = 0.0
    agreeing: float = 0.0


class Follower:
    """Takes one small luma picture after another (uint8, shape (h, w))."""

    def __init__(self) -> None:
        self._before: NDArray[Any] | None = None
        self._corners: NDArray[Any] | None = None
        self._age = 0
        self._trust = 0.0, 0.0
        self._trusted = 0

    def forget(self) -> None:
        """The next picture does not follow this one."""
        self._before = None
        self._corners = None

    def step(self, luma: NDArray[Any]) -> Motion | None:
        """The motion since the last picture; None for the first."""
        before, self._before = self._before, luma
        if before is None or before.shape != luma.shape:
            self._corners = None
            return None
        if cv2.norm(before, luma, cv2.NORM_L1) / luma.size < STILL_DIFFERENCE:
            return Motion("repeated")
        was, now = float(cv2.mean(before)[0]), float(cv2.mean(luma)[0])
        if min(was, now) < _DARK and abs(was - now) > 2:
            self._corners = None
            return Motion("lost")
        if not 0.9 < now / max(1.0, was) < 1.1:  # a flash would hide every corner
            before = cv2.convertScaleAbs(before, alpha=now / max(1.0, was))
        if self._corners is None or len(self._corners) < CORNERS // 3 or self._age >= RENEW_EVERY:
            self._corners = _corners(before)
            self._age = 0
        self._age += 1
        points = self._corners
        if points is None or len(points) < FEWEST:
            self._corners = None
            return Motion("lost")
        there, ok, _ = _follow(before, luma, points, None, **_FLOW)
        good = ok.ravel() == 1
        old, new = points[good], there[good]
        if len(old) < max(FEWEST, len(points) // 3):
            self._corners = None
            return _coarse(before, luma)
        fitted = _similarity(old, new, luma.shape)
        if fitted is None:
            self._corners = None
            return _coarse(before, luma)
        self._corners = new
        return self._motion(fitted, old.reshape(-1, 2), new.reshape(-1, 2), luma.shape)

    def _motion(
        self, fitted: NDArray[Any], old: NDArray[Any], new: NDArray[Any], shape: tuple[int, ...]
    ) -> Motion:
        height, width = shape
        middle = np.array([width / 2, height / 2])
        shift = fitted[:, :2] @ middle + fitted[:, 2] - middle
        apart = new - (old @ fitted[:, :2].T + fitted[:, 2])
        inside = np.hypot(*apart.T) < _REACH_PX
        if self._trusted % TRUST_EVERY == 0 or self._age == 1:
            self._trust = _trust(old, new, inside, shape)
            self._trusted = 0
        self._trusted += 1
        spread, standing = self._trust
        return Motion(
            "followed",
            float(-shift[0]) / width,
            float(-shift[1]) / width,
            math.atan2(fitted[1, 0], fitted[0, 0]),
            spread,
            standing,
            float(np.count_nonzero(inside)) / len(inside),
        )


def _corners(luma: NDArray[Any]) -> NDArray[Any] | None:
    """The best corners, some of every part of the picture: a subject must not have them all."""
    found: NDArray[Any] | None = cv2.goodFeaturesToTrack(luma, 3 * CORNERS, 0.005, 6, blockSize=5)
    if found is None:
        return None
    points = found.reshape(-1, 2)
    cells = _cells(points, luma.shape)
    most = CORNERS // (_COLUMNS * _ROWS) + 1
    # Corners come best first; of each cell the first few stay.
    order = np.argsort(cells, kind="stable")
    ranked = cells[order]
    place = np.arange(len(order)) - np.searchsorted(ranked, ranked)
    return np.ascontiguousarray(points[order[place < most]]).reshape(-1, 1, 2)


def _cells(points: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    # minimum and maximum: clip costs three times as much, and this runs on every step
    column = np.maximum(np.minimum(points[:, 0] * _COLUMNS / shape[1], _COLUMNS - 1), 0)
    row = np.maximum(np.minimum(points[:, 1] * _ROWS / shape[0], _ROWS - 1), 0)
    return row.astype(np.int64) * _COLUMNS + column.astype(np.int64)


_EDGES = np.array([0, 3, 4, 7, 8, 11])
_AT_SIDES = np.array([True] * 5 + [False] * 2 + [True] * 2 + [False] * 2 + [True])
"""Cells left, right and above, where the background shows beside someone in front of it."""


def _similarity(
    old: NDArray[Any], new: NDArray[Any], shape: tuple[int, ...]
) -> NDArray[Any] | None:
    """The camera's motion: what most corners at the sides do, else what most corners do."""
    aside = _AT_SIDES[_cells(old.reshape(-1, 2), shape)]
    if np.count_nonzero(aside) >= FEWEST:
        fitted, inside = _fit(old[aside], new[aside])
        if fitted is not None and inside * 2 >= np.count_nonzero(aside):
            return fitted
    fitted, inside = _fit(old, new)
    return fitted if inside >= FEWEST * 0.8 else None


def _fit(old: NDArray[Any], new: NDArray[Any]) -> tuple[NDArray[Any] | None, int]:
    fitted, inside = cv2.estimateAffinePartial2D(
        old, new, method=cv2.RANSAC, ransacReprojThreshold=_REACH_PX,
        maxIters=120, confidence=0.98, refineIters=4,
    )  # fmt: skip
    return (None, 0) if fitted is None else (fitted, int(inside.sum()))


def _trust(
    old: NDArray[Any], new: NDArray[Any], inside: NDArray[Any], shape: tuple[int, ...]
) -> tuple[float, float]:
    """`spread` and `standing` of a Motion. `old`, `new`: shape (n, 2); `inside`: those that agree."""
    cells = _cells(old, shape)
    count = _COLUMNS * _ROWS
    agreeing = np.bincount(cells[inside], minlength=count) >= 2
    edges = agreeing[_EDGES]
    own = np.hypot(*(new - old).T)
    ranked = np.sort(own[inside])
    moved = float(ranked[len(ranked) // 2]) if len(ranked) else 0.0
    standing = 0.0
    if moved > _MOVING_PX:
        stands = np.bincount(cells[(own < _STANDING_PX) & ~inside], minlength=count) >= 2
        standing = float(np.count_nonzero(stands)) / max(
            1, int(np.count_nonzero(stands | agreeing))
        )
    return min(float(agreeing.mean()), float(edges.mean())), standing


def _coarse(before: NDArray[Any], luma: NDArray[Any]) -> Motion:
    """Corners are lost in violent blur; the whole picture's shift can often still be told."""
    size = (160, max(2, luma.shape[0] // 2))
    a, b = (cv2.resize(each, size, interpolation=cv2.INTER_AREA) for each in (before, luma))
    window = cv2.createHanningWindow(size, cv2.CV_32F)
    (x, y), trust = cv2.phaseCorrelate(a.astype(np.float32), b.astype(np.float32), window)
    if trust < 0.15:
        return Motion("lost")
    return Motion("coarse", -x / 160, -y / 160, spread=1.0, agreeing=float(trust))
