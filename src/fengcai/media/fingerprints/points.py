"""Points of a picture and what their surroundings look like: what survives a lopsided crop.

Corners are found at four sizes; the surroundings of each (an eighth to a quarter of the picture's
width) are described by the signs of their 64 lowest frequencies. A point belongs to the content
and not to the frame, so it is found again wherever a crop has moved it. It is not turned with the
picture: a film rotated by more than a few degrees escapes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

AREA = 40_000
SIZES = (1.0, 0.8, 0.64, 0.512)
"""The picture is looked at in these sizes; 1.0 has about `AREA` pixels."""
EACH = (12, 9, 6, 5)
MOST = sum(EACH)
_PATCH = 16
_MARGIN = 10
_CELLS = (5, 4)


def _table() -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """The 64 lowest waves over a patch, under a window and blind to its mean: (256, 64); and how
    often each swings across."""
    k = np.arange(_PATCH)[:, None]
    n = np.arange(_PATCH)[None, :]
    cosines = np.cos(np.pi * k * (2 * n + 1) / (2 * _PATCH))
    order = sorted(
        ((v, u) for v in range(12) for u in range(12) if v + u), key=lambda at: (sum(at), at)
    )[:64]
    down, across = np.array(order).T
    rise = np.sqrt(np.hanning(_PATCH + 2)[1:-1])
    window = np.outer(rise, rise)
    waves = np.einsum("ki,kj->kij", cosines[down], cosines[across]) * window
    waves -= waves.mean(axis=(1, 2), keepdims=True)
    return waves.reshape(64, -1).T.astype(np.float32), across


_WAVES, _ACROSS = _table()
MIRROR = np.uint64(int.from_bytes(np.packbits(_ACROSS % 2 == 1).tobytes(), "big"))
"""XOR with this gives the words of the mirrored surroundings."""


@dataclass(frozen=True)
class Points:
    """`words`: uint64 (n,); `x`, `y`: place in shares of the picture, 0–254; `size`: its index."""

    words: NDArray[np.uint64]
    x: NDArray[np.uint8]
    y: NDArray[np.uint8]
    size: NDArray[np.uint8]


def points(gray: NDArray[np.uint8]) -> Points:
    """At most `MOST` points of an 8-bit picture (h, w), spread over it, the strongest first."""
    words, places, sizes = described(gray, area=AREA, each=EACH, cells=_CELLS)
    x, y = np.round(places * 254).astype(np.uint8).T
    return Points(words, x, y, sizes)


def described(
    gray: NDArray[np.uint8], *, area: int, each: Sequence[int], cells: tuple[int, int]
) -> tuple[NDArray[np.uint64], NDArray[np.float64], NDArray[np.uint8]]:
    """Words (n,), places in shares of the picture (n, 2) and indices of sizes (n,).

    In its first size the picture has about `area` pixels; `each` is the most of each size, `cells` how
    many stand across and down among which they take turns.
    """
    patches, places, sizes = [], [], []
    height, width = gray.shape
    seen = gray
    base = (area / max(1, height * width)) ** 0.5
    for number, (size, most) in enumerate(zip(SIZES, each, strict=True)):
        w, h = max(2, round(width * base * size)), max(2, round(height * base * size))
        if min(w, h) < 2 * _MARGIN + 8:
            continue
        # Linear is right down to a half and ten times as fast as averaging over areas.
        near = min(w / seen.shape[1], h / seen.shape[0]) >= 0.5
        how = cv2.INTER_LINEAR if near else cv2.INTER_AREA
        seen = np.asarray(cv2.resize(seen, (w, h), interpolation=how), dtype=np.uint8)
        corners: Any = cv2.goodFeaturesToTrack(seen, 4 * most, 0.002, 8, blockSize=5)
        if corners is None:
            continue
        at = _spread(corners.reshape(-1, 2), w, h, most, cells)
        patches.append(_surroundings(seen, at))
        places.append(at / (w, h))
        sizes.append(np.full(len(at), number, dtype=np.uint8))
    if not patches:
        none = np.zeros(0, dtype=np.uint64)
        return none, np.zeros((0, 2)), np.zeros(0, dtype=np.uint8)
    signs = np.concatenate(patches) @ _WAVES > 0
    words = np.ascontiguousarray(np.packbits(signs, axis=1)).view(">u8").reshape(-1)
    return words.astype(np.uint64), np.concatenate(places), np.concatenate(sizes)


def _spread(
    at: NDArray[np.float32], width: int, height: int, most: int, cells: tuple[int, int]
) -> NDArray[np.float32]:
    """Of corners, strongest first, those not at the edge, taking turns among the picture's cells:
    a logo or a caption has the strongest corners of all, and must not have them all."""
    inside = np.all((at >= _MARGIN) & (at < (width - _MARGIN, height - _MARGIN)), axis=1)
    at = at[inside]
    cell = (at[:, 0] * cells[0] // width) + cells[0] * (at[:, 1] * cells[1] // height)
    by_cell = np.argsort(cell, kind="stable")
    first = np.searchsorted(cell[by_cell], cell[by_cell])
    turn = np.empty(len(at), dtype=np.intp)
    turn[by_cell] = np.arange(len(at)) - first
    return at[np.argsort(turn, kind="stable")[:most]]


def _surroundings(seen: NDArray[np.uint8], at: NDArray[np.float32]) -> NDArray[np.float32]:
    """The 32 × 32 pixels around each corner at half size, shape (n, 256)."""
    height, width = seen.shape
    half = cv2.resize(seen, (width // 2, height // 2), interpolation=cv2.INTER_LINEAR)
    edge = _PATCH // 2
    wide = cv2.copyMakeBorder(half, edge, edge, edge, edge, cv2.BORDER_REFLECT)
    windows = np.lib.stride_tricks.sliding_window_view(wide, (_PATCH, _PATCH))
    x = np.clip(np.round(at[:, 0] / 2).astype(np.intp), 0, windows.shape[1] - 1)
    y = np.clip(np.round(at[:, 1] / 2).astype(np.intp), 0, windows.shape[0] - 1)
    return windows[y, x].reshape(len(at), _PATCH * _PATCH).astype(np.float32)
