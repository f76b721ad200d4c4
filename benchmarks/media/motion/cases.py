"""What a labelled film is, and the usual shot that all of them begin with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from benchmarks.media.clips.camera import MOVES, Camera, hand, path
from benchmarks.media.clips.worlds import Family, Rgb

Label = Literal["fault", "sound", "deceiver"]
Rng = np.random.Generator
SIZE = (320, 180)
LARGE = (640, 360)
WIDE = (960, 540)
FRAMES = 75
FPS = 25


@dataclass(frozen=True)
class Case:
    """One film to be made. `cuts` are the numbers of the frames after cuts, `rate` is the true rate, where
    that is asked."""

    label: Label
    kind: str
    frames: Callable[[], Iterable[Rgb]]
    fps: int = FPS
    cuts: tuple[int, ...] = ()
    rate: str = ""


def shot(
    family: Family,
    rng: Rng,
    *,
    size: tuple[int, int] = SIZE,
    frames: int = FRAMES,
    move: str | None = None,
    subject: float | None = None,
    noise: float | None = None,
    tremor: float = 0.0,
    flat: bool = False,
    fps: float = FPS,
) -> Camera:
    """A usual shot: any steady move, often with someone in front, some noise."""
    chosen = move or str(rng.choice(MOVES))
    way = path(chosen, frames, fps, rng)  # type: ignore[arg-type]
    if tremor:
        way = way.held_by(hand(family, frames, fps, tremor, rng))
    front = float(rng.choice([0.0, 0.2, 0.35])) if subject is None else subject
    grain = float(rng.uniform(0.5, 2.5)) if noise is None else noise
    seed = int(rng.integers(1 << 30))
    return Camera(family, seed, *size, way, subject=front, noise=grain, flat=flat)
