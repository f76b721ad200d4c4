"""A frame rate that was padded by blended frames: between two pictures their weighted mean.

Where something moves, the mean of two pictures shows it twice and faintly: its detail falls to seven
tenths halfway between them and is whole again where a picture stands alone. A film of 20 pictures a
second blended to 25 is therefore soft and sharp in turn five times a second, one of 12.5 at every other
frame. Looked at on the small picture, where an encoder's own rhythm of finer and coarser frames hardly
shows, and only in the parts that move far enough. Of two rates that give the same rhythm (15 and 10 of
25) the lower leaves frames that are exact means of their neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

BLOCK_S = 2.0
FEWEST_FRAMES, MOST_FRAMES = 40, 120
REST_BLOCKS = 1
"""So many blocks are passed over after each one: it is a matter of the whole film."""
MOST_BLOCKS = 30
MOVING = 3.0
"""Median difference (0–255) between frames from which a cell moves far enough."""
DETAILED = 2.0
FEWEST_CELLS = 6
CUT, REPEATED = 3.0, 0.25
"""A step so many times the usual one is a cut; below so much of it a repetition, which `cadence` tells."""
SLOWEST_HZ = 4.0
"""Slower rhythms (24 to 25) are those of the scene as well."""
PLACES = 20
SCENE_HZ = 3.0
DEPTH = 0.07
"""Half of what the rhythm takes from the log of the detail. Blending takes 0.1 to 0.17."""
EXPLAINED = 0.6
"""Share of what the detail does that the rhythm explains."""
AGREEING = 0.6
EXACT_REST = 0.06
EXACT_SHARE = 0.5
"""Of the frames that a low rate makes exact means."""
SHORT_S = 8.0
"""A film that was watched for less has one stretch to tell by."""
_CELLS = (16, 9)
_SOURCES = tuple(
    Fraction(rate) for rate in ("10", "12", "25/2", "15", "20", "24", "25", "30", "50")
)

Cells = NDArray[np.float32]


@dataclass(frozen=True)
class Rhythm:
    """What two seconds show: the best frequency, its amplitude, and what it explains of the rest."""

    hertz: float
    depth: float
    explained: float
    exact: float

    @property
    def told(self) -> bool:
        return self.depth >= DEPTH and self.explained >= EXPLAINED


class Blending:
    """Fed every small picture of a stretch; keeps two seconds of cells and some thirty rhythms."""

    def __init__(self, rate: Fraction | None) -> None:
        self._rate = float(rate or 25)
        self._rhythms_of = rhythms(rate or Fraction(25))
        self._length = int(min(MOST_FRAMES, max(FEWEST_FRAMES, BLOCK_S * self._rate)))
        self._before: NDArray[np.uint8] | None = None
        self._earlier: NDArray[np.uint8] | None = None
        self._detail: list[Cells] = []
        self._motion: list[Cells] = []
        self._exact: list[bool] = []
        self._passing = 0
        self.rhythms: list[Rhythm] = []

    def forget(self) -> None:
        """What follows is another stretch."""
        self._before = self._earlier = None
        self._detail.clear()
        self._motion.clear()
        self._exact.clear()

    def feed(self, small: NDArray[np.uint8]) -> None:
        """The next small picture (uint8, shape (h, w))."""
        if not self._rhythms_of or len(self.rhythms) >= MOST_BLOCKS:
            return
        if self._passing > 0:
            self._passing -= 1
            if not self._passing:
                self.forget()
            return
        before, earlier = self._before, self._earlier
        self._before, self._earlier = small, before
        if before is None or before.shape != small.shape:
            return
        edges = cv2.convertScaleAbs(cv2.Laplacian(small, cv2.CV_16S, ksize=1))
        light = max(8.0, float(cv2.mean(small)[0]))
        self._detail.append(_cells(edges) * np.float32(128 / light))
        self._motion.append(_cells(cv2.absdiff(before, small)))
        if earlier is not None and earlier.shape == small.shape:
            thin = (slice(None, None, 2),) * 2  # a mean is one at every point
            self._exact.append(is_mean(earlier[thin], before[thin], small[thin]))
        if len(self._detail) >= self._length:
            self._judge()

    def _judge(self) -> None:
        rhythm = rhythm_of(
            np.array(self._detail), np.array(self._motion), self._rate, self._rhythms_of
        )
        if rhythm is not None:
            exact = float(np.mean(self._exact)) if self._exact else 0.0
            self.rhythms.append(Rhythm(*rhythm, exact))
        self._passing = REST_BLOCKS * self._length
        self._detail.clear()
        self._motion.clear()
        self._exact.clear()

    def verdict(self, seconds: float) -> tuple[str, Fraction | None]:
        """`found`, `doubtful` or `clear`, and the rate that the film was made at where it is certain;
        `seconds`: how much was watched."""
        told = [each for each in self.rhythms if each.told]
        if not told:
            return "clear", None
        usual = max({each.hertz for each in told}, key=[each.hertz for each in told].count)
        alike = [each for each in told if each.hertz == usual]
        source = self._source(usual, float(np.median([each.exact for each in alike])))
        if source is None:
            return "clear", None
        if len(alike) < AGREEING * len(self.rhythms):
            return ("doubtful" if len(alike) > 1 else "clear"), None
        if len(alike) < (1 if seconds < SHORT_S else 2):
            return "doubtful", None
        return "found", source

    def _source(self, hertz: float, exact: float) -> Fraction | None:
        """The rate behind a rhythm. At half the film's rate and below, some frames are exact means; where
        they are not, it is the higher one, or an encoder's own rhythm (every other frame coarser)."""
        for source in sorted(self._rhythms_of[hertz]):
            wanted = exact_means(float(source) / self._rate)
            if wanted <= 0 or exact >= EXACT_SHARE * wanted:
                return source
        return None


def exact_means(step: float) -> float:
    """The share of frames that are means of the frames beside them, where the source goes on by `step`
    from one frame to the next."""
    at = np.arange(1, 1001) * step
    within = (at - step >= np.floor(at) - 1e-9) & (at + step <= np.floor(at) + 1 + 1e-9)
    return float(np.mean(within & (at % 1 > 1e-9)))


def rhythms(rate: Fraction) -> dict[float, list[Fraction]]:
    """Hertz → the usual rates below `rate` that, blended to it, pulse so often."""
    found: dict[float, list[Fraction]] = {}
    odd = Fraction(1000, 1001) if rate.denominator == 1001 else Fraction(1)
    for source in _SOURCES:
        own = source * odd
        if own >= Fraction(9, 10) * rate:
            continue
        hertz = float(min(own, rate - own))
        if hertz >= SLOWEST_HZ:
            found.setdefault(round(hertz, 2), []).append(own)
    return found


def rhythm_of(
    detail: Cells, motion: Cells, rate: float, hertz: dict[float, list[Fraction]]
) -> tuple[float, float, float] | None:
    """The rhythm among `hertz` that explains most of how the detail of moving cells changes, its depth
    and the share explained; None where too little moves, or something cuts in.

    `detail`, `motion`: shape (frames, cells).
    """
    moving = (np.median(motion, axis=0) > MOVING) & (detail.mean(axis=0) > DETAILED)
    if int(moving.sum()) < FEWEST_CELLS:
        return None
    steps = motion[:, moving].mean(axis=1)
    usual = float(np.median(steps))
    if float(steps.max()) > CUT * usual or float(steps.min()) < REPEATED * usual:
        return None
    course = np.log((detail[:, moving] / detail[:, moving].mean(axis=0)).mean(axis=1))
    # What the scene does more slowly than any rhythm that is looked for.
    turns = np.arange(int(2 * SCENE_HZ * len(course) / rate))
    slow = np.linalg.qr(
        np.cos(np.pi * np.outer(np.arange(len(course)) + 0.5, turns) / len(course))
    )[0]
    rest = course - slow @ (slow.T @ course)
    whole = float(rest @ rest)
    best = 0.0, 0.0, 0.0
    for each, sources in hertz.items():
        # Where a frame is shown between two pictures of the source, for twenty places of the first.
        at = np.arange(len(course)) * float(sources[0]) / rate
        shares = (at[:, None] + np.arange(0, 1, 1 / PLACES)) % 1
        mixed = shares * (1 - shares)
        mixed = mixed - slow @ (slow.T @ mixed)
        fit = mixed.T @ rest
        size = np.maximum((mixed * mixed).sum(axis=0), 1e-9)
        explained = np.where(fit < 0, fit * fit / (size * max(1e-12, whole)), 0.0)
        place = int(explained.argmax())
        if explained[place] > best[2]:
            best = each, float(-fit[place] / size[place]) / 8, float(explained[place])
    return best


def is_mean(before: NDArray[Any], middle: NDArray[Any], after: NDArray[Any]) -> bool:
    """Whether the middle picture is a weighted mean of the others, which real motion is not."""
    end = after.ravel().astype(np.float32)
    toward = before.ravel() - end
    own = middle.ravel() - end
    energy, length = float(toward @ toward), float(own @ own)
    if energy <= 0 or length <= 0:
        return False
    weight = float(own @ toward) / energy
    rest = 1 - weight * weight * energy / length
    return 0.15 < weight < 0.85 and rest < EXACT_REST


def _cells(picture: NDArray[Any]) -> Cells:
    coarse = cv2.resize(picture, _CELLS, interpolation=cv2.INTER_AREA)
    return coarse.ravel().astype(np.float32)
