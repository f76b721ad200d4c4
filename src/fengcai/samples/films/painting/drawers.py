"""A wall of herb drawers (百子柜), each with its brass ring and the name of a herb."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from fengcai.samples.films.lettering import chinese_font
from fengcai.samples.films.painting.canvas import (
    Palette,
    Pixels,
    add_light,
    cloud,
    colour,
    glow,
    mix,
)

_HERBS = [
    "当归",
    "黄芪",
    "甘草",
    "白术",
    "茯苓",
    "陈皮",
    "半夏",
    "桂枝",
    "白芍",
    "川芎",
    "熟地",
    "党参",
    "枸杞",
    "菊花",
    "金银花",
    "连翘",
    "薄荷",
    "柴胡",
    "黄芩",
    "黄连",
    "黄柏",
    "知母",
    "麦冬",
    "天冬",
    "沙参",
    "玉竹",
    "百合",
    "山药",
    "莲子",
    "芡实",
    "薏苡仁",
    "泽泻",
    "车前子",
    "木通",
    "牛膝",
    "杜仲",
    "续断",
    "独活",
    "羌活",
    "防风",
    "荆芥",
    "紫苏",
    "生姜",
    "大枣",
    "细辛",
    "附子",
    "干姜",
    "吴茱萸",
    "丁香",
    "肉桂",
    "砂仁",
    "豆蔻",
    "厚朴",
    "枳实",
    "枳壳",
    "香附",
    "木香",
    "乌药",
    "延胡索",
    "丹参",
    "红花",
    "桃仁",
    "益母草",
    "赤芍",
    "牡丹皮",
    "玄参",
]


class Drawers:
    """The wall is drawn once, larger than the picture; the view glides along it."""

    def __init__(self, size: tuple[int, int], palette: Palette, rng: np.random.Generator) -> None:
        w, h = self._size = size
        self._wall = _wall((w + w // 3, h + h // 5), palette, rng, chinese_font("serif"))
        lamp = glow(int(h * 0.8), 1.5)
        for x, y in ((0.28, 0.22), (0.85, 0.75)):
            at = self._wall.shape[1] * x, self._wall.shape[0] * y
            add_light(self._wall, lamp, *at, colour(palette.light), 0.26)
        self._dust = rng.uniform(0, 1, size=(46, 4))
        self._specks = [glow(r, 1.3) for r in (4, 7, 11)]

    def paint(self, t: float) -> Pixels:
        w, h = self._size
        x = int((self._wall.shape[1] - w) * (0.5 - 0.5 * np.cos(0.30 * t)))
        y = int((self._wall.shape[0] - h) * (0.5 - 0.5 * np.cos(0.21 * t + 0.6)))
        picture = self._wall[y : y + h, x : x + w].copy()
        for dx, dy, k, pace in self._dust:
            at = ((dx + 0.03 * pace * t) % 1) * w, ((dy - 0.035 * pace * t) % 1) * h
            add_light(picture, self._specks[int(k * 2.99)], *at, (255, 236, 196), 0.55 * k)
        return picture


def _wall(size: tuple[int, int], palette: Palette, rng: np.random.Generator, font: Path) -> Pixels:
    w, h = size
    across, down = 6, 4
    cell_w, cell_h = w / across, h / down
    wood = np.array(colour(palette.middle), np.float32)
    grain = cloud((w // 2, h // 2), rng, 1.25, 7.0)
    grain = np.asarray(
        Image.fromarray((grain * 255).astype(np.uint8)).resize((w, h), Image.Resampling.BICUBIC)
    )
    board = np.clip(wood * (0.62 + 0.55 * grain[:, :, None] / 255), 0, 255).astype(np.uint8)
    image = Image.fromarray(board)
    shades = Image.new("L", size)
    draw = ImageDraw.Draw(shades)
    for row in range(down):
        for column in range(across):
            x, y = column * cell_w, row * cell_h
            draw.rectangle((x, y, x + cell_w, y + cell_h), fill=int(rng.uniform(0, 52)))
            draw.rectangle((x, y, x + cell_w, y + cell_h), outline=235, width=int(cell_h * 0.05))
    image.paste(colour(palette.deep), (0, 0), shades.filter(ImageFilter.GaussianBlur(2)))
    draw = ImageDraw.Draw(image)
    label_font = ImageFont.truetype(str(font), int(cell_h * 0.20))
    brass = colour(palette.accent)
    paper = mix(colour(palette.light), (255, 250, 235), 0.5)
    ink = mix(colour(palette.deep), (0, 0, 0), 0.3)
    herbs = rng.permutation(_HERBS).tolist()
    for row in range(down):
        for column in range(across):
            x, y = column * cell_w, row * cell_h
            gap = cell_h * 0.07
            box = (x + gap, y + gap, x + cell_w - gap, y + cell_h - gap)
            draw.rounded_rectangle(
                box, 8, outline=mix(colour(palette.light), colour(palette.middle), 0.55), width=2
            )
            name = herbs[row * across + column]
            cx = x + cell_w / 2
            tag = (cx - cell_w * 0.25, y + cell_h * 0.15, cx + cell_w * 0.25, y + cell_h * 0.45)
            draw.rectangle(tag, fill=paper, outline=mix(ink, paper, 0.4), width=2)
            draw.text((cx, y + cell_h * 0.30), name, font=label_font, fill=ink, anchor="mm")
            ry, r = y + cell_h * 0.68, cell_h * 0.115
            draw.ellipse((cx - r * 0.5, ry - r * 1.5, cx + r * 0.5, ry - r * 0.5), fill=brass)
            shadow = (cx - r + 3, ry - r + 5, cx + r + 3, ry + r + 5)
            draw.ellipse(shadow, outline=mix(colour(palette.deep), brass, 0.1), width=7)
            draw.ellipse((cx - r, ry - r, cx + r, ry + r), outline=brass, width=7)
            glint = mix(brass, (255, 255, 255), 0.6)
            draw.arc((cx - r, ry - r, cx + r, ry + r), 200, 290, fill=glint, width=4)
    return np.array(image)
