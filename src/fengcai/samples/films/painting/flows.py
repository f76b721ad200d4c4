"""Things that flow: silk, water with lotus leaves, steam over a bowl."""

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
    disc,
    glow,
    mix,
    upright_gradient,
)


def _grid(size: tuple[int, int]) -> tuple[Field, Field]:
    w, h = size
    y, x = np.mgrid[:h, :w].astype(np.float32)
    return x / h, y / h


class Silk:
    """Folded cloth in slow wind, with drifting motes of light."""

    def __init__(self, size: tuple[int, int], palette: Palette, rng: np.random.Generator) -> None:
        w, h = self._full = size
        self._x, self._y = _grid((w // 4, h // 4))
        self._ramp = palette.ramp(512)
        self._turn = float(rng.uniform(0.5, 1.0))
        self._phase = rng.uniform(0, 6, size=4)
        self._motes = rng.uniform(0, 1, size=(26, 4))
        self._light = colour(palette.accent)
        self._discs = [disc(int(h * r)) for r in (0.012, 0.02, 0.034)]

    def paint(self, t: float) -> Pixels:
        x, y, p = self._x, self._y, self._phase
        bend = np.sin(2.1 * x + 1.3 * y + 0.35 * t + p[0]) + 0.6 * np.sin(
            3.4 * y - 1.2 * x - 0.28 * t + p[1]
        )
        fold = np.sin(5.2 * (x * self._turn + y) + 2.4 * bend + 0.5 * t + p[2])
        fine = np.sin(13.0 * (y - 0.35 * x) + 4.2 * bend - 0.4 * t + p[3])
        tone = 0.46 + 0.30 * fold + 0.11 * fine
        sheen = np.clip(fold - 0.82, 0, 1) * 2.2 + np.clip(fine - 0.9, 0, 1)
        index = np.clip((tone + 0.25 * sheen) * 511, 0, 511).astype(np.int32)
        cloth = self._ramp[index].astype(np.uint8)
        picture = np.array(Image.fromarray(cloth).resize(self._full, Image.Resampling.BILINEAR))
        w, h = self._full
        for i, (mx, my, size, pace) in enumerate(self._motes):
            at = ((mx + 0.02 * (pace - 0.5) * t) % 1) * w, ((my - 0.03 * (0.3 + pace) * t) % 1) * h
            k = 0.25 + 0.2 * np.sin(1.4 * t + i)
            add_light(picture, self._discs[int(size * 2.99)], *at, self._light, float(k))
        return picture


class Ripples:
    """Rings on still water between lotus leaves, and one flower."""

    def __init__(self, size: tuple[int, int], palette: Palette, rng: np.random.Generator) -> None:
        w, h = self._full = size
        self._size = (w // 2, h // 2)
        x, y = _grid(self._size)
        aspect = w / h
        self._drops = []
        for _ in range(4):
            cx, cy = rng.uniform(0.1, 0.9) * aspect, rng.uniform(0.15, 0.85)
            self._drops.append((np.hypot(x - cx, 1.7 * (y - cy)), float(rng.uniform(0, 4))))
        self._drift = (0.5 * x + y).astype(np.float32)
        self._shade = (0.30 + 0.34 * (1 - y)).astype(np.float32)
        self._ramp = palette.ramp(512)
        self._leaves = _lotus_leaves((w + 16, h + 16), palette, rng)  # room to sway
        self._glints = rng.uniform(0, 1, size=(18, 3))
        self._spark = glow(int(h * 0.012), 1.2)

    def paint(self, t: float) -> Pixels:
        w, h = self._full
        level = 0.10 * np.sin(17 * self._drift + 1.1 * t) * np.sin(5 * self._drift - 0.6 * t)
        for distance, start in self._drops:
            age = (t + start) % 4.0
            front = distance - 0.26 * age
            level = level + np.sin(46 * front) * np.exp(-34 * front * front) * (1.1 - 0.25 * age)
        slope = np.gradient(level, axis=0)
        tone = self._shade + 1.5 * slope + 0.05 * level
        water = self._ramp[np.clip(tone * 511, 0, 511).astype(np.int32)].astype(np.uint8)
        image = Image.fromarray(water).resize(self._full, Image.Resampling.BILINEAR)
        sway = int(6 * np.sin(0.5 * t)) - 8, int(4 * np.sin(0.7 * t + 1)) - 8
        image.paste(self._leaves, sway, self._leaves)
        picture = np.array(image)
        for gx, gy, phase in self._glints:
            k = max(0.0, float(np.sin(1.7 * t + 6.3 * phase)))
            add_light(picture, self._spark, gx * w, gy * h, (255, 255, 246), 0.8 * k * k)
        return picture


def _lotus_leaves(size: tuple[int, int], palette: Palette, rng: np.random.Generator) -> Image.Image:
    w, h = size
    sheet = Image.new("RGBA", size)
    for cx, cy, r in (
        (0.10, 0.82, 0.24),
        (0.31, 0.95, 0.17),
        (0.90, 0.20, 0.15),
        (0.80, 0.78, 0.27),
    ):
        leaf = Image.new("RGBA", size)
        draw = ImageDraw.Draw(leaf)
        x, y, a, b = cx * w, cy * h, r * h, r * h * 0.58
        start = float(rng.uniform(200, 330))
        green = mix(colour(palette.shade), colour(palette.middle), float(rng.uniform(0.2, 0.6)))
        box = (x - a, y - b, x + a, y + b)
        draw.pieslice(box, start + 12, start + 348, fill=(*green, 255))
        vein = (*mix(green, colour(palette.light), 0.35), 170)
        for angle in np.radians(np.arange(start + 24, start + 340, 22)):
            end = (x + a * 0.93 * np.cos(angle), y + b * 0.93 * np.sin(angle))
            draw.line([(x, y), end], fill=vein, width=max(1, h // 300))
        shadow = leaf.getchannel("A").point(lambda v: v * 90 // 255)
        under = Image.new("RGBA", size)
        under.paste((0, 0, 0, 90), (0, h // 60), shadow)
        sheet.alpha_composite(under.filter(ImageFilter.GaussianBlur(h / 90)))
        sheet.alpha_composite(leaf)
    _lotus(sheet, (0.735 * w, 0.60 * h), h * 0.115, palette)
    return sheet


def _lotus(sheet: Image.Image, at: tuple[float, float], s: float, palette: Palette) -> None:
    pink, pale = colour(palette.accent), mix(colour(palette.accent), (255, 255, 255), 0.6)
    for ring, (count, reach, tone) in enumerate(((9, 1.0, 0.15), (7, 0.82, 0.5), (5, 0.58, 0.9))):
        for i in range(count):
            angle = np.pi * (0.08 + 0.84 * i / (count - 1))
            tip = np.array([np.cos(angle) * 1.05, -np.sin(angle) * 1.2 + 0.15 * ring]) * s * reach
            side = np.array([-tip[1], tip[0]]) * 0.30
            petal = Image.new("RGBA", sheet.size)
            steps = np.linspace(0, 1, 16)
            bulge = np.sin(np.pi * steps**0.75)[:, None]
            left, right = tip * steps[:, None] + side * bulge, tip * steps[:, None] - side * bulge
            outline = [tuple(p + at) for p in np.concatenate((left, right[::-1]))]
            ImageDraw.Draw(petal).polygon(
                outline, fill=(*mix(pink, pale, tone), 255), outline=(*mix(pink, pale, 0.0), 255)
            )
            sheet.alpha_composite(petal)


class Steam:
    """A bowl of decoction: steam rising through warm light."""

    def __init__(self, size: tuple[int, int], palette: Palette, rng: np.random.Generator) -> None:
        w, h = self._size = size
        wall = upright_gradient(size, colour(palette.deep), colour(palette.middle), 1.3)
        grain = cloud(size, rng, 1.3, 0.4)[:, :, None]
        back = np.clip(wall * (0.86 + 0.28 * grain), 0, 255).astype(np.uint8)
        add_light(back, glow(int(h * 0.95), 1.5), w * 0.68, h * 0.12, colour(palette.light), 0.55)
        table = np.clip((np.arange(h) - h * 0.80) / 2, 0, 1).astype(np.float32)[:, None, None]
        wood = np.array(colour(palette.shade), np.float32) * (
            0.75 + 0.5 * cloud((w, h), rng, 1.9, 0.3)[:, :, None]
        )
        back = (back * (1 - table) + np.clip(wood, 0, 255) * table).astype(np.uint8)
        self._back = Image.fromarray(_bowl(back, palette))
        self._veils = [cloud((w // 2, h), rng, 1.9, 0.6) for _ in range(2)]
        x, y = _grid((w // 2, h // 2))
        middle = 0.5 * w / h
        width = 0.10 + 0.30 * np.clip(0.66 - y, 0, 1)
        plume = np.exp(-(((x - middle - 0.05 * np.sin(5 * y)) / width) ** 2))
        self._plume = (plume * np.clip((0.66 - y) / 0.1, 0, 1) * np.clip(y / 0.35, 0, 1)).astype(
            np.float32
        )
        self._white = mix(colour(palette.light), (255, 255, 255), 0.6)

    def paint(self, t: float) -> Pixels:
        w, h = self._size
        first = np.roll(self._veils[0], -int(46 * t), axis=0)[: h // 2]
        second = np.roll(self._veils[1], (-int(71 * t), int(9 * t)), axis=(0, 1))[: h // 2]
        thick = np.clip(first * second * 2.6 - 0.30, 0, 1) * self._plume
        steam = Image.fromarray((thick * 215).astype(np.uint8))
        picture = self._back.copy()
        picture.paste(self._white, (0, 0), steam.resize((w, h), Image.Resampling.BICUBIC))
        return np.array(picture)


def _bowl(back: Pixels, palette: Palette) -> Pixels:
    h, w = back.shape[:2]
    image = Image.fromarray(back)
    shadow = Image.new("L", (w, h))
    ImageDraw.Draw(shadow).ellipse((w * 0.27, h * 0.84, w * 0.75, h * 0.95), fill=150)
    image.paste((12, 8, 6), (0, 0), shadow.filter(ImageFilter.GaussianBlur(h / 40)))
    draw = ImageDraw.Draw(image)
    cx, top, r = w / 2, h * 0.66, h * 0.30
    glaze = mix(colour(palette.light), (255, 255, 255), 0.35)
    steps = 48
    for i in range(steps):  # a glazed body, lit from the right
        share = i / (steps - 1)
        tone = mix(mix(glaze, colour(palette.deep), 0.55), glaze, share**0.7)
        left = cx - r + 2 * r * share * 0.55
        draw.chord((left, top - r * 0.85, cx + r, top + r * 0.85), 0, 180, fill=tone)
    draw.rectangle((cx - r * 0.36, top + r * 0.78, cx + r * 0.36, top + r * 0.92), fill=glaze)
    draw.ellipse((cx - r, top - r * 0.2, cx + r, top + r * 0.2), fill=glaze)
    tea = colour(palette.accent)
    draw.ellipse((cx - r * 0.93, top - r * 0.165, cx + r * 0.93, top + r * 0.165), fill=tea)
    shine = mix(tea, colour(palette.light), 0.45)
    draw.arc((cx - r * 0.8, top - r * 0.12, cx + r * 0.8, top + r * 0.13), 20, 80, shine, 3)
    rim = (cx - r * 0.98, top + r * 0.10, cx + r * 0.98, top + r * 0.46)
    draw.arc(rim, 15, 165, fill=mix(glaze, colour(palette.shade), 0.7), width=max(2, h // 180))
    return np.array(image)
