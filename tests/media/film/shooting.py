"""Short films for the checks on motion, from the makers that the benchmarks use, and their answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.media.clips.camera import Camera, Move, hand, path
from benchmarks.media.clips.encoding import encode
from benchmarks.media.clips.feeding import feed, measure
from benchmarks.media.clips.worlds import Rgb
from fengcai.media.checks import PictureCheck
from fengcai.media.facts.measures import Measure

__all__ = ["answers", "film", "measure", "shoot"]


def shoot(
    move: Move = "still",
    *,
    frames: int = 75,
    fps: float = 25,
    tremor: float = 0.0,
    subject: float = 0.0,
    noise: float = 1.5,
    flat: bool = False,
    seed: int = 11,
    size: tuple[int, int] = (320, 180),
) -> Iterator[Rgb]:
    """Frames of one shot; `tremor` is a hand's root mean square, a share of the width."""
    rng = np.random.default_rng(seed)
    way = path(move, frames, fps, rng)
    if tremor:
        way = way.held_by(hand("A", frames, fps, tremor, rng))
    return Camera("A", seed, *size, way, subject=subject, noise=noise, flat=flat).frames()


def film(
    to: Path, frames: Iterable[Rgb], *, fps: int = 25, codec: str = "libx264", **more: object
) -> Path:
    """A film of the given frames, at a quality that people hand in."""
    options = {"preset": "veryfast", "crf": "18"} if codec == "libx264" else {}
    return encode(to, frames, fps=fps, codec=codec, options=options, **more)  # type: ignore[arg-type]


def answers(
    path: Path, kinds: Iterable[type[PictureCheck]], *, thorough: bool = True
) -> dict[str, Measure]:
    """What each check says of a film; checks that do not speak of it are left out."""
    told = {check.name: check.result() for check in feed(path, list(kinds), thorough=thorough)}
    return {name: each for name, each in told.items() if each is not None}
