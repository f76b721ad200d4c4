"""Shots: hard cuts, and the rhythm that they give.

A cut is one step between frames much larger than those around it, after which the picture stays
another one: a flash comes back and is none. Dissolves and fades are not counted.
"""

from __future__ import annotations

from collections import deque
from fractions import Fraction
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fengcai.media.checks import Film, PictureCheck
from fengcai.media.facts.measures import Answer, Measure
from fengcai.media.film.moments import Watched
from fengcai.media.samples import Picture

STEP = 9.0
"""Least difference (0–255) on the grid between the frames of a cut."""
RATIO = 2.8
AROUND = 4
STAYS = 0.5
"""After a cut the picture stays different by this share of the step."""
LEAST_SHOT_S = Fraction(1, 5)
MOST_CUTS = 2000
_GRID = (48, 27)


class Shots(PictureCheck):
    """`shots`: their number; cut times in `values["cuts_s"]` (seconds, separated by spaces)."""

    name = "shots"

    def __init__(self, film: Film) -> None:
        super().__init__(film)
        self._watched = Watched()
        self._grids: deque[tuple[Fraction, NDArray[Any]]] = deque(maxlen=2 * AROUND + 2)
        self._cuts: list[Fraction] = []
        self._cut_count = 0
        self._end = Fraction(0)

    def run(self, picture: Picture, *, first: bool) -> None:
        self._watched.see(picture.time_s, first=first)
        if first:
            self._flush()
        grid = cv2.resize(picture.coarse, _GRID, interpolation=cv2.INTER_AREA)
        self._grids.append((picture.time_s, grid))
        self._end = picture.time_s
        if len(self._grids) == self._grids.maxlen:
            self._look(AROUND + 1)

    def _flush(self) -> None:
        """The last frames of a stretch have fewer neighbours after them."""
        grids = self._grids
        if len(grids) == grids.maxlen:
            for place in range(AROUND + 2, len(grids) - 1):
                self._look(place)
        elif len(grids) > 3:
            for place in range(1, len(grids) - 1):
                self._look(place)
        grids.clear()

    def _look(self, place: int) -> None:
        """Whether a cut stands before the frame at `place`."""
        grids = self._grids
        step = _apart(grids[place - 1][1], grids[place][1])
        if step < STEP:
            return
        around = [
            _apart(grids[i - 1][1], grids[i][1])
            for i in range(max(1, place - AROUND), min(len(grids), place + AROUND + 1))
            if i != place
        ]
        # One of the neighbours may be a cut or a flash of its own.
        around.sort()
        if step < RATIO * max(1.0, float(np.mean(around[: max(1, len(around) - 1)]))):
            return
        at = grids[place][0]
        later = min(len(grids) - 1, place + 2)
        if _apart(grids[place - 1][1], grids[later][1]) < STAYS * step:
            return
        # The way back from a flash: the picture before it was this one already.
        earlier = max(0, place - 3)
        if place >= 3 and _apart(grids[earlier][1], grids[place][1]) < STAYS * step:
            return
        if self._cuts and at - self._cuts[-1] < LEAST_SHOT_S:
            return
        self._cut_count += 1
        if len(self._cuts) < MOST_CUTS:
            self._cuts.append(at)

    def result(self) -> Measure | None:
        if self._watched.frames == 0:
            return None
        self._flush()
        answer: Answer = "clear" if self.film.thorough else "unmeasured"
        why = "" if self.film.thorough else f"{self._watched.said()}，镜头没有数全"
        lengths = np.diff([0.0, *(float(cut) for cut in self._cuts), float(self._end)])
        thorough = self.film.thorough
        median, longest = round(float(np.median(lengths)), 2), round(float(lengths.max()), 2)
        rhythm: dict[str, bool | int | str] = {
            "shots": self._cut_count + 1,
            "median_shot": str(Fraction(str(median))),
            "longest_shot": str(Fraction(str(longest))),
        }
        return Measure(
            method="hard cuts: steps of a 48 × 27 luma grid against those around them",
            answer=answer,
            about=("shots", "median_shot", "longest_shot"),
            facts=rhythm if thorough else {},
            values={
                "cuts": self._cut_count,
                "cuts_s": " ".join(f"{float(cut):.2f}" for cut in self._cuts),
                "median_shot_s": median if thorough else None,
                "longest_shot_s": longest if thorough else None,
                "watched_s": round(self._watched.seconds, 1),
            },
            limits={"step_levels": STEP, "step_ratio": RATIO},
            why=why,
        )


def _apart(a: NDArray[Any], b: NDArray[Any]) -> float:
    return float(cv2.norm(a, b, cv2.NORM_L1)) / a.size
