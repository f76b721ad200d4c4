"""Blur: no part of the picture has an edge as sharp as its size would allow.

For every small tile with an edge in it, the edge's width is its height over its steepest slope. A
sharp picture has sharp edges somewhere (a portrait before a soft background has them in the face); a
blurred one has at most those of the subtitles laid over it, which is why the lowest and highest fifth
of the picture do not count. Fog, and pictures without any edge, give no answer.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fengcai.media.checks import Film, PictureCheck
from fengcai.media.facts.measures import Answer, Measure
from fengcai.media.film.badness import Judgement, Tally
from fengcai.media.samples import Picture

WIDTH_PX = 640
"""Pictures are looked at at this width, or their own if that is less."""
TILE = 16
CONTRAST = 28
SHARP_PX = 3.6
"""An edge is sharp up to this width (a step that is averaged into the grid has about 2)."""
SHARP_SHARE, NEAR_SHARE = 0.05, 0.10
FEWEST_TILES = 12


class Sharpness(PictureCheck):
    """`blurred`: a fifth of the pictures, or four seconds, without sharp edges."""

    name = "sharpness"
    SAMPLE_STEP_S = Fraction(1)

    def __init__(self, film: Film) -> None:
        super().__init__(film)
        self._tally = Tally(self.name)
        self._shares: list[float] = []
        self._empty = 0

    def sample(self, picture: Picture) -> None:
        share = sharp_share(picture.plane)
        if share is None:
            self._empty += 1
            return
        if len(self._shares) < 20_000:
            self._shares.append(share)
        judged: Judgement = "good"
        if share < NEAR_SHARE:
            judged = "bad" if share < SHARP_SHARE else "doubtful"
        self._tally.add(picture, judged, 1 - share)

    def result(self) -> Measure | None:
        tally = self._tally
        if tally.count + self._empty == 0:
            return None
        tally.finish(self.film.duration_s)
        answer: Answer = tally.answer()
        why = "部分画面不够清晰，可能是虚焦、运动模糊或有意为之" if answer == "doubtful" else ""
        if tally.count < max(1, self._empty // 4):
            answer, why = "unmeasured", "画面几乎没有边缘，看不出清晰度"
        spans, self.files = tally.moments.told(shown=answer != "clear")
        return Measure(
            method="width of edges in 16-px tiles of 640-px luma: height over steepest slope",
            answer=answer,
            about=("blurred",),
            facts={"blurred": answer == "found"} if answer in ("found", "clear") else {},
            values={
                "pictures": tally.count,
                "blurred_pictures": tally.bad,
                "sharp_share": round(float(np.median(self._shares)), 3) if self._shares else None,
            },
            limits={"sharp_share": SHARP_SHARE, "sharp_edge_px": SHARP_PX},
            spans=spans,
            why=why,
        )


def sharp_share(plane: NDArray[Any]) -> float | None:
    """Of the tiles with an edge, the share with a sharp one; None where too few have any."""
    height, width = plane.shape
    if width > WIDTH_PX:
        size = (WIDTH_PX, max(TILE, round(height * WIDTH_PX / width)))
        plane = cv2.resize(plane, size, interpolation=cv2.INTER_AREA)
        height, width = plane.shape
    fifth = height // 5
    part = plane[fifth : height - fifth]
    rows, columns = part.shape[0] // TILE, part.shape[1] // TILE
    if rows == 0 or columns == 0:
        return None
    part = np.ascontiguousarray(part[: rows * TILE, : columns * TILE])
    # Noise has steep slopes everywhere; a light smoothing leaves those of edges.
    smooth = cv2.GaussianBlur(part, (3, 3), 0.8)
    across = cv2.convertScaleAbs(cv2.Sobel(smooth, cv2.CV_16S, 1, 0, ksize=1))
    down = cv2.convertScaleAbs(cv2.Sobel(smooth, cv2.CV_16S, 0, 1, ksize=1))
    # Sobel with ksize 1 is the difference over two pixels.
    slope = _greatest(cv2.max(across, down), rows, columns) / 2
    lift = _greatest(smooth, rows, columns) - (255 - _greatest(255 - smooth, rows, columns))
    edged = lift >= CONTRAST
    if np.count_nonzero(edged) < FEWEST_TILES:
        return None
    return float(np.mean(lift[edged] / np.maximum(slope[edged], 0.5) <= SHARP_PX))


def _greatest(part: NDArray[Any], rows: int, columns: int) -> NDArray[Any]:
    """The greatest value of each tile, shape (rows, columns)."""
    lines = part.reshape(rows, TILE, -1).max(axis=1)
    greatest: NDArray[Any] = lines.reshape(rows, columns, TILE).max(axis=2).astype(np.float32)
    return greatest
