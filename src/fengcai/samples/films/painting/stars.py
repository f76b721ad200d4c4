"""Points joined by threads, as on a meridian chart or in a network, over slow silk."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from fengcai.samples.films.painting.canvas import (
    Palette,
    Pixels,
    add_light,
    cloud,
    colour,
    glow,
    mix,
    upright_gradient,
)

Points = NDArray[np.float64]


class Stars:
    """Points on three winding channels; light travels along each from point to point."""

    def __init__(self, size: tuple[int, int], palette: Palette, rng: np.random.Generator) -> None:
        w, h = self._size = size
        back = upright_gradient(size, colour(palette.deep), colour(palette.shade))
        drift = cloud((2 * w, h), rng, 2.1, 1.6)[:, :, None]
        tint = np.array(colour(palette.middle), np.float32)
        wide = np.concatenate((back, back), axis=1)
        self._back = np.clip(wide + drift**2 * (tint - wide) * 0.75, 0, 255).astype(np.uint8)
        self._thread = mix(colour(palette.light), colour(palette.middle), 0.3)
        self._accent, self._light = colour(palette.accent), colour(palette.light)
        self._channels = [self._channel(rng, i) for i in range(4)]
        self._dots = [glow(int(h * r), 1.3) for r in (0.020, 0.034)]
        self._runner = glow(int(h * 0.075), 1.5)
        self._dust = rng.uniform(0, 1, size=(70, 3))
        self._speck = glow(3, 1.0)

    def _channel(self, rng: np.random.Generator, i: int) -> Points:
        count = 11
        x = np.linspace(-0.03, 1.03, count)
        bend = rng.uniform(0.6, 1.4)
        y = 0.2 + 0.2 * i + 0.13 * np.sin(2 * np.pi * bend * x + rng.uniform(0, 6))
        return np.stack((x, y + rng.uniform(-0.02, 0.02, count)), axis=1)

    def paint(self, t: float) -> Pixels:
        w, h = self._size
        x0 = int(14 * t) % w
        picture = self._back[:, x0 : x0 + w].copy()
        for x, y, k in self._dust:
            twinkle = k * (0.45 + 0.35 * np.sin(3 * t + 9 * x))
            add_light(picture, self._speck, x * w, y * h, self._light, float(twinkle))
        lines = Image.new("L", (w, h))
        draw = ImageDraw.Draw(lines)
        moved = []
        for i, channel in enumerate(self._channels):
            at = channel * (w, h)
            at[:, 1] += h * 0.022 * np.sin(0.8 * t + np.arange(len(at)) + i)
            moved.append(at)
            draw.line([tuple(p) for p in _smooth(at)], fill=205, width=max(2, h // 270))
        for i in range(len(moved) - 1):
            for j in range(1, len(moved[i]) - 1, 2):
                draw.line([tuple(moved[i][j]), tuple(moved[i + 1][j])], fill=60, width=1)
        haze = lines.resize((w // 4, h // 4)).filter(ImageFilter.GaussianBlur(3))
        light = ImageChops.add(lines, haze.resize((w, h))).point(lambda v: v * 4 // 5)
        drawn = Image.fromarray(picture)
        drawn.paste(self._thread, (0, 0), light)
        picture = np.array(drawn)
        for i, at in enumerate(moved):
            for j, (x, y) in enumerate(at):
                k = 0.75 + 0.25 * np.sin(2 * t + j + i)
                add_light(picture, self._dots[(i + j) % 2], x, y, self._accent, float(k))
            path = _smooth(at)
            x, y = path[int((t * 0.16 + 0.27 * i) % 1 * (len(path) - 1))]
            add_light(picture, self._runner, x, y, (255, 252, 240), 0.95)
        return picture


def _smooth(points: Points) -> Points:
    """Catmull-Rom through the points, eight steps a span."""
    padded = np.concatenate((points[:1], points, points[-1:]))
    u = np.linspace(0, 1, 8, endpoint=False)[:, None]
    spans = []
    for i in range(1, len(padded) - 2):
        a, b, c, d = padded[i - 1 : i + 3]
        spans.append(
            0.5 * (2 * b + (c - a) * u + (2 * a - 5 * b + 4 * c - d) * u**2
                   + (3 * b - a - 3 * c + d) * u**3)
        )  # fmt: skip
    return np.concatenate([*spans, points[-1:]])
