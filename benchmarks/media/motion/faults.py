"""Labelled films for each check on motion: with the fault, sound, and deceivers.

The makers of family A and of family B differ in what they do to a film, not only in its numbers. A
deceiver is sound film that looks faulty, or a fault that cannot be told: the right answer is doubt, or
what is true; only a wrong certainty counts against the check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import accumulate

import cv2
import numpy as np

from benchmarks.media.clips.camera import MOVES
from benchmarks.media.clips.worlds import Family, Rgb, world
from benchmarks.media.motion.cases import FPS, FRAMES, LARGE, SIZE, Case, Rng, shot
from benchmarks.media.motion.rates import blending, cadence, repeated, stutter


def shake(family: Family, rng: Rng, i: int) -> Iterator[Case]:
    """Tremor of 0.2 to 1 % of the width, 1–8 Hz, on every move; 3:2 pulldown; a subject before a flat
    wall that trembles itself."""
    size = float(rng.uniform(0.002, 0.01))
    yield Case("fault", "tremor", shot(family, rng, move=MOVES[i % 6], tremor=size).frames)
    yield Case("sound", "steady", shot(family, rng, move=MOVES[i % 6]).frames)
    pan = shot(family, rng, move="pan", subject=0, frames=72)
    if i % 3 == 0:
        yield Case("deceiver", "pulldown", lambda: repeated(pan.frames(), (1, 1, 1, 2)), fps=30)
    if i % 3 == 1:
        yield Case(
            "deceiver", "flat", shot(family, rng, move="still", subject=0.4, flat=True).frames
        )


def freeze(family: Family, rng: Rng, i: int) -> Iterator[Case]:
    """A: one frame held. B: one frame held under faint flecks, one pixel in ten, one level. Sound: a person
    moving before a still camera; a slow zoom."""
    first = int(rng.integers(8, 20))
    length = int(rng.integers(30, 48))
    held = shot(family, rng, subject=0.2)

    def hold() -> Iterator[Rgb]:
        kept: Rgb | None = None
        for k, shown in enumerate(held.frames()):
            if k == first:
                kept = shown
            if kept is None or k >= first + length:
                yield shown
            elif family == "A":
                yield kept
            else:
                flecks = np.random.default_rng(k).integers(0, 20, kept.shape, dtype=np.int16)
                faint = (flecks == 0).astype(np.int16) - (flecks == 1)
                yield cv2.add(kept, faint, dtype=cv2.CV_8U)

    yield Case("fault", "held", hold)
    move = "still" if i % 2 else "zoom"
    yield Case("sound", move, shot(family, rng, move=move, subject=0.2, noise=1.5).frames)


def black(family: Family, rng: Rng, i: int) -> Iterator[Case]:
    """A: black at once. B: fades to a noisy near-black and back. Sound: a night scene."""
    first, length = int(rng.integers(8, 20)), int(rng.integers(16, 40))
    source = shot(family, rng)

    def darkened() -> Iterator[Rgb]:
        for k, shown in enumerate(source.frames()):
            inside = first <= k < first + length
            if family == "A":
                yield np.zeros_like(shown) if inside else shown
            else:
                away = max(first - k, k - (first + length - 1), 0)
                fade = min(1.0, away / 6)
                fuzz = np.random.default_rng(k).integers(0, 9, shown.shape)
                yield np.clip(shown * fade + fuzz, 0, 255).astype(np.uint8)

    yield Case("fault", "black", darkened)
    night = shot(family, rng)
    gain = float(rng.uniform(0.25, 0.4))
    yield Case(
        "sound", "night", lambda: (cv2.convertScaleAbs(f, alpha=gain) for f in night.frames())
    )


def interlacing(family: Family, rng: Rng, i: int) -> Iterator[Case]:
    """A: the upper rows first. B: the lower, and only a part of the picture moves. Deceiver: blinds."""
    move = ("pan", "tilt", "ease")[i % 3] if family == "A" else ("pan", "still", "drift")[i % 3]
    source = shot(family, rng, size=LARGE, move=move, subject=0.35, frames=80, fps=50)
    late = 1 if family == "A" else 0

    def woven() -> Iterator[Rgb]:
        kept: Rgb | None = None
        for shown in source.frames():
            if kept is None:
                kept = shown
                continue
            kept[late::2] = shown[late::2]
            yield kept
            kept = None

    yield Case("fault", "woven", woven)
    yield Case("sound", "full", shot(family, rng, size=LARGE, frames=40).frames)
    if i % 3 == 0:
        blinds = shot(family, rng, size=LARGE, move="still", subject=0.35, frames=40)

        def striped() -> Iterator[Rgb]:
            for shown in blinds.frames():
                shown[100:260:2, 20:260] //= 2
                yield shown

        yield Case("deceiver", "blinds", striped)


def flashing(family: Family, rng: Rng, i: int) -> Iterator[Case]:
    """A: the whole picture, square, 4–10 Hz. B: 40 % of it, sine, 4.5–8 Hz; red. Sound: two flashes a
    second; a pan over stripes; a cut each half second."""
    hertz = float(rng.uniform(4.2, 10) if family == "A" else rng.uniform(4.5, 8))
    source = shot(family, rng)

    def strobe(rate: float) -> Iterator[Rgb]:
        for k, shown in enumerate(source.frames()):
            phase = np.sin(2 * np.pi * rate * k / FPS + 0.3)
            if family == "A":
                yield cv2.convertScaleAbs(shown, alpha=0.25) if phase > 0 else shown
            elif i % 2:
                part = shown[:, : int(shown.shape[1] * 0.55)]
                part[:] = np.clip(part * 0.5 + 100 + 90 * phase, 0, 255).astype(np.uint8)
                yield shown
            else:
                yield np.full_like(shown, (230, 6, 6) if phase > 0 else (20, 60, 60))

    yield Case("fault", "strobe", lambda: strobe(hertz))
    if i % 3 == 0:
        yield Case("sound", "slow", lambda: strobe(1.6))
    elif i % 3 == 1:
        yield Case("sound", "pan", shot(family, rng, move="pan").frames)
    else:
        shots = [shot(family, rng, frames=12) for _ in range(6)]
        yield Case("sound", "cuts", lambda: (f for each in shots for f in each.frames()))


def exposure(family: Family, rng: Rng, i: int) -> Iterator[Case]:
    """A: gain. B: a power of the light, and a lifted or crushed curve. Deceiver: a white page."""
    dark = i % 2 == 0
    source = shot(family, rng)
    gain = float(rng.uniform(0.14, 0.24) if dark else rng.uniform(2.4, 4))

    def wrong() -> Iterator[Rgb]:
        for shown in source.frames():
            if family == "A":
                yield np.clip(shown * gain, 0, 255).astype(np.uint8)
            else:
                share = (shown / 255.0) ** (3.2 if dark else 0.45)
                yield np.clip(share * (150 if dark else 360), 0, 255).astype(np.uint8)

    yield Case("fault", "dark" if dark else "burnt", wrong)
    mild = float(rng.uniform(0.7, 1.2))
    plain = shot(family, rng)
    yield Case(
        "sound", "usual", lambda: (cv2.convertScaleAbs(f, alpha=mild) for f in plain.frames())
    )
    if i % 3 == 0:
        seed = int(rng.integers(1 << 30))
        yield Case("deceiver", "page", lambda: _page(family, seed))


def sharpness(family: Family, rng: Rng, i: int) -> Iterator[Case]:
    """A: Gaussian. B: a disc, as a lens out of focus draws. Sound: sharp; someone sharp before a soft
    background."""
    source = shot(family, rng, size=LARGE, frames=31)
    sigma = float(rng.uniform(2.6, 5))
    radius = int(rng.integers(5, 9))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2).astype(np.float32)
    disc /= disc.sum()

    def soft(shown: Rgb) -> Rgb:
        if family == "A":
            return cv2.GaussianBlur(shown, (0, 0), sigma)
        return cv2.filter2D(shown, -1, disc)

    yield Case("fault", "soft", lambda: (soft(f) for f in source.frames()), fps=10)
    portrait = shot(family, rng, size=LARGE, frames=31)

    def before_softness() -> Iterator[Rgb]:
        mask = np.zeros(LARGE[::-1], dtype=np.uint8)
        cv2.ellipse(mask, (320, 200), (110, 150), 0, 0, 360, 1, -1)
        for shown in portrait.frames():
            yield np.where(mask[:, :, None] == 1, shown, soft(shown))

    if i % 2:
        yield Case("sound", "portrait", before_softness, fps=10)
    else:
        yield Case("sound", "sharp", portrait.frames, fps=10)


def grain(family: Family, rng: Rng, i: int) -> Iterator[Case]:
    """A: Gaussian. B: stronger in the light, as photons arrive. Sound: little noise, fine texture."""
    source = shot(
        family, rng, size=LARGE, frames=31, move="still",
        noise=float(rng.uniform(10, 20)) if family == "A" else 0,
    )  # fmt: skip
    strength = float(rng.uniform(9, 18))

    def photons() -> Iterator[Rgb]:
        for k, shown in enumerate(source.frames()):
            own = np.random.default_rng([k, i]).standard_normal(shown.shape[:2])
            spread = strength * np.sqrt(shown / 128.0 + 0.1)
            yield np.clip(shown + own[:, :, None] * spread, 0, 255).astype(np.uint8)

    yield Case("fault", "noisy", source.frames if family == "A" else photons, fps=10)
    quiet = shot(family, rng, size=LARGE, frames=31, noise=float(rng.uniform(0, 2.5)))
    yield Case("sound", "quiet", quiet.frames, fps=10)


def shots(family: Family, rng: Rng, i: int) -> Iterator[Case]:
    """A: three or four shots. B: the same, with a fast pan in one and a flash in another."""
    lengths = []
    parts = []
    for _ in range(3 + i % 2):
        lengths.append(int(rng.integers(16, 30)))
        parts.append(shot(family, rng, frames=lengths[-1]))

    def joined() -> Iterator[Rgb]:
        for part in parts:
            for k, shown in enumerate(part.frames()):
                flash = family == "B" and k in (8, 9)
                yield cv2.convertScaleAbs(shown, alpha=0.6, beta=110) if flash else shown

    yield Case("sound", "cuts", joined, cuts=tuple(accumulate(lengths[:-1])))


def _page(family: Family, seed: int) -> Iterator[Rgb]:
    """A white page with a figure and lines, scrolling."""
    figure = world(family, seed, 200, 90)
    for k in range(FRAMES):
        page = np.full((SIZE[1], SIZE[0], 3), 253, dtype=np.uint8)
        y = k // 3
        page[60 - y : 150 - y, 20:120] = figure[:, :100]
        for row in range(150):
            if row % 12 < 4:
                page[10 + row, 140:300] = 40
        yield page


SETS: dict[str, Callable[[Family, Rng, int], Iterator[Case]]] = {
    "shake": shake,
    "freeze": freeze,
    "black": black,
    "cadence": cadence,
    "blending": blending,
    "stutter": stutter,
    "interlacing": interlacing,
    "flashing": flashing,
    "exposure": exposure,
    "sharpness": sharpness,
    "grain": grain,
    "shots": shots,
}
