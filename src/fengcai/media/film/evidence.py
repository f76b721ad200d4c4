"""Pictures that show what a check on frames found: an outline in a small copy, or an enlarged crop."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from fengcai.media.facts.measures import Box
from fengcai.media.film.stills import jpeg

_OUTLINE = (255, 64, 64)
_QUALITY = 80


def upright_box(box: Box, quarter_turns: int) -> Box:
    """A box in shares of the coded frame, in shares of the picture as shown."""
    left, top, wide, high = box
    for _ in range(quarter_turns % 4):
        # One counter-clockwise quarter turn: x becomes the new height, from the bottom up.
        left, top, wide, high = top, 1.0 - left - wide, high, wide
    return tuple(round(min(1.0, max(0.0, each)), 4) for each in (left, top, wide, high))  # type: ignore[return-value]


def shrunk(picture: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """`picture` at (width, height), averaged over areas."""
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def outlined(rgb: NDArray[np.uint8], box: Box) -> bytes:
    """A JPEG of an upright picture with the box drawn on it."""
    shown = rgb.copy()
    high, wide = shown.shape[:2]
    from_x, from_y = round(box[0] * wide), round(box[1] * high)
    to_x = min(wide - 1, round((box[0] + box[2]) * wide))
    to_y = min(high - 1, round((box[1] + box[3]) * high))
    cv2.rectangle(shown, (from_x, from_y), (to_x, to_y), _OUTLINE, 2)
    return jpeg(shown, _QUALITY)


def cropped(rgb: NDArray[np.uint8], box: Box, margin: float = 0.4) -> bytes:
    """A JPEG of the box with some of what surrounds it, at most 640 pixels wide."""
    high, wide = rgb.shape[:2]
    around_x, around_y = margin * box[2] * wide + 8, margin * box[3] * high + 8
    from_x = max(0, round(box[0] * wide - around_x))
    from_y = max(0, round(box[1] * high - around_y))
    to_x = min(wide, round((box[0] + box[2]) * wide + around_x))
    to_y = min(high, round((box[1] + box[3]) * high + around_y))
    part = rgb[from_y:to_y, from_x:to_x]
    if part.size == 0:
        return jpeg(rgb, _QUALITY)
    if part.shape[1] > 640:
        size = (640, max(1, round(part.shape[0] * 640 / part.shape[1])))
        part = shrunk(part, size)
    return jpeg(np.ascontiguousarray(part), _QUALITY)
