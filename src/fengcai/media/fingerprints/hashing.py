"""A 256-bit hash of a whole picture, in the manner of PDQ, at several centre crops.

The 16 × 16 lowest frequencies of the picture without its bars (the mean left out) are compared with
zero. Signs instead of PDQ's median make the hash of the mirrored picture a
matter of turning the odd columns' bits over. Source of the idea: Facebook, "The TMK+PDQF Video-Hashing
Algorithm and the PDQ Image-Hashing Algorithm" (2019). It survives recoding, scaling, gamma and small
marks; a crop is survived by what another picture's smaller centre looks like.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SIDE = 16
BITS = SIDE * SIDE
CROPS = (0.0, 0.03, 0.06, 0.09, 0.12)
"""Shares cut from each side. Two hashes meet when one of them is nearly the other's crop."""

_BAR_SPREAD = 6.0
_BAR_SHARE = 0.6
_MOST_BAR = 0.45


@lru_cache(maxsize=16)
def _waves(length: int) -> NDArray[np.float32]:
    """For each crop rows 1 … 16 of the DCT-II over what it leaves of `length` values, zero outside.

    Shape (len(CROPS), SIDE, length).
    """
    k = np.arange(1, SIDE + 1)[:, None]
    table = np.zeros((len(CROPS), SIDE, length), dtype=np.float32)
    for number, share in enumerate(CROPS):
        start = round(length * share)
        left = length - 2 * start
        at = (np.arange(left)[None, :] + 0.5) / left
        table[number, :, start : start + left] = np.cos(np.pi * k * at)
    return table


# The frequencies 1, 3, 5 … across (k odd) change their sign when left and right change places.
_ODD = np.tile(np.arange(1, SIDE + 1) % 2 == 1, (SIDE, 1))
MIRROR = np.packbits(_ODD.reshape(-1))
"""XOR with this gives the hash of the mirrored picture, 32 bytes."""


def hashes(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The hashes of a picture's centre crops, shape (len(CROPS), 32); `gray` is 8 bit, (h, w)."""
    height, width = gray.shape
    down = _waves(height).reshape(-1, height) @ gray.astype(np.float32)
    waves = down.reshape(len(CROPS), SIDE, width) @ _waves(width).transpose(0, 2, 1)
    return np.packbits(waves.reshape(len(CROPS), BITS) > 0, axis=1)


def without_bars(gray: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """The picture inside black or white bars: (left, top, right, bottom), exclusive ends.

    A row or column belongs to a bar when most of it has the value of the picture's edge and that is
    nearly black or white; a caption or a logo on the bar does not hide it. A picture that would be
    cut by more than nine tenths stays whole.
    """
    height, width = gray.shape
    top, bottom = _bar(gray), _bar(gray[::-1])
    inner = gray[top : height - bottom]
    left, right = _bar(inner.T), _bar(inner.T[::-1])
    if top + bottom > 2 * _MOST_BAR * height or left + right > 2 * _MOST_BAR * width:
        return 0, 0, width, height
    return left, top, width - right, height - bottom


def _bar(rows: NDArray[np.uint8]) -> int:
    """How many first rows are a bar."""
    level = float(np.median(rows[0]))
    if 40 < level < 225:
        return 0
    same = np.abs(rows[: round(len(rows) * _MOST_BAR)].astype(np.int16) - int(level)) <= _BAR_SPREAD
    shares = same.mean(axis=1) >= _BAR_SHARE
    if shares.all():
        return 0  # no end in sight: a dark picture and no bar
    depth = int(np.argmin(shares))
    return depth if depth >= 3 else 0
