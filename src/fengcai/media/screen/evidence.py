"""Cuttings that show what was found: the place with its surroundings, as a small JPEG.

Whatever is personal on the page is made unreadable in every cutting, whichever check took it. Only the
evidence of what is private itself is cut twice: the plain one for those who may see it, and a twin
whose name ends in `-masked.jpg`.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from fengcai.media.checks import Line, Page
from fengcai.media.facts.measures import Box
from fengcai.media.film.stills import jpeg
from fengcai.media.screen.forms import personal_on

MOST_FILES = 12
_MOST_BYTES = 290_000
_WIDEST, _HIGHEST = 960, 540
_LEAST = (320, 120)


def cutting(page: Page, box: Box, *, plain: bool = False, hide: tuple[Box, ...] = ()) -> bytes:
    """The box and as much around it again, at most 960 × 540 pixels.

    Everything personal on the page and the boxes of `hide` are made unreadable; `plain` hides nothing.
    """
    x0, y0, x1, y1 = _frame(page.rgb, box)
    part = page.rgb[y0:y1, x0:x1].copy()
    if not plain:
        height, width = page.rgb.shape[:2]
        for left, top, wide, high in (*private_boxes(page.lines), *hide):
            margin = 0.3 * high * height
            rows = max(0, int(top * height - margin) - y0), int((top + high) * height + margin) - y0
            columns = (
                max(0, int(left * width - margin) - x0),
                int((left + wide) * width + margin) - x0,
            )
            if rows[1] > 0 and columns[1] > 0:
                _hide(part[slice(*rows), slice(*columns)])
    return _small(part)


@lru_cache(maxsize=2)
def private_boxes(lines: tuple[Line, ...]) -> tuple[Box, ...]:
    """Where something personal stands on a page: the whole line, since a part may be misplaced."""
    return tuple(line.box for line, _ in personal_on(lines))


def _hide(part: NDArray[np.uint8]) -> None:
    """A few large squares instead: as wide as the line is high, so that no letter can be guessed."""
    if not part.size:
        return
    height, width = part.shape[:2]
    few = cv2.resize(part, (max(1, round(width / height)), 1), interpolation=cv2.INTER_AREA)
    part[:] = cv2.resize(few, (width, height), interpolation=cv2.INTER_NEAREST)


def _frame(rgb: NDArray[np.uint8], box: Box) -> tuple[int, int, int, int]:
    height, width = rgb.shape[:2]
    wide = min(width, max(_LEAST[0], round(box[2] * width * 2)))
    high = min(height, max(_LEAST[1], round(box[3] * height * 4)))
    x0 = round((box[0] + box[2] / 2) * width - wide / 2)
    y0 = round((box[1] + box[3] / 2) * height - high / 2)
    x0, y0 = max(0, min(x0, width - wide)), max(0, min(y0, height - high))
    return x0, y0, x0 + wide, y0 + high


def _small(part: NDArray[np.uint8]) -> bytes:
    shrink = min(1.0, _WIDEST / part.shape[1], _HIGHEST / part.shape[0])
    if shrink < 1:
        fewer = cv2.resize(part, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        part = np.asarray(fewer, dtype=np.uint8)
    for quality in (85, 60, 35):
        content = jpeg(np.ascontiguousarray(part), quality)
        if len(content) <= _MOST_BYTES:
            break
    return content
