"""Layered country with parallax: ink mountains, a city at night, paper-cut hills.

Each layer is painted once as a strip twice as wide as the picture and then only slid along.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from fengcai.samples.films.painting.canvas import (
    Colour,
    Field,
    Palette,
    Pixels,
    add_light,
    cloud,
    colour,
    disc,
    glow,
    mix,
    ridge,
    upright_gradient,
)


@dataclass
class _Strip:
    """`top`: first row it touches; opacity 0–256 and premultiplied colour, both uint16."""

    top: int
    keep: np.ndarray[tuple[int, ...], np.dtype[np.uint16]]
    paint: np.ndarray[tuple[int, ...], np.dtype[np.uint16]]
    speed: float


def _strip(rgb: Field, opacity: Field, speed: float, bottom: int | None = None) -> _Strip:
    """`bottom`: the row from which nearer strips hide this one everywhere."""
    rgb, opacity = rgb[:bottom], opacity[:bottom]
    rows = np.flatnonzero(opacity.max(axis=1) > 0.004)
    top = int(rows[0]) if len(rows) else opacity.shape[0] - 1
    alpha = opacity[top:, :, None]
    return _Strip(
        top=top,
        keep=np.round((1 - alpha) * 256).astype(np.uint16),
        paint=np.round(rgb[top:] * alpha * 256).astype(np.uint32).astype(np.uint16),
        speed=speed,
    )


def _slide(picture: Pixels, strip: _Strip, t: float) -> None:
    w = picture.shape[1]
    length = strip.keep.shape[1]
    x = int(strip.speed * t) % (length - w)
    part = picture[strip.top : strip.top + len(strip.keep)]
    mixed = part.astype(np.uint16) * strip.keep[:, x : x + w] + strip.paint[:, x : x + w]
    part[...] = (mixed >> 8).astype(np.uint8)


class Mountains:
    """Five ridges of ink in mist, a sun, and birds."""

    def __init__(self, size: tuple[int, int], palette: Palette, rng: np.random.Generator) -> None:
        w, h = self._size = size
        light, middle = colour(palette.light), colour(palette.middle)
        sky = upright_gradient(size, mix(middle, light, 0.35), light, 0.8)
        haze = cloud(size, rng, 2.2, 3.0)[:, :, None]
        self._sky = np.clip(sky + (haze - 0.5) * 22, 0, 255).astype(np.uint8)
        sun = (w * float(rng.uniform(0.62, 0.8)), h * 0.27)
        add_light(self._sky, glow(int(h * 0.6), 2.4), *sun, (255, 250, 236), 0.75)
        add_light(self._sky, disc(int(h * 0.085), 0.05), *sun, colour(palette.accent), 0.0)
        _sun(self._sky, sun, h * 0.085, colour(palette.accent))
        distances = [layer / 4 for layer in range(5)]
        lines = [
            h * (0.46 + 0.40 * near)
            - h * (0.19 - 0.05 * near) * ridge(2 * w, rng, 1.15 + 0.1 * near)
            for near in distances
        ]
        self._strips = []
        for near, line, bottom in zip(distances, lines, _hidden_from(lines, h), strict=True):
            tone = mix(mix(light, middle, 0.55), colour(palette.deep), near**1.15)
            depth, speed = h * (0.34 - 0.1 * near), 6 + 30 * near**1.5
            self._strips.append(_mist((w, bottom), line, tone, light, depth, speed))
        self._birds = rng.uniform((0.1, 0.16), (0.55, 0.34), size=(7, 2))
        self._ink = mix(colour(palette.deep), middle, 0.25)

    def paint(self, t: float) -> Pixels:
        picture = self._sky.copy()
        for i, strip in enumerate(self._strips):
            _slide(picture, strip, t + 40)
            if i == 1:
                picture = self._fly(picture, t)
        return picture

    def _fly(self, picture: Pixels, t: float) -> Pixels:
        w, h = self._size
        image = Image.fromarray(picture)
        draw = ImageDraw.Draw(image)
        for i, (x, y) in enumerate(self._birds):
            cx = (x + 0.018 * t) * w
            cy = y * h + 3 * np.sin(t + i)
            span = h * (0.012 + 0.003 * (i % 3))
            lift = span * (0.55 + 0.35 * np.sin(6 * t + 1.7 * i))
            draw.line(
                [(cx - span, cy - lift), (cx, cy), (cx + span, cy - lift)], fill=self._ink, width=2
            )
        return np.array(image)


def _sun(picture: Pixels, at: tuple[float, float], radius: float, tint: Colour) -> None:
    h, w = picture.shape[:2]
    y, x = np.ogrid[:h, :w]
    inside = np.clip(radius - np.hypot(x - at[0], y - at[1]), 0, 1).astype(np.float32)[:, :, None]
    picture[...] = (picture + (np.array(tint, dtype=np.float32) - picture) * inside * 0.92).astype(
        np.uint8
    )


def _hidden_from(lines: list[Field], height: int) -> list[int]:
    """For each skyline, far to near, the row from which the nearer ones cover everything."""
    rows = [height]
    for line in lines[:0:-1]:
        rows.append(min(rows[-1], int(line.max()) + 2))
    return [min(height, row) for row in rows[::-1]]


def _mist(
    size: tuple[int, int], line: Field, tone: Colour, mist: Colour, depth: float, speed: float
) -> _Strip:
    _, h = size
    rows = np.arange(h, dtype=np.float32)[:, None]
    opacity = np.clip(rows - line[None, :] + 0.5, 0, 1)
    # Mist lies on the mountain's mass, not on every crag.
    reach = h // 4
    wrapped = np.concatenate((line[-reach:], line, line[:reach]))
    mass = np.convolve(wrapped, np.hanning(2 * reach + 1) / reach, "valid").astype(np.float32)
    fade = np.clip((rows - mass[None, :] + depth * 0.2) / depth, 0, 1)[:, :, None] ** 0.8
    ink, fog = np.array(tone, dtype=np.float32), np.array(mist, dtype=np.float32)
    return _strip(ink * (1 - fade * 0.8) + fog * fade * 0.8, opacity.astype(np.float32), speed)


class Nightfall:
    """A city that does not sleep: three rows of lit windows, street lights out of focus."""

    def __init__(self, size: tuple[int, int], palette: Palette, rng: np.random.Generator) -> None:
        w, h = self._size = size
        sky = upright_gradient(size, colour(palette.deep), colour(palette.middle), 1.5)
        haze = cloud(size, rng, 2.0, 2.5)[:, :, None]
        self._sky = np.clip(sky + (haze - 0.5) * 26, 0, 255).astype(np.uint8)
        add_light(
            self._sky, glow(int(h * 0.8), 1.6), w * 0.5, h * 0.85, colour(palette.accent), 0.55
        )
        self._strips = [
            self._buildings(palette, rng, near, speed)
            for near, speed in ((0.25, 7.0), (0.6, 16.0), (1.0, 34.0))
        ]
        self._warm = (colour(palette.accent), colour(palette.light), (255, 244, 214))
        self._lamps = rng.uniform(0, 1, size=(34, 4))
        self._discs = [disc(int(h * r)) for r in (0.022, 0.035, 0.055)]

    def _buildings(
        self, palette: Palette, rng: np.random.Generator, near: float, speed: float
    ) -> _Strip:
        w, h = self._size
        image = Image.new("RGB", (2 * w, h))
        mask = Image.new("L", (2 * w, h))
        draw, cut = ImageDraw.Draw(image), ImageDraw.Draw(mask)
        body = mix(colour(palette.shade), colour(palette.deep), near)
        pane = max(3, int(h * (0.007 + 0.006 * near)))
        x = 0
        while x < 2 * w:
            width = int(h * rng.uniform(0.07, 0.16) * (0.7 + 0.6 * near))
            top = int(h * (0.78 - rng.uniform(0.06, 0.5) * (1.15 - 0.55 * near)))
            draw.rectangle((x, top, x + width - 2, h), fill=body)
            cut.rectangle((x, top, x + width - 2, h), fill=255)
            for wy in range(top + pane, h, int(pane * 2.2)):
                for wx in range(x + pane, x + width - 2 * pane, int(pane * 1.9)):
                    if rng.random() < 0.36:
                        tint = mix(colour(palette.accent), colour(palette.light), rng.random())
                        lit = mix(body, tint, rng.uniform(0.35, 1.0))
                        draw.rectangle((wx, wy, wx + pane - 1, wy + pane), fill=lit)
            x += width
        return _strip(
            np.asarray(image, np.float32), np.asarray(mask, np.float32) / np.float32(255), speed
        )

    def paint(self, t: float) -> Pixels:
        w, h = self._size
        picture = self._sky.copy()
        for strip in self._strips:
            _slide(picture, strip, t)
        for i, (x, y, size, pace) in enumerate(self._lamps):
            at = ((x + (0.05 + 0.07 * pace) * t * (1 if i % 2 else -1)) % 1.2 - 0.1) * w
            lamp = self._discs[int(size * 2.99)]
            flicker = 0.34 + 0.16 * np.sin(2 * t + 5 * pace + i)
            add_light(picture, lamp, at, h * (0.76 + 0.22 * y), self._warm[i % 3], float(flicker))
        return picture


class PaperHills:
    """Paper-cut hills and clouds in bright colours, with kites."""

    def __init__(self, size: tuple[int, int], palette: Palette, rng: np.random.Generator) -> None:
        w, h = self._size = size
        light, middle = colour(palette.light), colour(palette.middle)
        sky = upright_gradient(size, mix(middle, light, 0.25), light, 0.9)
        self._sky = sky.astype(np.uint8)
        _sun(self._sky, (w * 0.2, h * 0.26), h * 0.1, mix(colour(palette.accent), light, 0.2))
        self._clouds = _strip(*self._cloud_row(rng), 9.0)
        tones = (
            mix(middle, light, 0.4), middle, mix(middle, colour(palette.shade), 0.6),
            colour(palette.shade), colour(palette.deep),
        )  # fmt: skip
        x = np.arange(2 * w, dtype=np.float32) / w * np.pi
        lines = []
        for layer in range(len(tones)):
            wave = np.sin((2 + layer) * x + rng.uniform(0, 6)) * 0.6
            wave += np.sin((4 + 2 * layer) * x + rng.uniform(0, 6)) * 0.3
            lines.append((h * (0.52 + 0.09 * layer) - h * 0.075 * wave).astype(np.float32))
        paces = range(8, 50, 8)
        self._strips = [
            _paper(size, line, tone, pace, bottom)
            for line, tone, pace, bottom in zip(
                lines, tones, paces, _hidden_from(lines, h), strict=False
            )
        ]
        self._kites = rng.uniform((0.35, 0.12), (0.92, 0.4), size=(4, 2))
        self._tints = (colour(palette.accent), colour(palette.deep), (255, 255, 255))

    def _cloud_row(self, rng: np.random.Generator) -> tuple[Field, Field]:
        w, h = self._size
        mask = Image.new("L", (2 * w, h))
        draw = ImageDraw.Draw(mask)
        for _ in range(7):
            x, y, r = rng.uniform(0, 2 * w), rng.uniform(0.1, 0.36) * h, h * rng.uniform(0.03, 0.05)
            for dx, dr in ((-1.6, 0.7), (-0.6, 1.1), (0.6, 1.3), (1.7, 0.8)):
                cx, cr = x + dx * r, r * dr
                draw.ellipse((cx - cr, y - cr, cx + cr, y + cr), fill=235)
            draw.rectangle((x - 2.2 * r, y, x + 2.4 * r, y + 0.8 * r), fill=235)
        opacity = np.asarray(mask, np.float32) / np.float32(255)
        return np.full((*opacity.shape, 3), 255, dtype=np.float32), opacity

    def paint(self, t: float) -> Pixels:
        w, h = self._size
        picture = self._sky.copy()
        _slide(picture, self._clouds, t)
        for strip in self._strips[:2]:
            _slide(picture, strip, t)
        image = Image.fromarray(picture)
        draw = ImageDraw.Draw(image)
        for i, (x, y) in enumerate(self._kites):
            cx = x * w + 16 * np.sin(0.7 * t + i)
            cy = y * h + 12 * np.sin(1.1 * t + 2 * i)
            s = h * (0.026 + 0.007 * (i % 3))
            tail = [(cx - k * s * 0.7, cy + k * s * 0.9 + 4 * np.sin(3 * t + k)) for k in range(7)]
            draw.line(tail, fill=self._tints[2], width=2)
            corners = [(cx, cy - 1.3 * s), (cx + s, cy), (cx, cy + 1.3 * s), (cx - s, cy)]
            draw.polygon(corners, fill=self._tints[i % 2])
            draw.line([corners[0], corners[2]], fill=self._tints[2], width=2)
            draw.line([corners[1], corners[3]], fill=self._tints[2], width=2)
        picture = np.array(image)
        for strip in self._strips[2:]:
            _slide(picture, strip, t)
        return picture


def _paper(size: tuple[int, int], line: Field, tone: Colour, speed: float, bottom: int) -> _Strip:
    _, h = size
    below = np.arange(h, dtype=np.float32)[:, None] - line[None, :]
    # A sheet of paper throws a shadow on the sheet behind it.
    shadow = np.clip(1 + below / (h * 0.022), 0, 1) ** 2 * 0.28 * (below < 0)
    body = np.clip(below + 0.5, 0, 1)
    opacity = np.maximum(body, shadow).astype(np.float32)
    lit = np.array(tone, dtype=np.float32) * (1.06 - 0.16 * np.clip(below / h, 0, 1))[:, :, None]
    rgb = np.where((body > 0)[:, :, None], np.clip(lit, 0, 255), 0).astype(np.float32)
    return _strip(rgb, opacity, speed, bottom)
