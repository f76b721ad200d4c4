"""Colours, noise, gradients and sprites that the painters share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Field = NDArray[np.float32]
Colour = tuple[int, int, int]


def colour(code: str) -> Colour:
    """From a code such as #1b2a41 to (27, 42, 65)."""
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


@dataclass(frozen=True)
class Palette:
    """Five colours of a film, from its deepest shade to its light, and an accent."""

    deep: str
    shade: str
    middle: str
    light: str
    accent: str

    def ramp(self, steps: int = 256) -> Field:
        """deep → shade → middle → light as `steps` RGB rows, float."""
        stops = np.array([colour(c) for c in (self.deep, self.shade, self.middle, self.light)])
        places = np.linspace(0, 1, len(stops))
        at = np.linspace(0, 1, steps)
        rows = [np.interp(at, places, stops[:, channel]) for channel in range(3)]
        return np.stack(rows, axis=1).astype(np.float32)


def cloud(
    size: tuple[int, int], rng: np.random.Generator, roughness: float = 1.8, stretch: float = 1.0
) -> Field:
    """Tileable noise of spectrum 1/f^roughness in 0–1, shape (h, w); `stretch` > 1 lies flat."""
    w, h = size
    fy = np.fft.fftfreq(h)[:, None] * h * stretch
    fx = np.fft.rfftfreq(w)[None, :] * w * h / w
    frequency = np.maximum(np.hypot(fx, fy), 1.0)
    spectrum = rng.normal(size=frequency.shape) + 1j * rng.normal(size=frequency.shape)
    field = np.fft.irfft2(spectrum / frequency**roughness, (h, w))
    low, high = np.quantile(field, (0.01, 0.99))
    return np.clip((field - low) / (high - low), 0, 1).astype(np.float32)


def ridge(width: int, rng: np.random.Generator, roughness: float) -> Field:
    """A tileable skyline of `width` samples in -1…1."""
    frequency = np.arange(width // 2 + 1, dtype=np.float64)
    frequency[0] = np.inf
    spectrum = rng.normal(size=len(frequency)) + 1j * rng.normal(size=len(frequency))
    line = np.fft.irfft(spectrum / np.maximum(frequency, 2.0) ** roughness, width)
    return (line / np.abs(line).max()).astype(np.float32)


def upright_gradient(
    size: tuple[int, int], top: Colour, bottom: Colour, bend: float = 1.0
) -> Field:
    """Top to bottom, shape (h, w, 3), float."""
    w, h = size
    at = (np.linspace(0, 1, h, dtype=np.float32) ** bend)[:, None, None]
    rows = np.array(top, dtype=np.float32) * (1 - at) + np.array(bottom, dtype=np.float32) * at
    return np.repeat(rows.astype(np.float32), w, axis=1)


def glow(radius: int, hardness: float = 2.0) -> Field:
    """A round light, 1 in the middle and 0 at the rim, shape (2r+1, 2r+1)."""
    axis = np.linspace(-1, 1, 2 * radius + 1, dtype=np.float32)
    distance = np.hypot(axis[:, None], axis[None, :])
    return np.clip(1 - distance, 0, 1) ** hardness


def disc(radius: int, rim: float = 0.12) -> Field:
    """A flat round light with a soft rim and a slightly brighter edge, as lenses draw it."""
    axis = np.linspace(-1, 1, 2 * radius + 1, dtype=np.float32)
    distance = np.hypot(axis[:, None], axis[None, :])
    body = np.clip((1 - distance) / rim, 0, 1)
    return (body * (0.72 + 0.28 * np.clip(distance, 0, 1) ** 4)).astype(np.float32)


def add_light(picture: Pixels, sprite: Field, x: float, y: float, tint: Colour, k: float) -> None:
    """Screen-blend a sprite centred at (x, y) into the picture, in place; clipped at its edges."""
    h, w = picture.shape[:2]
    sh, sw = sprite.shape
    left, top = round(x) - sw // 2, round(y) - sh // 2
    x0, y0, x1, y1 = max(0, left), max(0, top), min(w, left + sw), min(h, top + sh)
    if x0 >= x1 or y0 >= y1:
        return
    light = sprite[y0 - top : y1 - top, x0 - left : x1 - left, None] * np.float32(k)
    part = picture[y0:y1, x0:x1]
    room = np.array(tint, dtype=np.float32) - part
    part[...] = (part + np.maximum(room, 0) * light).astype(np.uint8)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """`a` at share 0, `b` at 1."""
    red, green, blue = (round(p + (q - p) * share) for p, q in zip(a, b, strict=True))
    return red, green, blue
