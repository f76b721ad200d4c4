"""Pages with known text: numbers, a subtitle and a QR code over a scene that moves, compressed as film.

Family A writes sans serif over dead leaves in H.264 and MPEG-4, family B serif over rooms in HEVC and
VP9; letters are outlined, or stand on a plate, or have a slight contrast of their own.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import av
import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from benchmarks.media.clips.encoding import CODECS, encode
from benchmarks.media.clips.worlds import Family, Rgb, world
from fengcai.media.screen.digits import PROVINCES

SIZE = (1920, 1080)
FRAMES, KEPT = 6, 4
FONTS = {
    "A": ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf"),
    "B": ("NotoSerifSC-Regular.ttf", "NotoSerifSC-Bold.ttf"),
}
SPOKEN = (
    "大家好，欢迎收看本期健康科普", "高血压患者要坚持规律服药", "每天食盐的摄入量不超过五克",
    "出现胸痛胸闷请立即就医", "定期体检，早发现早治疗", "孕妇和儿童用药要遵医嘱", "饭后半小时散步有助消化",
    "洗手要用流动的水和肥皂", "打喷嚏时用手肘遮住口鼻", "感谢观看，我们下期再见",
)  # fmt: skip
_CHECKS, _WEIGHTS = "10X98765432", (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Made:
    """A page as the decoder gives it, and what stands on it."""

    rgb: Rgb
    identities: tuple[str, ...]
    mobiles: tuple[str, ...]
    others: tuple[str, ...]
    subtitle: str
    code: str


def made(family: Family, seed: int, letters_px: int, code_px: int, folder: Path) -> Made:
    """One page: seven identity numbers, seven phones, six other numbers, a subtitle, a QR code."""
    chance = random.Random(f"{family} {seed} {letters_px}")
    identities = tuple(identity(chance) for _ in range(7))
    mobiles = tuple(mobile(chance) for _ in range(7))
    others = tuple("".join(chance.choices("0123456789", k=chance.randint(8, 19))) for _ in range(6))
    subtitle, link = chance.choice(SPOKEN), f"https://example.cn/{chance.randrange(10**6)}"
    overlay = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    lines = [*identities, *mobiles, *others]
    chance.shuffle(lines)
    for at, text in enumerate(lines):
        left, top = 90 + 610 * (at % 2) + chance.randint(0, 90), 60 + 82 * (at // 2)
        _write(overlay, (left, top), text, _font(family, letters_px, chance), chance)
    spoken = ImageDraw.Draw(overlay)
    spoken.text((960, 1000), subtitle, font=_font(family, chance.choice((44, 52, 60)), chance),
                anchor="mm", fill=(255, 255, 255), stroke_width=3, stroke_fill=(20, 20, 20))  # fmt: skip
    _paste_code(overlay, link, code_px, (1450, 300 + chance.randint(0, 200)))
    scene = world(family, seed * 97 + letters_px, SIZE[0] + 120, SIZE[1] + 60)

    def frames() -> list[Rgb]:
        shown = []
        for number in range(FRAMES):
            part = scene[4 * number : 4 * number + SIZE[1], 9 * number : 9 * number + SIZE[0]]
            picture = Image.fromarray(part).convert("RGBA")
            picture.alpha_composite(overlay)
            shown.append(np.asarray(picture.convert("RGB")))
        return shown

    codec = CODECS[family][seed % 2]
    file = encode(folder / f"{family}{seed}-{letters_px}.mkv", frames(), codec=codec)
    with av.open(str(file)) as film:
        decoded = [
            np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)
            for frame in film.decode(video=0)
        ]
    file.unlink()
    return Made(decoded[KEPT], identities, mobiles, others, subtitle, link)


def identity(chance: random.Random) -> str:
    """An 18-digit number that holds in itself and belongs to nobody: its order is 000 to 999."""
    born = f"{chance.randint(1935, 2015)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
    first = (
        f"{chance.choice(sorted(PROVINCES))}{chance.randint(1, 99):02}{chance.randint(1, 99):02}"
    )
    body = first + born + f"{chance.randint(0, 999):03}"
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
    return body + _CHECKS[total % 11]


def mobile(chance: random.Random) -> str:
    """Eleven digits of a Chinese mobile phone."""
    return f"1{chance.choice('3456789')}" + "".join(chance.choices("0123456789", k=9))


@cache
def _opened(name: str, size: int) -> ImageFont.FreeTypeFont:
    path = files("fengcai.engines.documents") / "fonts" / name
    return ImageFont.truetype(str(path), size)


def _font(family: Family, size: int, chance: random.Random) -> ImageFont.FreeTypeFont:
    return _opened(chance.choice(FONTS[family]), size)


def _write(
    overlay: Image.Image,
    at: tuple[int, int],
    text: str,
    font: ImageFont.FreeTypeFont,
    chance: random.Random,
) -> None:
    """Outlined, on an opaque plate, or on a thin one."""
    pen = ImageDraw.Draw(overlay)
    style = chance.choice(("outline", "paper", "thin"))
    left, top, right, bottom = pen.textbbox(at, text, font=font)
    plate = (left - 6, top - 4, right + 6, bottom + 4)
    if style == "outline":
        width = max(1, round(font.size / 16))
        pen.text(
            at, text, font=font, fill=(255, 255, 255), stroke_width=width, stroke_fill=(0, 0, 0)
        )
    elif style == "paper":
        pen.rectangle(plate, fill=(236, 238, 240, 255))
        pen.text(at, text, font=font, fill=(40, 44, 60))
    else:
        pen.rectangle(plate, fill=(20, 40, 90, 190))
        pen.text(at, text, font=font, fill=(255, 240, 150))


def _paste_code(overlay: Image.Image, text: str, size: int, at: tuple[int, int]) -> None:
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    square = Image.fromarray(np.asarray(zxingcpp.write_barcode_to_image(code)))
    overlay.paste(square.resize((size, size), Image.Resampling.NEAREST).convert("RGBA"), at)
