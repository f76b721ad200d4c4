"""Black pictures: nearly every pixel at the level of black (as FFmpeg's blackdetect has it)."""

from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np

from fengcai.media.checks import Film, PictureCheck
from fengcai.media.facts.measures import Measure
from fengcai.media.film.moments import Moments, Watched
from fengcai.media.film.quiet import may_stand_still
from fengcai.media.samples import Picture

LEVEL = 0.10
"""Share of the range from black to white up to which a pixel counts as black."""
SHARE = 0.98
LEAST_S = Fraction(1, 2)


class Black(PictureCheck):
    """`longest_black`: seconds of the longest stretch; stretches under half a second count as 0."""

    name = "black"

    def __init__(self, film: Film) -> None:
        super().__init__(film)
        self._moments = Moments(self.name)
        self._watched = Watched()
        self._from: Fraction | None = None
        self._last = Fraction(0)
        self._step = 1 / film.fps if film.fps else Fraction(1, 25)
        self._cut_off = False
        self._samples = 0
        self._black_samples: list[Fraction] = []

    def sample(self, picture: Picture) -> None:
        self._samples += 1
        if not self.film.thorough and is_black(picture) and len(self._black_samples) < 1000:
            self._black_samples.append(picture.time_s)

    def run(self, picture: Picture, *, first: bool) -> None:
        self._watched.see(picture.time_s, first=first)
        if first:
            self._cut_off |= self._from is not None and picture.time_s > self._last + self._step
            self._close(self._last + self._step)
        black = is_black(picture)
        if black and self._from is None:
            self._from = picture.time_s
        elif not black:
            self._close(picture.time_s)
        self._last = picture.time_s

    def _close(self, at: Fraction) -> None:
        if self._from is not None and at - self._from >= LEAST_S:
            length = float(at - self._from)
            self._moments.add(self._from, at, weight=length, value=round(length, 2))
        self._from = None

    def result(self) -> Measure | None:
        if self._watched.frames + self._samples == 0:
            return None
        still_black = self._from is not None
        self._close(self._last + self._step)
        longest = self._moments.longest_s
        answer, why = "clear", ""
        if self.film.thorough:
            answer = "found" if longest else "clear"
        elif longest or self._black_samples:
            answer, why = "doubtful", "快速检查看到黑屏，没有逐帧量出它的全长"
            for at in self._black_samples:
                if not self._moments.holds(at):
                    self._moments.add(at, at, weight=0.1)
        elif may_stand_still(self.film, float(LEAST_S), with_keys=True):
            answer, why = "unmeasured", f"{self._watched.said()}，其中没有黑屏；其余时间没有看"
        spans, self.files = self._moments.told()
        sure = answer in ("found", "clear")
        return Measure(
            method="share of pixels at black on 320-px luma (as FFmpeg blackdetect)",
            answer=answer,
            about=("longest_black",),
            facts={"longest_black": str(longest)} if sure else {},
            values={
                "longest_s": round(float(longest), 2),
                "stretches": self._moments.count,
                "total_s": round(self._moments.total_s, 2),
                "to_the_end": still_black,
                "watched_s": round(self._watched.seconds, 1),
            },
            limits={"pixel_share": SHARE, "level_share": LEVEL, "least_s": float(LEAST_S)},
            spans=spans,
            why=why,
        )


def is_black(picture: Picture) -> bool:
    """Whether nearly the whole picture is black."""
    low, high = (0, 255) if picture.full_range else (16, 235)
    brightest = SHARE * (low + LEVEL * (high - low)) + (1 - SHARE) * 255
    if cv2.mean(picture.coarse)[0] > brightest + 1:
        return False  # no black picture is as bright on average
    small = picture.small
    return int(np.count_nonzero(small <= low + LEVEL * (high - low))) >= SHARE * small.size
