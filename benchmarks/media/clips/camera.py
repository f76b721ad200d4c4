"""A camera over a world: still, panning, tilting, zooming; held by two kinds of hand; what it adds.

Positions are in shares of the picture's width, angles in radians. Hand A sways by a sum of sines
between 1 and 8 Hz; hand B by noise driven through a resonance, with steps of walking. They share no
routine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import signal

from benchmarks.media.clips.worlds import Family, Rgb, world

Move = Literal["still", "pan", "tilt", "zoom", "ease", "drift"]
MOVES: tuple[Move, ...] = ("still", "pan", "tilt", "zoom", "ease", "drift")
MARGIN = 2.2
"""The world is so many times as wide and high as the picture."""


@dataclass(frozen=True)
class Path:
    """Where the camera looks in each frame: `x`, `y`, `angle` and `scale`, each of shape (frames,)."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    angle: NDArray[np.float64]
    scale: NDArray[np.float64]

    def held_by(self, hand: NDArray[np.float64]) -> Path:
        """The same path with a hand's (frames, 3) of x, y and angle on it."""
        return Path(self.x + hand[:, 0], self.y + hand[:, 1], self.angle + hand[:, 2], self.scale)


def path(move: Move, frames: int, fps: float, rng: np.random.Generator) -> Path:
    """A steady camera."""
    t = np.arange(frames) / fps
    zero = np.zeros(frames)
    way = rng.choice([-1, 1])
    speed = rng.uniform(0.03, 0.14) * way
    if move == "pan":
        return Path(speed * (t - t[-1] / 2), zero, zero, 1 + zero)
    if move == "tilt":
        return Path(0.2 * speed * t, 0.6 * speed * (t - t[-1] / 2), zero, 1 + zero)
    if move == "zoom":
        return Path(0.05 * speed * t, zero, zero, np.exp(speed * (t - t[-1] / 2)))
    if move == "ease":  # from rest to rest within the middle of the clip
        share = np.clip((t / t[-1] - 0.15) / 0.7, 0, 1)
        return Path(speed * t[-1] * (share * share * (3 - 2 * share) - 0.5), zero, zero, 1 + zero)
    if move == "drift":  # a gimbal: slow, smooth wandering below half a hertz
        turn = 2 * np.pi * rng.uniform(0.1, 0.35) * t + rng.uniform(0, 6)
        return Path(0.02 * np.sin(turn), 0.012 * np.cos(0.7 * turn), 0.004 * np.sin(turn), 1 + zero)
    return Path(zero, zero, zero, 1 + zero)


def hand(
    family: Family, frames: int, fps: float, rms: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Tremor of the given root mean square (share of the width, both axes together)."""
    sway = (_sines if family == "A" else _resonance)(frames, fps, rng)
    size = float(np.sqrt((sway[:, :2] ** 2).sum(axis=1).mean()))
    sway[:, :2] *= rms / size
    sway[:, 2] *= 0.6 * rms / max(1e-9, float(sway[:, 2].std()))
    return sway


def _sines(frames: int, fps: float, rng: np.random.Generator) -> NDArray[np.float64]:
    t = np.arange(frames) / fps
    sway = np.zeros((frames, 3))
    for _ in range(int(rng.integers(2, 6))):
        hertz = np.exp(rng.uniform(np.log(1), np.log(8)))
        for axis in range(3):
            weight = rng.uniform(0.3, 1) * (0.6 if axis == 2 else 1)
            sway[:, axis] += weight * np.sin(2 * np.pi * hertz * t + rng.uniform(0, 2 * np.pi))
    return sway


def _resonance(frames: int, fps: float, rng: np.random.Generator) -> NDArray[np.float64]:
    centre, spread = rng.uniform(1.8, 6.0), rng.uniform(0.5, 1.0)
    low, high = max(1.0, centre * (1 - spread / 2)), min(8.0, centre * (1 + spread / 2))
    band = signal.butter(2, [low, high], "bandpass", fs=fps, output="sos")
    noise = rng.standard_normal((frames + 100, 3))
    sway = signal.sosfilt(band, noise, axis=0)[100:]
    if rng.random() < 0.5:  # steps: short knocks, mostly up and down
        pace = int(fps / rng.uniform(1.6, 2.2))
        knock = np.exp(-np.arange(frames) / (0.06 * fps)) * np.sin(
            2 * np.pi * 5 * np.arange(frames) / fps
        )
        for at in range(int(rng.integers(0, pace)), frames, pace):
            sway[at:, 1] += 2.5 * float(sway[:, 1].std()) * knock[: frames - at]
    return sway


@dataclass
class Camera:
    """Frames of `width` × `height` along a path. `subject`: share of the width of a thing that moves
    in front, 0 for none; `noise`: standard deviation of the sensor's noise, 0–255."""

    family: Family
    seed: int
    width: int
    height: int
    path: Path
    subject: float = 0.0
    noise: float = 1.0
    flat: bool = False
    _world: Rgb = field(init=False)

    def __post_init__(self) -> None:
        size = round(self.width * MARGIN), round(self.height * MARGIN)
        self._world = world(self.family, self.seed, *size)
        if self.flat:
            self._world[:] = self._world.mean(axis=(0, 1)).astype(np.uint8)

    def frames(self) -> Iterator[Rgb]:
        """RGB, shape (height, width, 3)."""
        rng = np.random.default_rng([self.seed, 7])
        # One sheet of noise larger than the picture; each frame takes another cut of it.
        sheet = (self.height + 64, self.width + 64)
        grain = np.round(rng.standard_normal((3, *sheet)) * self.noise).astype(np.int16)
        grain = np.repeat(grain[..., None], 3, axis=3)
        actor = world(self.family, self.seed + 5000, self.width, self.height)
        for i in range(len(self.path.x)):
            shown = self._look(i)
            if self.subject:
                self._act(shown, actor, i)
            if self.noise:
                y, x = rng.integers(0, 64, 2)
                cut = grain[int(rng.integers(3)), y : y + self.height, x : x + self.width]
                shown = cv2.add(shown, cut, dtype=cv2.CV_8U)
            yield shown

    def _look(self, i: int) -> Rgb:
        path, rows = self.path, self._world.shape[0]
        centre = (
            self._world.shape[1] / 2 + path.x[i] * self.width,
            rows / 2 + path.y[i] * self.width,
        )
        cos, sin = np.cos(path.angle[i]) / path.scale[i], np.sin(path.angle[i]) / path.scale[i]
        middle = self.width / 2, self.height / 2
        turn = np.array([[cos, -sin, 0.0], [sin, cos, 0.0]])
        turn[:, 2] = np.array(centre) - turn[:, :2] @ middle
        how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        size = (self.width, self.height)
        return cv2.warpAffine(self._world, turn, size, flags=how, borderMode=cv2.BORDER_REFLECT)

    def _act(self, shown: Rgb, actor: Rgb, i: int) -> None:
        """Someone who moves about: an ellipse of other texture, swaying and stepping."""
        t = i / 25
        size = self.subject * self.width / 2
        x = self.width * (0.5 + 0.06 * np.sin(2 * np.pi * 0.7 * t + self.seed)
                          + 0.02 * np.sin(2 * np.pi * 2.3 * t))  # fmt: skip
        y = self.height * (0.55 + 0.02 * np.sin(2 * np.pi * 1.4 * t))
        mask = np.zeros(shown.shape[:2], dtype=np.uint8)
        axes = int(size), int(min(size * 1.4, self.height * 0.5))
        cv2.ellipse(mask, (int(x), int(y)), axes, 0, 0, 360, 1, -1)
        shift = np.array([[1, 0, x - self.width / 2], [0, 1, y - self.height * 0.55]])
        moved = cv2.warpAffine(
            actor, shift, (self.width, self.height), borderMode=cv2.BORDER_REFLECT
        )
        np.copyto(shown, moved, where=mask[:, :, None].astype(bool))
