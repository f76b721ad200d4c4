"""A turning double helix of glass beads, for what the eye does not see."""

from __future__ import annotations

import numpy as np
from PIL import Image

from fengcai.samples.films.painting.canvas import (
    Field,
    Palette,
    Pixels,
    add_light,
    cloud,
    colour,
    disc,
    glow,
    mix,
    upright_gradient,
)

_SIZES = 10


class Helix:
    """Two helices at two depths; the far one is out of focus."""

    def __init__(self, size: tuple[int, int], palette: Palette, rng: np.random.Generator) -> None:
        w, h = self._size = size
        back = upright_gradient(size, colour(palette.deep), colour(palette.shade), 0.9)
        veil = cloud(size, rng, 2.1)[:, :, None]
        back = np.clip(back + veil**2 * np.array(colour(palette.middle), np.float32) * 0.5, 0, 255)
        self._back = back.astype(np.uint8)
        add_light(
            self._back, glow(int(h * 0.9), 1.6), w * 0.72, h * 0.3, colour(palette.middle), 0.5
        )
        self._sprites = [
            {
                tone: _bead(max(3, int(h * (0.014 + 0.030 * i / (_SIZES - 1)))), tint)
                for tone, tint in enumerate((colour(palette.accent), colour(palette.light)))
            }
            for i in range(_SIZES)
        ]
        self._rung = mix(colour(palette.light), colour(palette.middle), 0.4)
        self._far = [disc(int(h * r)) for r in (0.025, 0.045, 0.07)]
        self._blur = rng.uniform(0, 1, size=(22, 4))
        self._tints = (colour(palette.middle), colour(palette.light), colour(palette.accent))
        # Another helix for each film: how tight, how wide, how steep, and which way it leans.
        self._turns = float(rng.uniform(2.8, 6.6)) * np.pi
        self._wide = float(rng.uniform(0.14, 0.27))
        self._steep = float(rng.uniform(0.15, 0.6) * rng.choice((-1, 1)))
        self._count = int(rng.integers(24, 44))
        self._bar = glow(max(2, int(h * 0.006)), 0.7)

    def paint(self, t: float) -> Pixels:
        w, h = self._size
        picture = self._back.copy()
        for i, (x, y, size, pace) in enumerate(self._blur):
            at = ((x + 0.03 * pace * t) % 1.1 - 0.05) * w, ((y - 0.02 * t * pace) % 1.1 - 0.05) * h
            add_light(picture, self._far[int(size * 2.99)], *at, self._tints[i % 3], 0.2)
        image = Image.fromarray(picture)
        beads = []
        count = self._count
        reach = max(w, h)
        for i in range(count):
            along = (i + 0.5) / count * 1.3 - 0.15
            turn = along * self._turns + 1.1 * t
            for strand in (0, 1):
                angle = turn + strand * np.pi
                depth = float(np.sin(angle))
                out = float(np.cos(angle)) * h * self._wide
                x = w / 2 + (along - 0.5) * reach * 0.94 + out * 0.42
                y = h / 2 - (along - 0.5) * h * self._steep + out
                beads.append((depth, x, y, strand))
        for i in range(0, len(beads), 2):
            (d1, x1, y1, _), (d2, x2, y2, _) = beads[i], beads[i + 1]
            beads.extend(
                (d1 + (d2 - d1) * u - 0.01, x1 + (x2 - x1) * u, y1 + (y2 - y1) * u, 2)
                for u in np.linspace(0.15, 0.85, 6)
            )
        for depth, x, y, strand in sorted(beads):
            size = int((depth + 1.02) / 2.04 * (_SIZES - 1))
            sprite = self._sprites[size // 4 if strand == 2 else size][strand % 2]
            image.paste(sprite, (int(x) - sprite.width // 2, int(y) - sprite.height // 2), sprite)
        return np.array(image)


def _bead(radius: int, tint: tuple[int, int, int]) -> Image.Image:
    axis = np.linspace(-1, 1, 2 * radius + 1, dtype=np.float32)
    x, y = axis[None, :], axis[:, None]
    inside = np.clip((1 - np.hypot(x, y)) * radius, 0, 1)
    z = np.sqrt(np.clip(1 - x * x - y * y, 0, 1))
    lit: Field = np.clip(0.35 + 0.75 * (-0.5 * x - 0.6 * y + 0.62 * z), 0.12, 1.15)
    shine = np.clip(1 - np.hypot(x + 0.36, y + 0.42) / 0.34, 0, 1) ** 2
    rgb = np.array(tint, np.float32) * lit[:, :, None] + 235 * shine[:, :, None]
    full = np.dstack((np.clip(rgb, 0, 255), inside * 255))
    return Image.fromarray(full.astype(np.uint8), "RGBA")
