"""From drawn pictures to decoded frames: encoders, scalers and rates, without a file on disk.

Only some moments of a film are drawn and encoded, a few frames each, as a reader of keyframes or of
sparse frames would meet them.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray
from PIL import Image

from fengcai.media.samples import Picture, Scalers

Grey = NDArray[np.uint8]
FPS = 25


@dataclass(frozen=True)
class Encoder:
    """`options` are the encoder's own; `run`: frames encoded for each moment, the last is kept."""

    codec: str = "libx264"
    options: dict[str, str] = field(default_factory=lambda: {"preset": "veryfast", "crf": "21"})
    run: int = 2


def film(moments: Sequence[Sequence[Grey]], how: Encoder) -> list[VideoFrame]:
    """The last decoded frame of each run of pictures, all of one size (even numbers)."""
    flat = [picture for run in moments for picture in run]
    size = flat[0].shape[1], flat[0].shape[0]
    out = io.BytesIO()
    with av.open(out, "w", format="matroska") as file:
        stream = file.add_stream(how.codec, rate=FPS)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = 1
        stream.codec_context.gop_size = len(moments[0])
        stream.codec_context.options = how.options
        for number, picture in enumerate(flat):
            frame = frame_of(picture)
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    out.seek(0)
    with av.open(out) as file:
        frames = list(file.decode(video=0))
    length = len(moments[0])
    return [frames[(n + 1) * length - 1] for n in range(len(moments))]


def frame_of(grey: Grey) -> VideoFrame:
    """A yuv420p frame in video range without colour."""
    height, width = grey.shape
    planar = np.full((height * 3 // 2, width), 128, np.uint8)
    planar[:height] = 16 + (grey.astype(np.uint16) * 219 >> 8)
    return VideoFrame.from_ndarray(planar, format="yuv420p")


def grey_of(frame: VideoFrame) -> Grey:
    """The brightness of a frame, a copy."""
    return frame.to_ndarray(format="gray").copy()


def pictures(frames: Iterable[VideoFrame], step_s: Fraction = Fraction(1)) -> Iterator[Picture]:
    """As the reading of a film gives them to a check."""
    scalers = Scalers()
    for number, frame in enumerate(frames):
        yield Picture(frame, number * step_s, Fraction(1), scalers)


SWSCALE = {"bilinear": 2, "bicubic": 4, "lanczos": 0x200, "spline": 0x400}
OPENCV = {"linear": cv2.INTER_LINEAR, "cubic": cv2.INTER_CUBIC, "lanczos4": cv2.INTER_LANCZOS4}
PILLOW = {"bilinear": 2, "bicubic": 3, "lanczos": 1}


def enlarged(grey: Grey, size: tuple[int, int], scaler: str) -> Grey:
    """`scaler` is "sws:bicubic", "cv:cubic", "pil:lanczos" …"""
    house, _, kernel = scaler.partition(":")
    if house == "cv":
        return cv2.resize(grey, size, interpolation=OPENCV[kernel])
    if house == "pil":
        return np.asarray(Image.fromarray(grey).resize(size, PILLOW[kernel]))
    frame = VideoFrame.from_ndarray(grey, format="gray")
    big = VideoReformatter().reformat(
        frame, width=size[0], height=size[1], format="gray", interpolation=kernel.upper()
    )
    return grey_of(big)
