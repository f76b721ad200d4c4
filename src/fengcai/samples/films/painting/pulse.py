"""A heart's trace on a dark screen: the beat runs, glows and fades."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from fengcai.samples.films.painting.canvas import (
    Field,
    Palette,
    Pixels,
    add_light,
    cloud,
    colour,
    glow,
    mix,
    upright_gradient,
)

_BEAT_S = 1.04


def _beat(phase: Field) -> Field:
    """The P, Q, R, S and T waves as bumps over one period (0–1); 1 is the R wave's height."""
    waves = ((0.20, 0.028, 0.14), (0.34, 0.010, -0.12), (0.37, 0.013, 1.0), (0.40, 0.013, -0.28),
             (0.60, 0.045, 0.24))  # fmt: skip
    line = np.zeros_like(phase)
    for centre, width, height in waves:
        line += height * np.exp(-(((phase - centre) / width) ** 2))
    return line


class Pulse:
    """Three traces at different depths, a sweep, and a glow that beats with them."""

    def __init__(self, size: tuple[int, int], palette: Palette, rng: np.random.Generator) -> None:
        w, h = self._size = size
        back = upright_gradient(size, colour(palette.deep), colour(palette.shade), 0.8)
        mist = cloud(size, rng, 2.0)[:, :, None]
        back = np.clip(back + (mist - 0.45) * np.array(colour(palette.middle)) * 0.38, 0, 255)
        self._back = _ruled(back.astype(np.uint8), mix(colour(palette.shade), (255, 255, 255), 0.2))
        self._accent, self._light = colour(palette.accent), colour(palette.light)
        self._traces = [
            (self._trace(size, 0.30, 0.16, 0.8), 0.35, 0.55, colour(palette.middle)),
            (self._trace(size, 0.82, 0.10, 0.6), 0.30, 0.8, colour(palette.light)),
            (self._trace(size, 0.58, 0.34, 1.5), 1.0, 1.0, self._accent),
        ]
        add_light(self._back, glow(int(h * 0.7), 1.6), w * 0.5, h * 0.55, self._accent, 0.34)
        self._heart = glow(int(h * 0.55), 1.7)
        self._head = glow(int(h * 0.05), 1.4)
        self._motes = rng.uniform(0, 1, size=(40, 3))
        self._mote = glow(max(3, int(h * 0.008)), 1.0)

    def _trace(self, size: tuple[int, int], at: float, tall: float, weight: float) -> Field:
        w, h = size
        x = np.arange(w, dtype=np.float32)
        y = h * at - h * tall * _beat(np.float32(4 / w) * x % np.float32(1))
        image = Image.new("L", size)
        points = list(zip(x.tolist(), y.tolist(), strict=True))
        ImageDraw.Draw(image).line(points, fill=255, width=max(2, int(h / 180 * weight)))
        wide = np.asarray(image.filter(ImageFilter.GaussianBlur(h / 45)), np.float32)
        near = np.asarray(image.filter(ImageFilter.GaussianBlur(h / 160)), np.float32)
        core = np.asarray(image, np.float32)
        return np.clip((core + near * 1.3 + wide * 2.6) / 255, 0, 1)

    def paint(self, t: float) -> Pixels:
        w, h = self._size
        picture = self._back.copy()
        beat = float(_beat(np.array([(t / _BEAT_S) % 1], np.float32))[0])
        if abs(beat) > 0.02:
            add_light(picture, self._heart, w * 0.5, h * 0.55, self._accent, 0.26 * abs(beat))
        columns = np.arange(w, dtype=np.float32) / w
        for trace, k, pace, tint in self._traces:
            head = (t * pace / (4 * _BEAT_S)) % 1.0
            age = (head - columns) % 1.0
            shown = (np.exp(-2.4 * age) * (age < 0.96)).astype(np.float32) * np.float32(k)
            rows = np.flatnonzero(trace.max(axis=1) > 0.02)
            part = picture[rows[0] : rows[-1] + 1]
            light = (trace[rows[0] : rows[-1] + 1] * shown)[:, :, None]
            part[...] = (part + (np.array(tint, np.float32) - part) * light).astype(np.uint8)
            if k == 1.0:
                y = h * 0.58 - h * 0.34 * float(_beat(np.array([(head * 4) % 1], np.float32))[0])
                add_light(picture, self._head, head * w, y, (255, 255, 255), 0.95)
        for x, y, pace in self._motes:
            add_light(
                picture, self._mote, x * w, ((y - 0.05 * pace * t) % 1) * h, self._light, 0.5 * pace
            )
        return picture


def _ruled(back: Pixels, ink: tuple[int, int, int]) -> Pixels:
    h, w = back.shape[:2]
    image = Image.fromarray(back)
    lines = Image.new("L", (w, h))
    draw = ImageDraw.Draw(lines)
    step = h // 18
    for i, x in enumerate(range(0, w, step)):
        draw.line((x, 0, x, h), fill=70 if i % 5 == 0 else 26)
    for i, y in enumerate(range(0, h, step)):
        draw.line((0, y, w, y), fill=70 if i % 5 == 0 else 26)
    image.paste(ink, (0, 0), lines)
    return np.array(image)
