"""Grain: noise of the sensor in the picture, from what changes between two frames where nothing moves.

Texture stands still where noise does not: in tiles whose mean stays, the difference of two frames is
noise alone, √2 times one frame's. Where no tile stays (a moving camera), nothing can be told. Encoders
smooth much of it away, so what is left is what people see.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from fengcai.media.checks import Film, PictureCheck
from fengcai.media.facts.measures import Answer, Measure
from fengcai.media.film.badness import Judgement, Tally
from fengcai.media.film.moments import Watched
from fengcai.media.samples import Picture

EVERY_S = Fraction(1)
TILE = 16
TILES = 24
"""Tiles are taken on a grid of so many by so many over the picture."""
NOISE = 4.0
"""Standard deviation (0–255) at full size from which a picture is grainy."""
NEAR_NOISE = 3.2
STEADY = 0.5
"""A tile stays if its mean changes by less than this share of its noise, or by half a level."""
STEADY_SHARE = 0.08
ACTIVE, BUSY = 1.5, 0.3
STAY_LEVELS, STAY_SHARE, STAYING = 0.4, 0.12, 0.77
"""Where more than 0.3 of the tiles change, 0.77 of those must keep their mean, or the camera moves."""
DARK, BRIGHT = 24, 228


class Grain(PictureCheck):
    """`grainy`: a fifth of the pictures, or four seconds, with visible noise."""

    name = "grain"

    def __init__(self, film: Film) -> None:
        super().__init__(film)
        self._watched = Watched()
        self._tally = Tally(self.name)
        self._before: NDArray[np.float32] | None = None
        self._next = Fraction(0)
        self._levels: list[float] = []
        self._moving = 0

    def run(self, picture: Picture, *, first: bool) -> None:
        self._watched.see(picture.time_s, first=first)
        if first:
            self._before = None
            self._next = picture.time_s
        if picture.time_s < self._next:
            return
        now = tiles(picture.plane)
        before, self._before = self._before, now
        if before is None or before.shape != now.shape:
            return
        self._before = None
        self._next = picture.time_s + EVERY_S
        level = noise(before, now)
        if level is None:
            self._moving += 1
            return
        if len(self._levels) < 20_000:
            self._levels.append(level)
        judged: Judgement = "good"
        if level >= NEAR_NOISE:
            judged = "bad" if level >= NOISE else "doubtful"
        self._tally.add(picture, judged, level)

    def result(self) -> Measure | None:
        if self._watched.frames == 0:
            return None
        tally = self._tally
        tally.finish(self.film.duration_s)
        answer: Answer = tally.answer()
        if answer == "found" and self._moving > tally.count:
            answer = "doubtful"  # most of the film could not be looked at
        why = "部分画面有噪点，是否影响观看请人工判断" if answer == "doubtful" else ""
        if tally.count == 0:
            why = "镜头一直在动，分不出噪点与画面本身"
        spans, self.files = tally.moments.told(shown=answer != "clear")
        return Measure(
            method="difference of two frames in tiles that stay, full-size luma",
            answer=answer,
            about=("grainy",),
            facts={"grainy": answer == "found"} if answer in ("found", "clear") else {},
            values={
                "noise_levels": round(float(np.median(self._levels)), 2) if self._levels else None,
                "pictures": tally.count,
                "grainy_pictures": tally.bad,
                "moving_pictures": self._moving,
            },
            limits={"noise_levels": NOISE},
            spans=spans,
            why=why,
        )


def tiles(plane: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Tiles spread over the picture, shape (n, 256)."""
    height, width = plane.shape
    rows = np.unique(np.linspace(0, max(0, height - TILE), TILES).astype(int) // TILE)
    columns = np.unique(np.linspace(0, max(0, width - TILE), TILES).astype(int) // TILE)
    down, across = plane.strides
    all_of = np.lib.stride_tricks.as_strided(
        plane,
        (height // TILE, width // TILE, TILE, TILE),
        (TILE * down, TILE * across, down, across),
    )
    taken = all_of[rows[rows < height // TILE, None], columns[columns < width // TILE]]
    found: NDArray[np.float32] = taken.reshape(-1, TILE * TILE).astype(np.float32)
    return found


def noise(before: NDArray[np.float32], now: NDArray[np.float32]) -> float | None:
    """Standard deviation (0–255) of one frame's noise; None where hardly a tile stays."""
    if len(now) == 0:
        return None
    means = now.mean(axis=1)
    lit = (means > DARK) & (means < BRIGHT)
    apart = now - before
    spread = apart.std(axis=1)
    shift = np.abs(apart.mean(axis=1))
    # Noise averages out over a tile's pixels, motion of a texture hardly does. And a thing that
    # moves leaves the difference smooth, where noise leaves it rough.
    squares = apart.reshape(-1, TILE, TILE)
    rough = np.abs(np.diff(squares, axis=2)).mean(axis=(1, 2)) / np.maximum(spread, 0.2)
    active = lit & (spread > ACTIVE)
    stays = shift < STAY_LEVELS + STAY_SHARE * spread
    if active.mean() > BUSY and stays[active].mean() < STAYING:
        return None
    steady = lit & (shift < np.maximum(0.5, STEADY * spread)) & ((rough > 0.62) | (spread < 2.0))
    if np.count_nonzero(steady) < STEADY_SHARE * len(now):
        return None
    return float(np.percentile(spread[steady], 30)) / float(np.sqrt(2))
