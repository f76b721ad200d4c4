"""Pages with text on them, drawn with the fonts that the project carries."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from av import VideoFrame
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from fengcai.media.checks import Film, Line, Page
from fengcai.media.samples import Picture, Scalers
from fengcai.media.screen.choosing import COLUMNS, ROWS
from fengcai.media.screen.passing import Sheet
from fengcai.media.screen.spells import Timeline

WHITE, GREY = (255, 255, 255), (96, 104, 112)
NONE_GONE = np.zeros((ROWS, COLUMNS), dtype=bool)


class Words(NamedTuple):
    """Text with its top left corner and the height of its letters in pixels."""

    text: str
    left: int
    top: int
    size: int = 40


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The project's sans serif."""
    path = files("fengcai.engines.documents") / "fonts" / "NotoSansSC-Regular.ttf"
    return ImageFont.truetype(str(path), size)


def drawn(*words: Words, size: tuple[int, int] = (1920, 1080)) -> NDArray[np.uint8]:
    """White words on grey, RGB."""
    picture = Image.new("RGB", size, GREY)
    pen = ImageDraw.Draw(picture)
    for text, left, top, height in words:
        pen.text((left, top), text, font=font(height), fill=WHITE)
    return np.asarray(picture).copy()


def picture(rgb: NDArray[np.uint8], time_s: Fraction | int) -> Picture:
    """As the decoder gives it."""
    frame = VideoFrame.from_ndarray(rgb, format="rgb24").reformat(format="yuv420p")
    return Picture(frame, Fraction(time_s), Fraction(1), Scalers())


def sheet(rgb: NDArray[np.uint8] | None, time_s: Fraction | int, top: int = 0) -> Sheet:
    """Rows from `top` on of a picture of 1080 lines; None: nothing new at this time."""
    moment = Fraction(time_s)
    return Sheet(moment, moment, NONE_GONE, rgb, top, 1080 if rgb is not None else 0)


def line(text: str, left: float = 0.1, top: float = 0.4, height: float = 0.03) -> Line:
    """A recognised line, as wide as its letters make it."""
    return Line(text, (left, top, min(0.9, 0.02 * len(text)), height), 0.99)


def page(*lines: Line, time_s: int = 0) -> Page:
    """A small grey page on which these lines were read."""
    return Page(Fraction(time_s), np.full((270, 480, 3), 128, dtype=np.uint8), lines)


def timeline(*lines: tuple[Line, float, float], samples: list[float]) -> Timeline:
    """A film in which each line stood from … to …, looked at at these times."""
    told = Timeline()
    for moment in samples:
        at = Fraction(moment).limit_denominator(100)
        standing = [each for each, start, end in lines if start <= moment <= end]
        told.look(at, at, standing, NONE_GONE)
    return told


NO_FILM: Film | None = None
