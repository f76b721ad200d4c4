"""A branch in flower against soft lights, with petals on the wind."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from fengcai.samples.films.painting.canvas import (
    Colour,
    Palette,
    Pixels,
    add_light,
    cloud,
    colour,
    disc,
    mix,
    upright_gradient,
)

_TURNS = 16


class Blossoms:
    """The branch sways a little; petals fall, turn and drift across."""

    def __init__(self, size: tuple[int, int], palette: Palette, rng: np.random.Generator) -> None:
        w, h = self._size = size
        back = upright_gradient(size, colour(palette.light), colour(palette.middle), 1.1)
        soft = cloud(size, rng, 2.3)[:, :, None]
        lights = np.clip(back + (soft - 0.5) * 46, 0, 255).astype(np.uint8)
        tints = (
            colour(palette.light),
            (255, 255, 250),
            mix(colour(palette.accent), (255,) * 3, 0.5),
        )
        for i in range(26):
            x, y, k = rng.uniform(0, 1, 3)
            add_light(
                lights,
                disc(int(h * (0.03 + 0.09 * k))),
                x * w,
                y * h,
                tints[i % 3],
                0.16 + 0.25 * k,
            )
        self._back = Image.fromarray(lights)
        self._branch = _branch(size, palette, rng)
        tint = colour(palette.accent)
        self._petals = [
            [_petal(int(h * r), tint, 360 * k / _TURNS) for k in range(_TURNS)]
            for r in (0.014, 0.020, 0.032)
        ]
        self._falling = rng.uniform(0, 1, size=(34, 4))

    def paint(self, t: float) -> Pixels:
        w, h = self._size
        image = self._back.copy()
        sway = int(7 * np.sin(0.9 * t)), int(3 * np.sin(1.3 * t))
        image.paste(self._branch, (sway[0] - 8, sway[1] - 8), self._branch)
        for i, (x, y, size, pace) in enumerate(self._falling):
            near = int(size * 2.99)
            fall = (y + (0.07 + 0.05 * near + 0.03 * pace) * t) % 1.15 - 0.08
            drift = (x + 0.05 * t + 0.03 * np.sin(1.5 * t + 7 * pace)) % 1.15 - 0.08
            turn = int((pace * _TURNS) + (3 + 5 * pace) * t) % _TURNS
            petal = self._petals[near][turn if i % 2 else -turn]
            image.paste(petal, (int(drift * w), int(fall * h)), petal)
        return np.array(image)


def _petal(radius: int, tint: Colour, angle: float) -> Image.Image:
    s = 4 * radius
    image = Image.new("RGBA", (s * 2, s * 2), (*tint, 0))
    draw = ImageDraw.Draw(image)
    draw.ellipse((s * 0.55, s * 0.3, s * 1.45, s * 1.7), fill=(*mix(tint, (255,) * 3, 0.35), 235))
    draw.ellipse((s * 0.75, s * 0.9, s * 1.25, s * 1.65), fill=(*tint, 235))
    squeeze = 0.45 + 0.55 * abs(np.cos(np.radians(angle)))
    thin = image.resize((max(2, int(s * 2 * squeeze)), s * 2))
    return thin.rotate(angle, expand=True, resample=Image.Resampling.BICUBIC).resize(
        (2 * radius, 2 * radius), Image.Resampling.LANCZOS
    )


def _branch(size: tuple[int, int], palette: Palette, rng: np.random.Generator) -> Image.Image:
    w, h = size[0] + 16, size[1] + 16
    sheet = Image.new("RGBA", (w, h), (*colour(palette.shade), 0))
    draw = ImageDraw.Draw(sheet)
    bark = colour(palette.deep)
    buds: list[tuple[float, float]] = []

    def grow(x: float, y: float, angle: float, width: float, length: float) -> None:
        steps = max(3, int(length / (h * 0.03)))
        for _ in range(steps):
            angle += float(rng.normal(0, 0.11))
            nx = x + np.cos(angle) * length / steps
            ny = y + np.sin(angle) * length / steps
            draw.line((x, y, nx, ny), fill=(*bark, 255), width=max(2, int(width)))
            draw.ellipse((nx - width / 2, ny - width / 2, nx + width / 2, ny + width / 2),
                         fill=(*bark, 255))  # fmt: skip
            x, y, width = nx, ny, width * 0.94
            if width < h * 0.012:
                buds.append((x, y))
            if width > h * 0.005 and rng.random() < 0.30:
                side = float(rng.choice((-1, 1)) * rng.uniform(0.45, 0.95))
                grow(x, y, angle + side, width * 0.62, length * 0.55)

    grow(-0.02 * w, h * 0.30, 0.18, h * 0.040, w * 0.82)
    grow(w * 1.02, h * 0.02, np.pi - 0.55, h * 0.022, w * 0.42)
    sheet = sheet.filter(ImageFilter.GaussianBlur(0.6))
    flowers = [_flower(int(h * r), palette) for r in (0.022, 0.032, 0.043)]
    for x, y in buds:
        if rng.random() < 0.62:
            flower = flowers[int(rng.uniform(0, 2.99))].rotate(float(rng.uniform(0, 72)))
            dx, dy = rng.normal(0, h * 0.014, 2)
            sheet.alpha_composite(
                flower,
                (
                    int(np.clip(x + dx - flower.width / 2, 0, w - flower.width)),
                    int(np.clip(y + dy - flower.height / 2, 0, h - flower.height)),
                ),
            )
    return sheet


def _flower(radius: int, palette: Palette) -> Image.Image:
    s = radius * 4
    image = Image.new("RGBA", (2 * s, 2 * s), (*colour(palette.accent), 0))
    pale = mix(colour(palette.accent), (255, 255, 255), 0.55)
    for k in range(5):
        petal = Image.new("RGBA", (2 * s, 2 * s), (*pale, 0))
        draw = ImageDraw.Draw(petal)
        draw.ellipse((s * 0.62, s * 0.06, s * 1.38, s * 0.98), fill=(*pale, 250))
        draw.ellipse((s * 0.80, s * 0.50, s * 1.20, s * 0.98), fill=(*colour(palette.accent), 180))
        image.alpha_composite(petal.rotate(72 * k, resample=Image.Resampling.BICUBIC))
    draw = ImageDraw.Draw(image)
    for k in range(10):
        angle = np.radians(36 * k)
        x, y = s + np.cos(angle) * s * 0.26, s + np.sin(angle) * s * 0.26
        draw.line((s, s, x, y), fill=(255, 240, 170, 230), width=max(1, s // 30))
        draw.ellipse(
            (x - s * 0.03, y - s * 0.03, x + s * 0.03, y + s * 0.03), fill=(226, 160, 40, 255)
        )
    return image.resize((2 * radius, 2 * radius), Image.Resampling.LANCZOS)
