"""Frames that only repeat or blend others: a padded frame rate, and stutter.

A frame is a repetition when it differs from the one before by a small part of what its neighbours
differ by; where nothing moves, nothing can be told. A regular share of them means that the film was
made at a lower rate (animation drawn "on twos" and screen recordings look the same); single ones
followed by a jump are stutter. A frame that is the mean of its neighbours beyond what motion allows
is blended, which is told only where the motion is large.
"""

from __future__ import annotations

from collections import deque
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from fengcai.media.checks import Film, PictureCheck
from fengcai.media.facts.measures import Answer, Measure
from fengcai.media.film.moments import Moments, Watched
from fengcai.media.samples import Picture

MOVING = 0.9
"""Mean difference (0–255, 320-px luma) that counts as motion."""
REPEATS = 0.16
"""A frame repeats another below this share of the usual difference around it."""
PADDED_SHARE = 0.06
AGREEING = 0.6
LEAST_S = 2.0
BLEND_REST = 0.06
BLEND_SHARE = 0.15
BLEND_MOVING = 2.5
STUTTER_JUMP = 1.45
STUTTERS = 2
PATTERN = 0.75
_SEQUENCE = 1.0
_USUAL = tuple(
    Fraction(rate)
    for rate in ("5", "6", "8", "10", "12", "25/2", "15", "16", "18", "20", "24", "25", "30", "48",
                 "50", "60")
)  # fmt: skip


class _Differences(PictureCheck):
    """Gathers the differences of a second and hands them on."""

    def __init__(self, film: Film) -> None:
        super().__init__(film)
        self._watched = Watched()
        self._before: NDArray[np.uint8] | None = None
        self._apart: list[float] = []
        self._times: list[Fraction] = []

    def run(self, picture: Picture, *, first: bool) -> None:
        self._watched.see(picture.time_s, first=first)
        small = picture.small
        if first or self._before is None or self._before.shape != small.shape:
            self._apart.clear()
            self._times.clear()
            self._fresh()
        else:
            self._apart.append(cv2.norm(self._before, small, cv2.NORM_L1) / small.size)
            self._times.append(picture.time_s)
            self._next(small)
            if self._times[-1] - self._times[0] >= _SEQUENCE:
                self._second(np.array(self._apart), self._times)
                self._apart.clear()
                self._times.clear()
        self._before = small

    def _fresh(self) -> None:
        """A new stretch begins."""

    def _next(self, small: NDArray[np.uint8]) -> None:
        """Every frame but a stretch's first."""

    def _second(self, apart: NDArray[np.float64], times: list[Fraction]) -> None:
        """A second's differences, each between a frame and the one before, at the frame's time."""


class Cadence(_Differences):
    """`true_fps`: the rate at which new pictures come."""

    name = "cadence"

    def __init__(self, film: Film) -> None:
        super().__init__(film)
        self._shares: list[float] = []
        self._recent: deque[NDArray[np.float32]] = deque(maxlen=3)
        self._blends: list[bool] = []
        self._blend_shares: list[float] = []
        self._moments = Moments(self.name)

    def _fresh(self) -> None:
        self._recent.clear()
        self._blends.clear()

    def _next(self, small: NDArray[np.uint8]) -> None:
        self._recent.append(small.astype(np.float32))
        if len(self._recent) == 3 and self._apart[-1] > BLEND_MOVING:
            self._blends.append(blended(*self._recent))

    def _second(self, apart: NDArray[np.float64], times: list[Fraction]) -> None:
        moving = float(np.percentile(apart, 80))
        repeated = repetitions(apart)
        if repeated is None or len(self._shares) >= 100_000:
            return
        self._shares.append(float(repeated.mean()))
        if len(self._blends) > len(apart) // 2 and moving > BLEND_MOVING:
            self._blend_shares.append(float(np.mean(self._blends)))
        self._blends.clear()
        if self._shares[-1] > PADDED_SHARE:
            share = self._shares[-1]
            self._moments.add(times[0], times[-1], weight=share, value=round(share, 3))

    def result(self) -> Measure | None:
        if self._watched.frames == 0 or self.film.fps is None:
            return None
        rate = self.film.fps
        answer, why, true = self._answer(rate)
        spans, self.files = self._moments.told()
        share = float(np.median(self._shares)) if self._shares else None
        blend = float(np.median(self._blend_shares)) if self._blend_shares else None
        return Measure(
            method="repeated frames relative to the motion around them, 320-px luma",
            answer=answer,
            about=("true_fps",),
            facts={"true_fps": str(true)} if true is not None else {},
            values={
                "fps": round(float(rate), 3),
                "effective_fps": None if share is None else round(float(rate) * (1 - share), 2),
                "repeated_share": None if share is None else round(share, 3),
                "blended_share": None if blend is None else round(blend, 3),
                "moving_s": len(self._shares),
            },
            limits={"repeated_share": PADDED_SHARE},
            spans=spans if answer != "clear" else (),
            why=why,
        )

    def _answer(self, rate: Fraction) -> tuple[Answer, str, Fraction | None]:
        if len(self._shares) < LEAST_S:
            return "unmeasured", "画面几乎不动，看不出实际帧率", None
        share = float(np.median(self._shares))
        alike = float(np.mean(np.abs(np.array(self._shares) - share) < 0.08))
        if share > PADDED_SHARE:
            true = usual_rate(rate, share)
            if alike >= AGREEING:
                return "found", "", true
            return "doubtful", "重复画面时多时少，可能是抽帧、动画或录屏", None
        if self._blend_shares and float(np.median(self._blend_shares)) >= BLEND_SHARE:
            return "doubtful", "许多画面像由前后两帧混合而成，可能由较低帧率转换", None
        if float(np.mean(np.array(self._shares) > PADDED_SHARE)) > 1 - AGREEING:
            return "doubtful", "部分段落的画面有规律地重复", None
        return "clear", "", rate


class Stutter(_Differences):
    """Single repetitions followed by a jump. It has no name in rulebooks: a person's hint."""

    name = "stutter"

    def __init__(self, film: Film) -> None:
        super().__init__(film)
        self._moments = Moments(self.name)
        self._moving = 0
        self._frames = 0

    def _second(self, apart: NDArray[np.float64], times: list[Fraction]) -> None:
        repeated = repetitions(apart)
        if repeated is None:
            return
        self._moving += 1
        places = np.flatnonzero(repeated)
        places = places[(places > 0) & (places < len(apart) - 1)]
        usual = float(np.median(apart[~repeated]))
        after = places[~repeated[np.minimum(places + 1, len(apart) - 1)]]
        jumps = after[apart[after + 1] > STUTTER_JUMP * usual]
        if len(jumps) < STUTTERS or len(jumps) < PATTERN * len(places):
            return
        gaps = np.diff(jumps)
        if len(gaps) >= 2 and gaps.max() - gaps.min() <= 1:
            return  # a pattern: that is a padded rate
        self._frames += len(jumps)
        self._moments.add(times[0], times[-1], weight=float(len(jumps)), value=float(len(jumps)))

    def result(self) -> Measure | None:
        if self._watched.frames == 0:
            return None
        answer: Answer = "found" if self._moments.count else "clear"
        why = ""
        if self._moving == 0:
            answer, why = "unmeasured", "画面几乎不动，看不出是否卡顿"
        elif answer == "clear" and not self.film.thorough:
            answer, why = "unmeasured", f"{self._watched.said()}，其中没有卡顿；其余时间没有看"
        spans, self.files = self._moments.told()
        return Measure(
            method="irregular repeated frames followed by a jump, 320-px luma",
            answer=answer,
            values={"stuck_frames": self._frames, "stuttering_s": self._moments.count},
            limits={"stuck_frames_in_1_s": STUTTERS},
            spans=spans,
            why=why,
        )


def repetitions(apart: NDArray[np.float64]) -> NDArray[np.bool_] | None:
    """Which frames of about a second repeat the one before; None where too little moves.

    A cut is one very large difference and must not set the scale: the median of what moves does.
    """
    new = apart[apart > REPEATS * float(np.percentile(apart, 80))]
    usual = float(np.median(new)) if len(new) else 0.0
    if usual < MOVING:
        return None
    return apart < REPEATS * usual


def blended(
    before: NDArray[np.float32], middle: NDArray[np.float32], after: NDArray[np.float32]
) -> bool:
    """Whether the middle picture is a weighted mean of the others, which real motion is not."""
    toward = (before - after).ravel()
    own = (middle - after).ravel()
    energy, length = float(toward @ toward), float(own @ own)
    if energy <= 0 or length <= 0:
        return False
    weight = float(own @ toward) / energy
    rest = 1 - weight * weight * energy / length
    return 0.15 < weight < 0.85 and rest < BLEND_REST


def usual_rate(rate: Fraction, share: float) -> Fraction:
    """The usual rate nearest to what is left without repetitions, if within 4 %."""
    left = float(rate) * (1 - share)
    # 30000/1001 made of 24000/1001: the odd thousandth stays.
    odd = Fraction(1000, 1001) if rate.denominator == 1001 else Fraction(1)
    nearest = min(_USUAL, key=lambda each: abs(float(each) - left))
    if abs(float(nearest) - left) <= 0.04 * left:
        return nearest * odd
    return Fraction(round(left * 10), 10)
