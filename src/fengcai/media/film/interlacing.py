"""Interlacing: rows of two moments woven into one picture, seen as combs where something moves.

Looked for on the stored rows at full size, twice a second, in pairs of neighbouring frames: a comb
that stands where nothing moves is a fine pattern of stripes. Combs that were scaled are gone, so
interlaced film made smaller escapes; the flag of the stream is told beside it.
"""

from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from fengcai.media.checks import Film, PictureCheck
from fengcai.media.facts.measures import Answer, Measure
from fengcai.media.film.moments import Moments, Watched, evidence
from fengcai.media.samples import Picture

EVERY_S = Fraction(1, 2)
COLUMNS = 160
STEP = 9
"""How far (0–255) a row must stand out from both its neighbours."""
COMBED = 0.012
"""Share of the moving pixels that are combed from which a frame counts as woven."""
ABOVE_STILL = 4.0
MOVED = 8
LEAST_MOVING = 0.01
FOUND_SHARE, DOUBT_SHARE = 0.3, 0.08


class Interlacing(PictureCheck):
    """`interlaced`: combs in the moving parts of the picture."""

    name = "interlacing"

    def __init__(self, film: Film) -> None:
        super().__init__(film)
        self._watched = Watched()
        self._moments = Moments(self.name)
        self._before: NDArray[np.int16] | None = None
        self._next = Fraction(0)
        self._flagged = 0
        self._moving = 0
        self._woven = 0
        self._most = 0.0

    def run(self, picture: Picture, *, first: bool) -> None:
        self._watched.see(picture.time_s, first=first)
        self._flagged += picture.frame.interlaced_frame
        if first:
            self._before = None
            self._next = picture.time_s
        if self._before is None and picture.time_s < self._next:
            return
        plane = picture.plane
        columns = np.linspace(0, plane.shape[1] - 1, min(COLUMNS, plane.shape[1])).astype(int)
        rows = plane[:, columns].astype(np.int16)
        if self._before is None or self._before.shape != rows.shape:
            self._before = rows
            return
        self._compare(self._before, rows, picture)
        self._before = None
        self._next = picture.time_s + EVERY_S

    def _compare(
        self, before: NDArray[np.int16], rows: NDArray[np.int16], picture: Picture
    ) -> None:
        moving, combed, still = combs(before, rows)
        if moving < LEAST_MOVING:
            return
        self._moving += 1
        self._most = max(self._most, combed)
        if combed >= COMBED and combed >= ABOVE_STILL * still:
            self._woven += 1
            jpeg = evidence(picture) if self._woven in (1, 4, 16) else None
            at = picture.time_s
            self._moments.add(at, at, weight=combed, value=round(combed, 4), jpeg=jpeg)

    def result(self) -> Measure | None:
        if self._watched.frames == 0:
            return None
        share = self._woven / self._moving if self._moving else 0.0
        flagged = self._flagged / self._watched.frames
        answer, why = self._answer(share, flagged)
        spans, self.files = self._moments.told(shown=answer != "clear")
        return Measure(
            method="rows that stand out from both neighbours where the picture moves, full size",
            answer=answer,
            about=("interlaced",),
            facts={"interlaced": answer == "found"} if answer in ("found", "clear") else {},
            values={
                "woven_share": round(share, 3),
                "combed_pixels_share": round(self._most, 4),
                "moving_pictures": self._moving,
                "flagged_share": round(flagged, 3),
            },
            limits={"woven_share": FOUND_SHARE, "combed_pixels_share": COMBED},
            spans=spans,
            why=why,
        )

    def _answer(self, share: float, flagged: float) -> tuple[Answer, str]:
        # Two pictures are too few to condemn a film by; one in a short film is chance.
        if share >= FOUND_SHARE and self._woven >= 2:
            return "found", ""
        if share >= DOUBT_SHARE:
            return "doubtful", "部分画面有隔行梳齿，可能混入了隔行素材"
        if flagged > 0.5:
            return "doubtful", "文件标为隔行，但画面里没有看到梳齿"
        if self._moving < 2:
            return "unmeasured", "画面几乎不动，看不出是否隔行"
        return "clear", ""


def combs(before: NDArray[np.int16], rows: NDArray[np.int16]) -> tuple[float, float, float]:
    """Share of pixels that move, share of those that are combed, share of the still that are."""
    if rows.shape[0] < 6:
        return 0.0, 0.0, 0.0
    step = cv2.subtract(rows[1:], rows[:-1])
    up, down = step >= STEP, step <= -STEP
    # x[y] stands out from both neighbours when the steps into and out of it have other signs.
    stands = (up[:-1] & down[1:]) | (down[:-1] & up[1:])
    # Three rows one after another, or it is an edge.
    comb = stands[:-2] & stands[1:-1] & stands[2:]
    moved = cv2.absdiff(rows, before)[2:-2] >= MOVED
    moving = int(np.count_nonzero(moved))
    combed = int(np.count_nonzero(comb & moved))
    still = moved.size - moving
    return (
        moving / moved.size,
        combed / max(1, moving),
        (int(np.count_nonzero(comb)) - combed) / max(1, still),
    )
