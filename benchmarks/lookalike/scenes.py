"""Films with a truth: painted scenes under a moving camera, cut into shots; and what copyists do to them.

Two families that share no painter: `leaves` (overlapping tinted ellipses with grain, the dead leaves
model of natural pictures) for tuning, `streets` (fractal sky over facades with windows and signs) for
reporting. A scene is a large painting; a shot is a window that slides and zooms over it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from fengcai.media.fingerprints import PictureFingerprint, join

Gray = NDArray[np.uint8]
WIDE, HIGH = 1100, 640
SIZE = (640, 360)


@dataclass(frozen=True)
class Sampled:
    """What a maker of fingerprints is fed."""

    luma: NDArray[np.float32]
    time_s: Fraction
    quarter_turns: int = 0


@dataclass(frozen=True)
class Shot:
    """A window over a painting: its centre and width at the start and its change a second."""

    painting: Gray
    seconds: float
    x: float
    y: float
    width: float
    drift: tuple[float, float, float]

    def at(self, t: float) -> Gray:
        """The picture at second t of the shot, 640 × 360."""
        width = float(np.clip(self.width + self.drift[2] * t, 420, WIDE - 4))
        height = width * SIZE[1] / SIZE[0]
        x = float(np.clip(self.x + self.drift[0] * t, width / 2, WIDE - width / 2))
        y = float(np.clip(self.y + self.drift[1] * t, height / 2, HIGH - height / 2))
        scale = SIZE[0] / width
        move = np.array([[scale, 0, SIZE[0] / 2 - x * scale], [0, scale, SIZE[1] / 2 - y * scale]])
        return cv2.warpAffine(self.painting, move, SIZE, flags=cv2.INTER_LINEAR)


def leaves(rng: np.random.Generator) -> Gray:
    """Ellipses of many sizes over each other, each with its grey and its grain."""
    painting = np.full((HIGH, WIDE), int(rng.integers(40, 210)), dtype=np.uint8)
    for _ in range(420):
        size = 8 / rng.uniform(0.03, 1.0)
        axes = (int(size * rng.uniform(0.5, 1.3)) + 2, int(size * rng.uniform(0.3, 1.0)) + 2)
        at = (int(rng.integers(0, WIDE)), int(rng.integers(0, HIGH)))
        cv2.ellipse(painting, at, axes, float(rng.uniform(0, 180)), 0, 360,
                    int(rng.integers(15, 240)), -1, cv2.LINE_AA)  # fmt: skip
    grain = cv2.GaussianBlur(rng.normal(0, 22, (HIGH, WIDE)).astype(np.float32), (0, 0), 1.6)
    return np.clip(painting + grain, 0, 255).astype(np.uint8)


def streets(rng: np.random.Generator) -> Gray:
    """A clouded sky, rows of facades with windows, poles and lettering."""
    sky = np.zeros((HIGH, WIDE), dtype=np.float32)
    for octave in range(2, 7):
        cells = rng.normal(size=(2**octave, 2**octave)).astype(np.float32)
        sky += cv2.resize(cells, (WIDE, HIGH), interpolation=cv2.INTER_CUBIC) * 60 / 1.8**octave
    painting = np.clip(sky * 3 + rng.uniform(110, 190), 30, 250).astype(np.uint8)
    for row in range(3):
        x = int(rng.integers(-40, 0))
        while x < WIDE:
            width = int(rng.integers(60, 210))
            top = int(HIGH * (0.2 + 0.22 * row) + rng.integers(-60, 70))
            tone = int(rng.integers(40, 215))
            cv2.rectangle(painting, (x, top), (x + width, HIGH), tone, -1)
            across, down = int(rng.integers(14, 34)), int(rng.integers(18, 40))
            for wx in range(x + 8, x + width - 10, across):
                for wy in range(top + 10, HIGH, down):
                    if rng.random() < 0.8:
                        shade = int(np.clip(tone + rng.normal(0, 60), 0, 255))
                        cv2.rectangle(
                            painting, (wx, wy), (wx + across // 2, wy + down // 2), shade, -1
                        )
            if rng.random() < 0.4:
                words = "".join(chr(int(c)) for c in rng.integers(65, 91, 5))
                cv2.putText(painting, words, (x + 6, top + 30), cv2.FONT_HERSHEY_SIMPLEX,
                            float(rng.uniform(0.6, 1.3)), int(rng.integers(0, 255)), 2)  # fmt: skip
            x += width + int(rng.integers(0, 30))
    return painting


FAMILIES: dict[str, Callable[[np.random.Generator], Gray]] = {"leaves": leaves, "streets": streets}


def film(family: str, seed: int, seconds: float = 30.0) -> list[Shot]:
    """A film of shots of two to eight seconds, each of a painting of its own."""
    rng = np.random.default_rng([seed, len(family)])
    shots: list[Shot] = []
    left = seconds
    while left > 0:
        length = min(left, float(rng.uniform(2.5, 8)))
        shots.append(
            Shot(
                FAMILIES[family](rng),
                length,
                float(rng.uniform(300, WIDE - 300)),
                float(rng.uniform(200, HIGH - 200)),
                float(rng.uniform(520, 900)),
                (
                    float(rng.uniform(-25, 25)),
                    float(rng.uniform(-8, 8)),
                    float(rng.uniform(-15, 15)),
                ),
            )
        )
        left -= length
    return shots


def pictures(shots: list[Shot], times: NDArray[np.float64]) -> Iterator[tuple[float, Gray]]:
    """The film's pictures at some times."""
    ends = np.cumsum([shot.seconds for shot in shots])
    for t in times:
        if t >= ends[-1]:
            return
        number = int(np.searchsorted(ends, t, side="right"))
        yield float(t), shots[number].at(float(t - (ends[number] - shots[number].seconds)))


def fingerprint(
    shown: Iterator[tuple[float, Gray]], change: Callable[[Gray], Gray] | None = None
) -> bytes:
    """The fingerprint of pictures, each changed first, as the inspection would make it."""
    maker = PictureFingerprint(Fraction(1, 10))
    for t, picture in shown:
        seen = change(picture) if change else picture
        height = max(2, round(seen.shape[0] * 320 / seen.shape[1]))
        small = cv2.resize(seen, (320, height), interpolation=cv2.INTER_AREA)
        maker.feed(Sampled(small.astype(np.float32), Fraction(t).limit_denominator(1000)))
    return join(pictures=maker.result())


def recoded(picture: Gray, quality: int = 25) -> Gray:
    """Through a lossy coder and back."""
    done = cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 0)
    return np.asarray(done, dtype=np.uint8)


def cropped(left: float, top: float, right: float, bottom: float) -> Callable[[Gray], Gray]:
    """Shares cut from the sides, blown up to the old size, recoded."""

    def change(picture: Gray) -> Gray:
        height, width = picture.shape
        part = picture[
            round(height * top) : height - round(height * bottom),
            round(width * left) : width - round(width * right),
        ]
        return recoded(cv2.resize(part, (width, height), interpolation=cv2.INTER_LINEAR), 45)

    return change


def with_logo(picture: Gray) -> Gray:
    """A bright disc with letters in a corner, an eighth of the picture's height."""
    marked = picture.copy()
    height, width = marked.shape
    at = (width - height // 6, height // 7)
    cv2.circle(marked, at, height // 11, 245, -1, cv2.LINE_AA)
    cv2.putText(marked, "TV", (at[0] - 16, at[1] + 9), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 20, 3)
    return recoded(marked, 45)


def with_caption(picture: Gray) -> Gray:
    """A line of white letters with dark edges at the foot."""
    marked = picture.copy()
    height, width = marked.shape
    at = (width // 8, round(height * 0.93))
    for tone, thick in ((0, 6), (255, 2)):
        cv2.putText(
            marked, "KEEP WELL AND CALM AT HOME", at, cv2.FONT_HERSHEY_SIMPLEX, 1.0, tone, thick
        )
    return recoded(marked, 45)


CHANGES: dict[str, Callable[[Gray], Gray]] = {
    "recode": recoded,
    "scale": lambda p: recoded(cv2.resize(p, (426, 240), interpolation=cv2.INTER_AREA), 45),
    "crop 3": cropped(0.03, 0.03, 0.03, 0.03),
    "crop 6": cropped(0.06, 0.06, 0.06, 0.06),
    "crop 12": cropped(0.12, 0.12, 0.12, 0.12),
    "logo": with_logo,
    "captions": with_caption,
    "mirror": lambda p: recoded(np.ascontiguousarray(p[:, ::-1]), 45),
}
LOPSIDED: dict[str, Callable[[Gray], Gray]] = {
    "left 20": cropped(0.2, 0, 0, 0),
    "bottom 20": cropped(0, 0, 0, 0.2),
    "corner 20": cropped(0.2, 0.2, 0, 0),
    "left 20, logo": lambda p: with_logo(cropped(0.2, 0, 0, 0)(p)),
}
