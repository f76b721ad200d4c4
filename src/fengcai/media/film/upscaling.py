"""Enlargement: whether a film's pictures were computed from smaller ones, and of what height.

A scaler builds each point from its neighbours by weights that repeat: every third point for 720 → 1080
lines, every sixth for 900 → 1080. The third difference of the brightness repeats with them (after
Gallagher 2005 and Mahdian & Saic 2008, who use the second), at frequencies that no block encoder shares.
Twice the size repeats every second point, which the encoder's blocks of eight also do: there the eight
places inside a block are compared where edges are strong. Softness is no sign of either. A film made
smaller by 4 : 3 repeats as one enlarged by 1.5 does, but less deeply: between the two it is doubtful.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from fengcai.media.checks import Film, PictureCheck
from fengcai.media.facts.measures import Answer, Measure, Span
from fengcai.media.film.evidence import cropped
from fengcai.media.samples import Picture

MOST_PICTURES = 40
LEAST_PICTURES = 3
SMALLEST = 400
"""Points a side: less is too short to tell a period from chance."""
CLIP = 80
"""Levels; one hard edge must not outvote the rest."""
EDGE = 16
STEEPEST = 1.1
"""Peak ÷ its surroundings, along the weaker of both directions. Native film stays below 0.9."""
UNSURE = 0.92
DEEP = {"×1.5": 0.035, "×1.2": 0.0125}
"""The peak × the amplitude of its wave (log of the third difference, mean of both directions). Film enlarged
from 720 lines has 0.055 and more, from 900 lines 0.014; film made smaller from 1440 to 1080 lines, which
repeats every three points as well, stays below 0.0105, or below 0.03 by a scaler that does not average."""
TWICE, TWICE_UNSURE = 0.068, 0.05
"""How far places inside a block of eight differ (log of the third difference) in a doubled picture.
Native film through encoders with and without a filter for block edges stays below 0.055."""
BOUNDARIES = 0.35
"""Weight of the two places at the edges of blocks of four; the encoder lifts them by itself."""

SCALES: tuple[tuple[str, Fraction, Fraction], ...] = (
    ("×1.2", Fraction(5, 6), Fraction(1, 6)),
    ("×1.5", Fraction(2, 3), Fraction(1, 3)),
    ("×2.25", Fraction(4, 9), Fraction(4, 9)),
    ("×1.875", Fraction(8, 15), Fraction(7, 15)),
)
"""Name, original ÷ present size, and the period's frequency in cycles a point."""

SMALLER = "像放大过，但更大的画面缩小成这样也会留下浅浅的痕迹，请人工查看"

Profile = NDArray[np.float64]


@dataclass(frozen=True)
class _Trace:
    """One picture: third differences by column and by row, clipped ones and those at edges."""

    time_s: Fraction
    fine: tuple[Profile, Profile]
    edges: tuple[Profile, Profile]


class Upscaling(PictureCheck):
    """Fact `upscaled`; value `original_short_side_px` (the lines of a landscape film) where it is."""

    name = "upscaling"

    def __init__(self, film: Film) -> None:
        super().__init__(film)
        self._traces: list[_Trace] = []
        self._levelled: dict[int, NDArray[np.float64]] = {}
        self._apart = (film.duration_s or Fraction(0)) / MOST_PICTURES
        self._next = Fraction(0)
        self._shape: tuple[int, int] | None = None
        self._best: tuple[float, NDArray[np.uint8]] | None = None

    def sample(self, picture: Picture) -> None:
        plane = picture.plane
        if self._shape is None:
            self._shape = plane.shape
        if plane.shape != self._shape or min(plane.shape) < SMALLEST:
            return
        if picture.time_s < self._next:
            return
        trace = _trace(plane, picture.time_s)
        if trace is None:
            return
        self._next = picture.time_s + self._apart
        self._traces.append(trace)
        if len(self._traces) > 2 * MOST_PICTURES:
            del self._traces[1::2]
            self._apart = max(2 * self._apart, Fraction(1))
        lively = float(trace.fine[0].mean())
        if self._best is None or lively > 1.5 * self._best[0]:
            high, wide = plane.shape
            middle = plane[high // 2 - 135 : high // 2 + 135, wide // 2 - 200 : wide // 2 + 200]
            turned = np.rot90(middle, picture.quarter_turns)
            self._best = lively, np.repeat(turned[:, :, None], 3, axis=2)

    def result(self) -> Measure | None:
        if self._shape is None:
            return None
        if min(self._shape) < SMALLEST:
            return self._measure("unmeasured", None, {}, "画面太小，量不出是否放大过")
        if len(self._traces) < LEAST_PICTURES:
            return self._measure("unmeasured", None, {}, "有细节的画面太少，量不出是否放大过")
        peaks = {name: self._peak(frequency) for name, _, frequency in SCALES}
        told = {name: min(both) for name, both in peaks.items()}
        # ×1.2 repeats every three points too, though more weakly: the highest peak decides.
        highest, share, frequency = max(SCALES, key=lambda scale: told[scale[0]])
        if told[highest] >= STEEPEST:
            if highest in DEEP:
                told["depth"] = told[highest] * self._depth(frequency)
                if told["depth"] < DEEP[highest]:
                    return self._measure("doubtful", None, told, SMALLER)
            return self._measure("found", share, told, "")
        told["×2"] = _evenness(self._traces)
        if told["×2"] >= TWICE:
            return self._measure("found", Fraction(1, 2), told, "")
        if told[highest] >= UNSURE or told["×2"] >= TWICE_UNSURE:
            return self._measure("doubtful", None, told, "有放大过的痕迹，但不够清楚，请人工查看")
        if max(max(both) for both in peaks.values()) >= 3 * STEEPEST:
            why = "只在一个方向上有放大的痕迹，可能是拉伸或去隔行处理"
            return self._measure("doubtful", None, told, why)
        return self._measure("clear", None, told, "")

    def _peak(self, frequency: Fraction) -> tuple[float, float]:
        """Along the width and along the height: the common wave of all pictures ÷ what is near it."""
        return self._steepness(0, frequency), self._steepness(1, frequency)

    def _depth(self, frequency: Fraction) -> float:
        """Amplitude of the wave that all pictures share, mean of both directions."""
        waves = [self._waves(axis, [float(frequency)]).mean() for axis in (0, 1)]
        return float(np.abs(waves).mean())

    def _steepness(self, axis: int, frequency: Fraction) -> float:
        length = len(self._traces[0].fine[axis])
        beside = [turn * step / length for step in (5, 9, 14, 20, 27, 35) for turn in (1, -1)]
        waves = self._waves(axis, [float(frequency) + each for each in (0.0, *beside)])
        usual = np.sqrt((np.abs(waves[:, 1:]) ** 2).mean(axis=1))
        return float(np.abs(np.mean(waves[:, 0] / np.maximum(usual, 1e-9))))

    def _waves(self, axis: int, frequencies: Sequence[float]) -> NDArray[np.complex128]:
        """Amplitude and phase of each picture (rows) at each frequency in cycles a point (columns)."""
        if axis not in self._levelled:
            self._levelled[axis] = np.array([_levelled(trace.fine[axis]) for trace in self._traces])
        profiles = self._levelled[axis]
        at = np.arange(profiles.shape[1]) + 16
        turned = np.exp(-2j * np.pi * np.outer(at, frequencies))
        waves: NDArray[np.complex128] = profiles @ turned / profiles.shape[1]
        return waves

    def _measure(
        self, answer: Answer, share: Fraction | None, told: dict[str, float], why: str
    ) -> Measure:
        spans: tuple[Span, ...] = ()
        if answer in ("found", "doubtful") and self._best is not None:
            self.files["upscaling-1.jpg"] = cropped(self._best[1], (0, 0, 1, 1), 0)
            spans = (
                Span(
                    from_s=self._traces[0].time_s,
                    to_s=self._traces[-1].time_s,
                    picture="upscaling-1.jpg",
                ),
            )
        short = min(self.film.width_px, self.film.height_px)
        facts: dict[str, bool | int | str] = {}
        if answer in ("found", "clear"):
            facts["upscaled"] = answer == "found"
        return Measure(
            method="periodicity of clipped third differences (after Gallagher 2005, Mahdian & Saic "
            "2008); places inside a block of eight for twice the size",
            answer=answer,
            about=("upscaled",),
            facts=facts,
            values={
                "original_short_side_px": None if share is None else round(short * share),
                "pictures": len(self._traces),
                **{name: round(value, 4) for name, value in told.items()},
            },
            limits={
                "peak": STEEPEST,
                **{f"depth of {name}": deep for name, deep in DEEP.items()},
                "×2": TWICE,
            },
            spans=spans,
            why=why,
        )


def doubled(plane: NDArray[np.uint8]) -> float | None:
    """For one still picture: how far it looks like one of twice the size (see `TWICE`)."""
    trace = _trace(plane, Fraction(0))
    return None if trace is None else _evenness([trace])


def _evenness(traces: Sequence[_Trace]) -> float:
    """Even places inside a block of eight against odd ones: the mean of both directions.

    Doubling lifts every other place. A block's edge lifts its own two places and, less, the odd ones
    beside them, so they count by `BOUNDARIES` only.
    """
    found = 0.0
    for axis in (0, 1):
        place = np.mean([_by_place(trace.edges[axis]) for trace in traces], axis=0)
        even = (1 - BOUNDARIES) * place[[0, 4]].mean() + BOUNDARIES * place[[2, 6]].mean()
        found += float(even - place[1::2].mean()) / 2
    return found


def _trace(plane: NDArray[np.uint8], time_s: Fraction) -> _Trace | None:
    """None for a picture without detail: nothing repeats in what is flat."""
    rows = plane[4 :: max(1, plane.shape[0] // 300)].astype(np.int16)
    columns = plane[:, 8 :: max(1, plane.shape[1] // 300)].T.astype(np.int16)
    across, down = _profiles(rows), _profiles(np.ascontiguousarray(columns))
    if across[0].mean() + down[0].mean() < 0.5:
        return None
    return _Trace(time_s, (across[0], down[0]), (across[1], down[1]))


def _profiles(lines: NDArray[np.int16]) -> tuple[Profile, Profile]:
    """`lines`: shape (few, many). Mean third difference at each place, and of those on a slope.

    Position i stands for the points i … i + 3.
    """
    third = cv2.subtract(lines[:, 3:], lines[:, :-3])
    third -= 3 * (lines[:, 2:-1] - lines[:, 1:-2])
    size = np.minimum(np.abs(third), CLIP)
    fine = cv2.reduce(size, 0, cv2.REDUCE_SUM, dtype=cv2.CV_64F)[0] / len(lines)
    slope = np.zeros(size.shape, np.uint8)
    slope[:, 1:-1] = np.abs(lines[:, 5:] - lines[:, :-5]) > EDGE
    count = cv2.reduce(slope, 0, cv2.REDUCE_SUM, dtype=cv2.CV_64F)[0]
    total = cv2.reduce(size * slope, 0, cv2.REDUCE_SUM, dtype=cv2.CV_64F)[0]
    edges = total / np.maximum(count, 1)
    enough = count >= 3
    edges[~enough] = np.median(edges[enough]) if enough.any() else 0.0
    return fine, edges


def _levelled(profile: Profile) -> Profile:
    """The log of a profile without its slow course, within ±1, edges left out."""
    value = np.log(profile + 0.3)
    value = value - cv2.blur(value[None], (25, 1))[0]
    value = value[16:-16]
    middle = len(value) // 2  # ten times as fast as the median, and as good
    level: Profile = np.clip(value - np.partition(value, middle)[middle], -1, 1)
    return level


def _by_place(profile: Profile) -> NDArray[np.float64]:
    """Means by the place inside blocks of eight points, counted from the frame's edge."""
    value = np.log(profile + 0.3)
    value = np.clip(value - cv2.blur(value[None], (33, 1))[0], -1, 1)
    whole = (len(value) - 40) // 8 * 8
    places: Profile = value[16 : 16 + whole].reshape(-1, 8).mean(axis=0)
    return places
