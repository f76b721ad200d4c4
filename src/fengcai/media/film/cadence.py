"""Frames that only repeat or blend others: a padded frame rate, and stutter.

A frame is a repetition when it differs from the one before by a small part of what its neighbours
differ by; where nothing moves, nothing can be told. A regular share of them means that the film was
made at a lower rate (animation drawn "on twos" and screen recordings look the same); single ones
followed by a jump are stutter. Frames that are means of others are `blending`'s.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from fengcai.media.checks import Film, PictureCheck
from fengcai.media.facts.measures import Answer, Measure
from fengcai.media.film.blending import Blending
from fengcai.media.film.moments import Moments, Watched
from fengcai.media.samples import Picture

MOVING = 0.5
"""Mean difference (0–255, 80 × 45 grid) that counts as motion."""
REPEATS = 0.2
"""A frame repeats another below this share of the usual difference around it."""
NEAR = 2
IDENTICAL = 0.02
PULSE = 0.62
MOST_FRAMES = 1000
FROZEN_SHARE = 0.3
MOST_LEVELS = 0.6
"""A frame that differs more repeats nothing, however large flashes around it are."""
PADDED_SHARE = 0.06
AGREEING = 0.6
LEAST_S = 2.0
BLEND_SHARE = 0.15
MOVING_SHARE = 0.2
"""Of what was watched; where less moves, an encoder's thrift looks like repetition."""
STUTTER_JUMP = 1.25
STUTTERS = 2
PATTERN = 0.75
_USUAL = tuple(
    Fraction(rate)
    for rate in ("5", "6", "8", "10", "12", "25/2", "15", "16", "18", "20", "24", "25", "30", "48",
                 "50", "60")
)  # fmt: skip


class _Differences(PictureCheck):
    """Gathers the differences of a short time and hands them on."""

    SEQUENCE_S: ClassVar[float] = 1.0

    def __init__(self, film: Film) -> None:
        super().__init__(film)
        self._watched = Watched()
        self._before: NDArray[Any] | None = None
        self._apart: list[float] = []
        self._times: list[Fraction] = []

    def run(self, picture: Picture, *, first: bool) -> None:
        self._watched.see(picture.time_s, first=first)
        grid = picture.coarse
        if first or self._before is None:
            self._apart.clear()
            self._times.clear()
            self._fresh()
        else:
            self._apart.append(cv2.norm(self._before, grid, cv2.NORM_L1) / grid.size)
            self._times.append(picture.time_s)
            self._next(picture.small)
            # Times that stand still or go back must not gather frames for ever.
            full = len(self._times) >= MOST_FRAMES
            if full or self._times[-1] - self._times[0] >= self.SEQUENCE_S:
                self._second(np.array(self._apart), self._times)
                self._apart.clear()
                self._times.clear()
        self._before = grid

    def _fresh(self) -> None:
        """A new stretch begins."""

    def _next(self, small: NDArray[Any]) -> None:
        """Every frame but a stretch's first."""

    def _second(self, apart: NDArray[Any], times: list[Fraction]) -> None:
        """A second's differences, each between a frame and the one before, at the frame's time."""


class Cadence(_Differences):
    """`true_fps`: the rate at which new pictures come."""

    name = "cadence"

    def __init__(self, film: Film) -> None:
        super().__init__(film)
        self._shares: list[float] = []
        self._blending = Blending(film.fps)
        self._pulses: list[float] = []
        self._moments = Moments(self.name)

    def _fresh(self) -> None:
        self._blending.forget()

    def _next(self, small: NDArray[Any]) -> None:
        self._blending.feed(small)

    def _second(self, apart: NDArray[Any], times: list[Fraction]) -> None:
        repeated = repetitions(apart)
        if repeated is None or len(self._shares) >= 100_000:
            return
        self._pulses.append(pulse(apart))
        self._shares.append(float(repeated.mean()))
        if self._shares[-1] > PADDED_SHARE:
            share = self._shares[-1]
            self._moments.add(times[0], times[-1], weight=share, value=round(share, 3))

    def result(self) -> Measure | None:
        if self._watched.frames == 0 or self.film.fps is None:
            return None
        rate = self.film.fps
        answer, why, true = self._answer(rate)
        spans, self.files = self._moments.told(shown=answer != "clear")
        share = float(np.median(self._shares)) if self._shares else None
        rhythms = self._blending.rhythms
        means = float(np.median([each.exact for each in rhythms])) if rhythms else None
        pulse = max(rhythms, key=lambda each: each.told * each.depth) if rhythms else None
        return Measure(
            method="repeated frames relative to the motion around them, 80 × 45 luma grid; "
            "rhythm of the detail of what moves, for blended frames",
            answer=answer,
            about=("true_fps",),
            facts={"true_fps": str(true)} if true is not None else {},
            values={
                "fps": round(float(rate), 3),
                "effective_fps": _effective(rate, share, true),
                "repeated_share": None if share is None else round(share, 3),
                "blended_share": None if means is None else round(means, 3),
                "detail_pulse_hz": None if pulse is None or not pulse.told else pulse.hertz,
                "detail_pulse_depth": None if pulse is None else round(pulse.depth, 3),
                "moving_s": len(self._shares),
            },
            limits={"repeated_share": PADDED_SHARE},
            spans=spans,
            why=why,
        )

    def _answer(self, rate: Fraction) -> tuple[Answer, str, Fraction | None]:
        if len(self._shares) < LEAST_S:
            return "unmeasured", "画面几乎不动，看不出实际帧率", None
        share = float(np.median(self._shares))
        alike = float(np.mean(np.abs(np.array(self._shares) - share) < 0.08))
        if share > PADDED_SHARE:
            true = usual_rate(rate, share)
            if len(self._shares) < MOVING_SHARE * self._watched.seconds:
                return "doubtful", "画面大多不动，动的几秒里有重复", None
            if alike >= AGREEING and true is not None:
                return "found", "", true
            return "doubtful", "重复画面时多时少，可能是抽帧、动画或录屏", None
        found, source = self._blending.verdict(self._watched.seconds)
        if found == "found" and source is not None:
            return "found", "", source
        exact = [each.exact for each in self._blending.rhythms]
        if found == "doubtful" or (exact and float(np.median(exact)) >= BLEND_SHARE):
            return "doubtful", "许多画面像由前后两帧混合而成，可能由较低帧率转换", None
        padded = np.count_nonzero(np.array(self._shares) > PADDED_SHARE)
        faint = float(np.median(self._pulses)) < PULSE
        if faint or padded > max(2.0, (1 - AGREEING) * len(self._shares)):
            return "doubtful", "部分段落的画面有规律地重复", None
        return "clear", "", rate


def _effective(rate: Fraction, share: float | None, true: Fraction | None) -> float | None:
    if true is not None and true != rate and (share or 0) <= PADDED_SHARE:  # blended
        return round(float(true), 2)
    return None if share is None else round(float(rate) * (1 - share), 2)


class Stutter(_Differences):
    """`stuttering`: single repetitions followed by a jump."""

    name = "stutter"
    SEQUENCE_S = 2.0

    def __init__(self, film: Film) -> None:
        super().__init__(film)
        self._moments = Moments(self.name)
        self._moving = 0
        self._frames = 0

    def _second(self, apart: NDArray[Any], times: list[Fraction]) -> None:
        repeated = repetitions(apart)
        if repeated is None:
            return
        self._moving += 1
        # The last of each run of repetitions; what comes after it is the way that was missed.
        ends = np.flatnonzero(repeated[:-1] & ~repeated[1:])
        jumps = np.array([end for end in ends if _jumps(apart, repeated, int(end))], dtype=int)
        if len(jumps) < STUTTERS or len(jumps) < PATTERN * len(ends):
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
            method="irregular repeated frames followed by a jump, 80 × 45 luma grid",
            answer=answer,
            about=("stuttering",),
            facts={"stuttering": answer == "found"} if answer != "unmeasured" else {},
            values={"stuck_frames": self._frames, "stretches": self._moments.count},
            limits={"stuck_frames_in_2_s": STUTTERS},
            spans=spans,
            why=why,
        )


def _jumps(apart: NDArray[Any], repeated: NDArray[Any], end: int) -> bool:
    """Whether the step after a repetition is longer than the steps near it: there time was lost,
    which a padded rate does not lose."""
    near = slice(max(0, end - 5), end + 7)
    others = apart[near][~repeated[near]]
    usual = float(np.median(others)) if len(others) > 2 else math.inf
    return bool(apart[end + 1] > STUTTER_JUMP * usual)


def repetitions(apart: NDArray[Any]) -> NDArray[Any] | None:
    """Which frames of a short time repeat the one before; None where too little moves.

    A cut is one very large difference and must not set the scale: the median of what moves does.
    """
    new = apart[apart > REPEATS * float(np.percentile(apart, 80))]
    usual = float(np.median(new)) if len(new) else 0.0
    if usual < MOVING:
        return None
    # Near it something must move: where a camera turns back, every frame around is slow.
    reach = np.pad(apart, NEAR, mode="edge")
    near = np.lib.stride_tricks.sliding_window_view(reach, 2 * NEAR + 1).max(axis=1)
    if _longest(apart < IDENTICAL * usual) > max(6.0, FROZEN_SHARE * len(apart)):
        return None  # frozen, which `freeze` tells
    local = (apart < REPEATS * near) | (apart < IDENTICAL * usual)
    repeated: NDArray[np.bool_] = (apart < min(REPEATS * usual, MOST_LEVELS)) & local
    return repeated


def pulse(apart: NDArray[Any]) -> float:
    """How small the smallest differences are beside the others, when every second, third … one is
    looked at alone: 1 where they come evenly, near 0 for clean repetitions."""
    least = 1.0
    for period in (2, 3, 5):
        if len(apart) < 4 * period:
            continue
        phases = sorted(float(np.median(apart[k::period])) for k in range(period))
        least = min(least, phases[0] / max(1e-6, phases[period // 2]))
    return least


def _longest(truths: NDArray[np.bool_]) -> int:
    """The length of the longest run of truths."""
    ends = np.flatnonzero(np.diff(np.concatenate(([False], truths, [False])).astype(np.int8)))
    return int((ends[1::2] - ends[::2]).max()) if len(ends) else 0


def usual_rate(rate: Fraction, share: float) -> Fraction | None:
    """The usual rate nearest to what is left without repetitions, if within 4 %; else None."""
    left = float(rate) * (1 - share)
    # 30000/1001 made of 24000/1001: the odd thousandth stays.
    odd = Fraction(1000, 1001) if rate.denominator == 1001 else Fraction(1)
    nearest = min(_USUAL, key=lambda each: abs(float(each) - left))
    return nearest * odd if abs(float(nearest) - left) <= 0.04 * left else None
