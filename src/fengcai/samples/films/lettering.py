"""Chinese lettering on the films: title card and burnt-in subtitles, drawn once and laid on.

Lettering works on the planes of a yuv420p frame, where a subtitle touches a few rows only.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from fengcai.engines.documents import fonts

Face = Literal["serif", "sans"]
Planes = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]

_DEBIAN = {
    "serif": ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc",
              "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"),
    "sans": ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",),
}  # fmt: skip


class NoFont(Exception):
    """No Chinese font is installed, so no lettering can be drawn."""


def chinese_font(face: Face) -> Path:
    """The package's own font, else Debian's fonts-noto-cjk. Raises NoFont."""
    try:
        return fonts.path("serif-bold" if face == "serif" else face)
    except fonts.FontsMissing:
        pass
    for candidate in _DEBIAN[face]:
        if Path(candidate).is_file():
            return Path(candidate)
    raise NoFont("找不到中文字体，无法制作示例作品。请先构建软件包，或安装 fonts-noto-cjk。")


@dataclass(frozen=True)
class Overlay:
    """Premultiplied planes and what they let through, placed at an even row and column."""

    y: int
    x: int
    keep: NDArray[np.float32]
    luma: NDArray[np.float32]
    keep_half: NDArray[np.float32]
    blue: NDArray[np.float32]
    red: NDArray[np.float32]

    def lay(self, planes: Planes, opacity: float) -> None:
        """Blend into the frame's planes, in place; `opacity` 0–1 fades it."""
        if opacity <= 0:
            return
        k = np.float32(min(1.0, opacity))
        h, w = self.keep.shape
        halves = slice(self.y // 2, (self.y + h) // 2), slice(self.x // 2, (self.x + w) // 2)
        _blend(planes[0][self.y : self.y + h, self.x : self.x + w], self.luma, self.keep, k)
        _blend(planes[1][halves], self.blue, self.keep_half, k)
        _blend(planes[2][halves], self.red, self.keep_half, k)


def _blend(
    part: NDArray[np.uint8], paint: NDArray[np.float32], keep: NDArray[np.float32], k: np.float32
) -> None:
    part[...] = (part * (1 - k * (1 - keep)) + k * paint + 0.5).astype(np.uint8)


def overlay(image: Image.Image) -> Overlay:
    """An RGBA picture of the frame's size → the part that is not empty (BT.709, limited range)."""
    box = image.getchannel("A").getbbox() or (0, 0, 2, 2)
    x0, y0 = box[0] // 2 * 2, box[1] // 2 * 2
    x1, y1 = -(-box[2] // 2) * 2, -(-box[3] // 2) * 2
    rgba = np.asarray(image.crop((x0, y0, x1, y1)), dtype=np.float32)
    red, green, blue, alpha = (rgba[:, :, i] / np.float32(255) for i in range(4))
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    cb, cr = (blue - luma) / 1.8556, (red - luma) / 1.5748
    half = _halved(alpha)
    return Overlay(
        y=y0,
        x=x0,
        keep=1 - alpha,
        luma=(16 + 219 * luma) * alpha,
        keep_half=1 - half,
        blue=_halved((128 + 224 * cb) * alpha),
        red=_halved((128 + 224 * cr) * alpha),
    )


def _halved(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    h, w = plane.shape
    smaller: NDArray[np.float32] = plane.reshape(h // 2, 2, w // 2, 2).mean(axis=(1, 3))
    return smaller


def subtitle(size: tuple[int, int], text: str, font: Path) -> Overlay:
    """White letters with a soft dark edge, near the bottom, broken into lines that fit."""
    w, h = size
    px = round(min(w, h) * 0.046)
    face = ImageFont.truetype(str(font), px)
    lines = _broken(text, max(6, int(w * 0.84 / px)))
    image = Image.new("RGBA", size)
    edge = Image.new("L", size)
    for i, line in enumerate(lines):
        at = (w / 2, h * 0.925 - (len(lines) - 1 - i) * px * 1.35)
        ImageDraw.Draw(edge).text(at, line, font=face, fill=255, anchor="ms", stroke_width=px // 9)
    soft = edge.filter(ImageFilter.GaussianBlur(px / 9))
    image.paste((0, 0, 0, 215), (0, 0), soft)
    draw = ImageDraw.Draw(image)
    for i, line in enumerate(lines):
        at = (w / 2, h * 0.925 - (len(lines) - 1 - i) * px * 1.35)
        draw.text(at, line, font=face, fill=(255, 255, 255, 255), anchor="ms")
    return overlay(image)


def corner_mark(size: tuple[int, int], text: str, font: Path) -> Overlay:
    """What a platform or a studio lays into the upper right corner, half let through."""
    w, h = size
    px = round(min(w, h) * 0.036)
    image = Image.new("RGBA", size)
    draw = ImageDraw.Draw(image)
    face = ImageFont.truetype(str(font), px)
    at = (w * 0.97, h * 0.085)
    draw.text(
        at, text, font=face, fill=(255, 255, 255, 205), anchor="rs",
        stroke_width=2, stroke_fill=(0, 0, 0, 120),
    )  # fmt: skip
    return overlay(image)


def title_card(size: tuple[int, int], title: str, unit: str, serif: Path, sans: Path) -> Overlay:
    """The title in large serif letters, a rule, the unit's name, and a seal; no ground."""
    w, h = size
    short = min(w, h)
    image = Image.new("RGBA", size)
    draw = ImageDraw.Draw(image)
    px = min(round(short * 0.15), round(w * 0.78 / max(1, len(title)) / 1.12))
    face = ImageFont.truetype(str(serif), px)
    step = px * 1.12
    left = w / 2 - step * (len(title) - 1) / 2
    for i, letter in enumerate(title):
        at = (left + i * step, h * 0.47)
        draw.text(at, letter, font=face, fill=(250, 246, 236, 255), anchor="ms")
    rule_y, half = h * 0.53, short * 0.16
    draw.line((w / 2 - half, rule_y, w / 2 + half, rule_y), fill=(232, 220, 190, 200), width=2)
    small = ImageFont.truetype(str(sans), round(short * 0.042))
    draw.text((w / 2, h * 0.60), unit, font=small, fill=(240, 236, 226, 235), anchor="ms")
    _seal(draw, (left + (len(title) - 1) * step + px * 0.86, h * 0.47 - px * 0.9), px * 0.34, serif)
    return overlay(image)


def _seal(draw: ImageDraw.ImageDraw, at: tuple[float, float], size: float, serif: Path) -> None:
    x, y = at
    draw.rounded_rectangle((x, y, x + size, y + size * 1.9), size * 0.12, fill=(178, 40, 34, 240))
    face = ImageFont.truetype(str(serif), max(8, round(size * 0.74)))
    for i, letter in enumerate("风采"):
        middle = (x + size / 2, y + size * (0.52 + 0.86 * i))
        draw.text(middle, letter, font=face, fill=(255, 244, 232, 255), anchor="mm")


def _broken(text: str, most: int) -> list[str]:
    if len(text) <= most:
        return [text]
    lines = -(-len(text) // most)
    each = -(-len(text) // lines)
    return [text[i : i + each] for i in range(0, len(text), each)]
