"""Films for the checks on frames: drawn shots, what is laid over them, fed straight to a check.

Pictures go through H.264 in memory, two frames for each sampled moment.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from fengcai.engines.documents import fonts
from fengcai.media.checks import Film, PictureCheck
from fengcai.media.facts.measures import Measure
from fengcai.media.samples import Picture, Scalers

Grey = NDArray[np.uint8]


@cache
def canvas(seed: int) -> Grey:
    """A shot's scenery of 2400 × 1400 points: plates and discs over clouds, all with grain."""
    rng = np.random.default_rng(seed)
    total = np.zeros((1400, 2400), np.float32)
    for octave, strength in ((256, 1.0), (64, 0.7), (32, 0.4)):
        small = rng.random((1400 // octave + 2, 2400 // octave + 2), np.float32)
        total += strength * cv2.resize(small, (2400, 1400), interpolation=cv2.INTER_CUBIC)
    # Fine grain is blurred, never enlarged: an enlargement is what one of the checks looks for.
    grain = rng.normal(0, 1, total.shape).astype(np.float32)
    total += 0.5 * cv2.GaussianBlur(grain, (0, 0), 2.0) + 0.4 * cv2.GaussianBlur(grain, (0, 0), 6)
    drawn = cv2.normalize(total, None, 20, 235, cv2.NORM_MINMAX).astype(np.uint8)
    for _ in range(160):
        x, y = int(rng.integers(0, 2400)), int(rng.integers(0, 1400))
        r, shade = int(8 + 30 * rng.pareto(1.6)), int(rng.integers(20, 235))
        if rng.random() < 0.5:
            cv2.circle(drawn, (x, y), r, shade, -1, cv2.LINE_AA)
        else:
            turned = cv2.boxPoints(((x, y), (2 * r, r), float(rng.uniform(0, 180))))
            cv2.fillPoly(drawn, [turned.astype(np.int32)], shade, cv2.LINE_AA)
    return cv2.add(drawn, rng.normal(0, 2, drawn.shape).astype(np.float32), dtype=cv2.CV_8U)


def shot(seed: int, size: tuple[int, int], t: float = 0.0) -> Grey:
    """What a camera of `size` sees of the scenery after `t` seconds of a slow pan."""
    scenery = canvas(seed)
    # A whole number of points for each: any other would be a resampling of its own.
    shown = max(1, min(2200 // size[0], 1300 // size[1]))
    wide, high = size[0] * shown, size[1] * shown
    x = round((2400 - wide) * (0.5 + 0.5 * np.sin(0.7 * t + seed)))
    y = round((1400 - high) * (0.5 + 0.5 * np.cos(0.5 * t + seed)))
    return cv2.resize(scenery[y : y + high, x : x + wide], size, interpolation=cv2.INTER_AREA)


def shots(count: int, size: tuple[int, int], seed: int = 0) -> list[Grey]:
    """One picture of each of `count` views of eight sceneries."""
    return [shot(seed + n % 8, size, 1.7 * n) for n in range(count)]


@cache
def lettering(text: str, height: int) -> Grey:
    """Coverage 0–255 of a line of text."""
    font = ImageFont.truetype(str(next(fonts.DIRECTORY.glob("*.?tf"))), height)
    _, _, right, bottom = font.getbbox(text)
    drawn = Image.new("L", (round(right) + 4, round(bottom) + 4))
    ImageDraw.Draw(drawn).text((2, 2), text, 255, font)
    return np.asarray(drawn)


def lay(picture: Grey, mark: Grey, x: int, y: int, alpha: float, shade: int = 245) -> Grey:
    """`mark` laid over a copy of the picture, its corner at (x, y)."""
    out = picture.copy()
    high, wide = mark.shape
    part = out[y : y + high, x : x + wide].astype(np.float32)
    cover = mark / 255 * alpha
    out[y : y + high, x : x + wide] = part * (1 - cover) + shade * cover
    return out


def answer(
    kind: type[PictureCheck],
    pictures: Sequence[Grey],
    *,
    crf: int = 21,
    rotation: int = 0,
    aspect: Fraction = Fraction(1),
) -> tuple[Measure, PictureCheck]:
    """What the check says of these pictures, a second apart, after H.264."""
    high, wide = pictures[0].shape
    shown = round(wide * aspect), high
    if rotation % 180:
        shown = shown[1], shown[0]
    check = kind(
        Film(
            width_px=shown[0], height_px=shown[1], fps=Fraction(25),
            duration_s=Fraction(len(pictures)), codec="h264", pixel_format="yuv420p",
            thorough=True, has_sound=False, packet_times_s=np.zeros(0),
            packet_bytes=np.zeros(0, np.int64), packet_keys=np.zeros(0, bool),
        )
    )  # fmt: skip
    scalers = Scalers()
    for second, frame in enumerate(_decoded(pictures, crf, rotation)):
        check.sample(Picture(frame, Fraction(second), aspect, scalers))
    measure = check.result()
    assert measure is not None
    return Measure.model_validate(measure.model_dump(mode="json")), check


def _decoded(pictures: Sequence[Grey], crf: int, rotation: int) -> list[av.VideoFrame]:
    high, wide = pictures[0].shape
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = wide, high, "yuv420p"
        stream.codec_context.thread_count = 1
        stream.codec_context.gop_size = 2
        stream.codec_context.options = {"preset": "ultrafast", "crf": str(crf), "bf": "0"}
        if rotation:
            stream.set_display_rotation(rotation)
        number = 0
        for picture in pictures:
            for _ in range(2):
                planar = np.full((high * 3 // 2, wide), 128, np.uint8)
                planar[:high] = 16 + (picture.astype(np.uint16) * 219 >> 8)
                frame = av.VideoFrame.from_ndarray(planar, format="yuv420p")
                frame.pts, frame.time_base = number, Fraction(1, 25)
                file.mux(stream.encode(frame))
                number += 1
        file.mux(stream.encode(None))
    out.seek(0)
    with av.open(out) as file:
        return list(file.decode(video=0))[1::2]


def each(pictures: Sequence[Grey], change: Callable[[int, Grey], Grey]) -> list[Grey]:
    """Every picture changed, with its number."""
    return [change(number, picture) for number, picture in enumerate(pictures)]
