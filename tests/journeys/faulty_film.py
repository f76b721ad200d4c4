"""A film of twenty seconds with eight faults on purpose, each at a time of its own.

It shows nobody; the identity number is made up (its check digit is right, its region a test value).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.audio.stream import AudioStream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from fengcai.samples.films import voice
from fengcai.samples.films.lettering import chinese_font

RATE = 25
SIZE = (1920, 1080)
SECONDS = 20
NUMBER = "110105199003078510"
MASKED = "110105********8510"


@dataclass(frozen=True)
class Planted:
    """A fault: its measure, when it begins and ends, and whether there is something to see."""

    measure: str
    from_s: float
    to_s: float
    seen: bool = True


PLANTED = (
    Planted("shake", 0, 5),
    Planted("watermark", 0, 20),
    Planted("black", 5, 7),
    Planted("freeze", 9, 11),
    Planted("flashing", 12, 14),
    Planted("silence", 7, 9.5, seen=False),
    Planted("clipping", 14, 17, seen=False),
    Planted("personal_data", 16, 19),
)
"""All have their moment; what is heard has no picture."""


def make(path: Path) -> Path:
    """Write the film: H.264 and AAC in an MP4."""
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as out:
        picture = out.add_stream("libx264", rate=RATE)
        assert isinstance(picture, VideoStream)
        picture.width, picture.height, picture.pix_fmt = *SIZE, "yuv420p"
        picture.codec_context.options = {"preset": "ultrafast", "crf": "23", "g": "50"}
        track = out.add_stream("aac", rate=voice.RATE, layout="stereo")
        assert isinstance(track, AudioStream)
        sound = _sound()
        for start in range(0, sound.shape[1], 1024):
            part = np.ascontiguousarray(sound[:, start : start + 1024])
            block = av.AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
            block.sample_rate, block.pts = voice.RATE, start
            block.time_base = Fraction(1, voice.RATE)
            out.mux(track.encode(block))
        out.mux(track.encode(None))
        shots = [_scene(seed) for seed in range(6)]
        mark = _written("抖音号：fengcai_yanshi", 40)
        card = _written(f"身份证号 {NUMBER}", 48)
        for number in range(SECONDS * RATE):
            frame = VideoFrame.from_ndarray(_picture(number, shots, mark, card), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            out.mux(picture.encode(frame))
        out.mux(picture.encode(None))
    return path


def _picture(
    number: int,
    shots: list[NDArray[np.uint8]],
    mark: NDArray[np.uint8],
    card: NDArray[np.uint8],
) -> NDArray[np.uint8]:
    t = number / RATE
    w, h = SIZE
    if 5 <= t < 7:
        return np.zeros((h, w, 3), np.uint8)
    still = min(number, 9 * RATE) if t < 11 else number  # from 9 to 11 the picture stands
    shot = sum(t >= cut for cut in (2.5, 7, 11, 14, 16.5))
    x, y = 4 * (still % 75), 60
    if t < 5:
        x += round(13 * math.sin(2 * math.pi * 3.1 * t) + 9 * math.sin(2 * math.pi * 5.3 * t)) + 30
        y += round(12 * math.sin(2 * math.pi * 3.7 * t + 1))
    picture = shots[shot][y : y + h, x : x + w].copy()
    if 12 <= t < 14 and number // 3 % 2:
        picture = np.maximum(picture, 235)
    _lay(picture, mark, w - mark.shape[1] - 60, 45)
    if 16 <= t < 19:
        picture[450:630, 360:1560] = (24, 40, 60)
        _lay(picture, card, 450, 505)
    return picture


def _scene(seed: int) -> NDArray[np.uint8]:
    """A wall of coloured cards, larger than the picture, sharp and different for each seed."""
    rng = np.random.default_rng(seed)
    wall = np.full((1200, 2300, 3), rng.integers(60, 120, 3), np.uint8)
    for _ in range(300):
        x, y = int(rng.integers(-60, 2280)), int(rng.integers(-60, 1180))
        wide, high = int(rng.integers(30, 250)), int(rng.integers(30, 180))
        tint = tuple(int(c) for c in rng.integers(30, 215, 3))
        cv2.rectangle(wall, (x, y), (x + wide, y + high), tint, -1)
    grain = rng.integers(-7, 8, wall.shape[:2])[:, :, None]
    return np.clip(wall + grain, 0, 255).astype(np.uint8)


def _written(text: str, px: int) -> NDArray[np.uint8]:
    face = ImageFont.truetype(str(chinese_font("sans")), px)
    box = face.getbbox(text)
    image = Image.new("L", (round(box[2]) + 4, round(px * 1.4)))
    ImageDraw.Draw(image).text((2, 0), text, font=face, fill=255)
    return np.asarray(image)


def _lay(picture: NDArray[np.uint8], letters: NDArray[np.uint8], x: int, y: int) -> None:
    part = picture[y : y + letters.shape[0], x : x + letters.shape[1]]
    keep = letters[:, :, None].astype(np.float32) / 255 * 0.95
    part[...] = (part * (1 - keep) + 255 * keep).astype(np.uint8)


def _sound() -> NDArray[np.float32]:
    """Plucked music; none from 7 to 9.5 s, driven into its ceiling from 14 to 17 s."""
    music = voice.bed(SECONDS, 5)
    music *= 0.09 / float(np.sqrt(np.mean(np.square(music))))
    music[7 * voice.RATE : round(9.5 * voice.RATE)] = 0
    loud = slice(14 * voice.RATE, 17 * voice.RATE)
    music[loud] = np.clip(music[loud] * 14, -0.97, 0.97)
    return np.stack((music, music)).astype(np.float32)
