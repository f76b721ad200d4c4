"""What copyists of the reporting family do: nothing here is shared with the changes of the tuning family.

Whole films are changed: through real video coders (H.264, VP8, MPEG-4, MPEG-2 in turn) instead of
JPEG, cut with another resampler, marked with a half-transparent plate of Chinese letters at the top
left instead of a disc at the top right, subtitled in Chinese over a darkened strip, and lit anew.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from functools import lru_cache

import av
import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.lookalike.scenes import Gray

CODERS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("libx264", "mp4", {"crf": "33", "preset": "veryfast"}),
    ("libvpx", "webm", {"b": "400k", "deadline": "realtime", "cpu-used": "8"}),
    ("mpeg4", "avi", {"b": "1500k"}),
    ("mpeg2video", "mpegts", {"b": "1800k"}),
)
FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
_LINES = (
    "清晨六点，检验科的灯已经亮了",
    "她说：先看病人，再看手机",
    "这一天，他们走了两万步",
    "谢谢你，白衣战士",
)


def coded(pictures: list[Gray], coder: int) -> list[Gray]:
    """Pictures of one size through a video coder and back."""
    name, layout, options = CODERS[coder % len(CODERS)]
    held = io.BytesIO()
    with av.open(held, "w", format=layout) as file:
        stream = file.add_stream(name, rate=25, options=options)
        stream.height, stream.width = pictures[0].shape
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = 1
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(picture, format="gray").reformat(format="yuv420p")
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    held.seek(0)
    with av.open(held) as file:
        return [frame.to_ndarray(format="gray") for frame in file.decode(video=0)]


def cut(left: float, top: float, right: float, bottom: float) -> Callable[[Gray, int], Gray]:
    """Shares cut from the sides, set to the old size with Lanczos."""

    def change(picture: Gray, number: int) -> Gray:
        height, width = picture.shape
        whole = Image.fromarray(picture)
        box = (width * left, height * top, width * (1 - right), height * (1 - bottom))
        return np.asarray(whole.resize((width, height), Image.Resampling.LANCZOS, box=box))

    return change


def plated(picture: Gray, number: int) -> Gray:
    """A half-transparent plate with a station's name, a sixth of the picture's width, top left."""
    mask, letters = _plate(picture.shape[1] // 6, picture.shape[0] // 9)
    marked = picture.astype(np.float32)
    y, x = picture.shape[0] // 18, picture.shape[1] // 24
    under = marked[y : y + mask.shape[0], x : x + mask.shape[1]]
    under += mask * 0.65 * (letters - under)
    return np.clip(marked, 0, 255).astype(np.uint8)


def subtitled(picture: Gray, number: int) -> Gray:
    """A line of Chinese over a darkened strip at the foot, another line every four pictures."""
    strip = _words(_LINES[number // 4 % len(_LINES)], picture.shape[1], picture.shape[0] // 9)
    marked = picture.copy()
    top = picture.shape[0] - strip.shape[0] - picture.shape[0] // 25
    under = marked[top : top + strip.shape[0]]
    marked[top : top + strip.shape[0]] = np.maximum(under // 2, strip)
    return marked


def relit(picture: Gray, number: int) -> Gray:
    """Brighter shadows and softer lights, as a phone's filter leaves them."""
    curve = 255 * (np.arange(256) / 255) ** 0.75 * 0.9 + 12
    return np.asarray(cv2.LUT(picture, np.clip(curve, 0, 255).astype(np.uint8)), dtype=np.uint8)


def smaller(picture: Gray, number: int) -> Gray:
    """To a third of the pixels and back, once."""
    small = Image.fromarray(picture).resize((368, 208), Image.Resampling.BICUBIC)
    return np.asarray(small.resize(picture.shape[::-1], Image.Resampling.BICUBIC))


def _both(*changes: Callable[[Gray, int], Gray]) -> Callable[[Gray, int], Gray]:
    def change(picture: Gray, number: int) -> Gray:
        for each in changes:
            picture = each(picture, number)
        return picture

    return change


CHANGES: dict[str, Callable[[Gray, int], Gray]] = {
    "recode": lambda p, n: p,
    "scale": smaller,
    "crop 3": cut(0.03, 0.03, 0.03, 0.03),
    "crop 6": cut(0.06, 0.06, 0.06, 0.06),
    "crop 12": cut(0.12, 0.12, 0.12, 0.12),
    "logo": plated,
    "captions": subtitled,
    "relit": relit,
    "mirror": lambda p, n: np.ascontiguousarray(p[:, ::-1]),
}
LOPSIDED: dict[str, Callable[[Gray, int], Gray]] = {
    "right 20": cut(0, 0, 0.2, 0),
    "top 20": cut(0, 0.2, 0, 0),
    "corner 20": cut(0, 0, 0.2, 0.2),
    "right 20, logo": _both(cut(0, 0, 0.2, 0), plated),
}


def copied(pictures: Iterable[Gray], change: Callable[[Gray, int], Gray], coder: int) -> list[Gray]:
    """A film's pictures as the copyist sends them in."""
    return coded([change(picture, number) for number, picture in enumerate(pictures)], coder)


@lru_cache(maxsize=4)
def _plate(width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    shape, letters = Image.new("L", (width, height), 0), Image.new("L", (width, height), 235)
    ImageDraw.Draw(shape).rounded_rectangle((0, 0, width - 1, height - 1), height // 3, fill=255)
    font = ImageFont.truetype(FONT, round(height * 0.6))
    ImageDraw.Draw(letters).text((height // 4, 0), "江城卫视", font=font, fill=25)
    return np.asarray(shape, dtype=np.float32) / 255, np.asarray(letters, dtype=np.float32)


@lru_cache(maxsize=16)
def _words(line: str, width: int, height: int) -> Gray:
    strip = Image.new("L", (width, height), 0)
    font = ImageFont.truetype(FONT, round(height * 0.62))
    drawn = ImageDraw.Draw(strip)
    drawn.text((width / 2, height / 2), line, font=font, fill=250, anchor="mm",
               stroke_width=1, stroke_fill=10)  # fmt: skip
    return np.asarray(strip)
