"""Frozen pictures: the same picture, but for the coding, for a second or longer.

Each picture is held against the one that the stretch began with, so that a slow zoom into a still
photograph is no freeze. What is black is `black`'s. A still photograph, a title card, a slide and a
paused film look the same: the rulebook says what length is too much.
"""

from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from fengcai.media.checks import Film, PictureCheck
from fengcai.media.facts.measures import Answer, Measure
from fengcai.media.film.black import is_black
from fengcai.media.film.moments import Moments, Watched, evidence
from fengcai.media.film.quiet import may_stand_still
from fengcai.media.samples import Picture

MEAN = 0.45
"""Mean difference (0–255) on 320-px luma up to which two pictures are the same."""
BLOCK = 2.0
"""The same for the most different of 32 × 18 blocks."""
POP_MEAN, POP_BLOCK = 2.5, 6.0
"""What a keyframe may change in a still picture; the frames coded before it half of that."""
AT_ONCE = 0.6
FEW_POPS, POP_SHARE = 5, 0.1
LEAST_S = Fraction(1)
_GRID = (32, 18)


class Freeze(PictureCheck):
    """`longest_freeze`: seconds of the longest stretch; stretches under a second count as 0."""

    name = "freeze"

    def __init__(self, film: Film) -> None:
        super().__init__(film)
        self._moments = Moments(self.name)
        self._watched = Watched()
        self._anchor: NDArray[np.uint8] | None = None
        self._anchor_coarse: NDArray[np.uint8] = np.zeros(0, np.uint8)
        self._before: NDArray[np.uint8] | None = None
        self._frames = 0
        self._pop_count = 0
        self._from = Fraction(0)
        self._last = Fraction(0)
        self._jpeg: bytes | None = None
        self._dark = False
        self._step = 1 / film.fps if film.fps else Fraction(1, 25)

    def run(self, picture: Picture, *, first: bool) -> None:
        self._watched.see(picture.time_s, first=first)
        small = picture.small
        if first or self._anchor is None or self._anchor.shape != small.shape:
            self._close(self._last + self._step)
            self._begin(picture)
        elif _surely_apart(self._anchor_coarse, picture.coarse):
            self._close(picture.time_s)
            self._begin(picture)
        else:
            mean, block = difference(self._anchor, small)
            if mean <= MEAN and block <= BLOCK:
                self._keep(picture)
            elif self._pops(picture, small, mean, block):
                self._anchor, self._anchor_coarse = small, picture.coarse
                self._keep(picture)
            else:
                self._close(picture.time_s)
                self._begin(picture)
        self._last = picture.time_s
        self._before = small

    def _pops(self, picture: Picture, small: NDArray[np.uint8], mean: float, block: float) -> bool:
        """Whether only the coding changed: all over, at once (a zoom changes little by little), at a
        keyframe or before it, and seldom (the noise of a camera that runs changes every frame)."""
        self._pop_count += not picture.frame.key_frame
        most = POP_BLOCK if picture.frame.key_frame else POP_BLOCK / 2
        if mean > POP_MEAN or block > most or self._before is None:
            return False
        if self._pop_count > FEW_POPS + POP_SHARE * self._frames:
            return False
        return picture.frame.key_frame or difference(self._before, small)[0] > AT_ONCE * mean

    def _begin(self, picture: Picture) -> None:
        self._anchor, self._anchor_coarse = picture.small, picture.coarse
        self._from = picture.time_s
        self._jpeg = None
        self._dark = False
        self._frames = self._pop_count = 0

    def _keep(self, picture: Picture) -> None:
        self._frames += 1
        if self._jpeg is None and picture.time_s - self._from >= LEAST_S:
            self._dark = is_black(picture)
            self._jpeg = evidence(picture)

    def _close(self, at: Fraction) -> None:
        length = at - self._from
        if self._anchor is None or self._dark or self._jpeg is None or length < LEAST_S:
            return
        seconds = float(length)
        self._moments.add(self._from, at, weight=seconds, value=round(seconds, 2), jpeg=self._jpeg)

    def result(self) -> Measure | None:
        if self._watched.frames == 0:
            return None
        self._close(self._last + self._step)
        self._anchor = None
        longest = self._moments.longest_s
        answer: Answer = "found" if longest else "clear"
        why = ""
        if not self.film.thorough:
            if longest:
                answer, why = "doubtful", "快速检查看到静止画面，没有逐帧量出它的全长"
            elif may_stand_still(self.film, float(LEAST_S)):
                answer = "unmeasured"
                why = f"{self._watched.said()}，其中没有静止画面；其余时间没有看"
        spans, self.files = self._moments.told()
        sure = answer in ("found", "clear")
        return Measure(
            method="mean and block difference from the stretch's first picture, 320-px luma",
            answer=answer,
            about=("longest_freeze",),
            facts={"longest_freeze": str(longest)} if sure else {},
            values={
                "longest_s": round(float(longest), 2),
                "stretches": self._moments.count,
                "total_s": round(self._moments.total_s, 2),
                "watched_s": round(self._watched.seconds, 1),
            },
            limits={"mean_difference": MEAN, "block_difference": BLOCK, "least_s": float(LEAST_S)},
            spans=spans,
            why=why,
        )


def _surely_apart(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> bool:
    """Means of cells never differ by more than the pixels do, but for rounding."""
    return cv2.norm(a, b, cv2.NORM_L1) > (POP_MEAN + 1) * a.size


def difference(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> tuple[float, float]:
    """Mean difference (0–255) of two pictures, and that of their most different block."""
    apart = cv2.absdiff(a, b)
    blocks = cv2.resize(apart, _GRID, interpolation=cv2.INTER_AREA)
    return float(cv2.mean(apart)[0]), float(blocks.max())
