"""Small real films: moving textures and sound, encoded by PyAV into whatever a test needs."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

RATE = 48_000


def texture(width: int, height: int, t: float) -> NDArray[np.uint8]:
    """A bright, detailed picture that moves; red on its left third, blue on its right third."""
    x = np.arange(width, dtype=np.float32)
    y = np.arange(height, dtype=np.float32)
    waves = np.outer(np.cos(y / 5 - 7 * t), np.sin(x / 7 + 9 * t))
    waves += np.outer(np.sin(y / 11), np.cos(x / 13 + 4 * t))
    picture = np.repeat((112 + 36 * waves).astype(np.uint8)[:, :, None], 3, axis=2)
    picture[:, : width // 3, 0] += 70
    picture[:, -(width // 3) :, 2] += 70
    return picture


def tone(
    seconds: float, dbfs: float = -20.0, hertz: float = 997.0, channels: int = 2, rate: int = RATE
) -> NDArray[np.float32]:
    """A sine of the given peak level, shape (channels, samples)."""
    at = np.arange(round(seconds * rate)) / rate
    one = 10 ** (dbfs / 20) * np.sin(2 * np.pi * hertz * at)
    return np.tile(one.astype(np.float32), (channels, 1))


def make(
    path: Path,
    *,
    size: tuple[int, int] = (320, 180),
    rate: Fraction | int = 25,
    frames: int = 25,
    codec: str = "libx264",
    sound: NDArray[np.float32] | None = None,
    sound_rate: int = RATE,
    picture: bool = True,
    rotation: int = 0,
    aspect: Fraction | None = None,
    times: Iterable[int] | None = None,
    faststart: bool = True,
    metadata: dict[str, str] | None = None,
    gop: int = 12,
    container: str | None = None,
) -> Path:
    """Write a film; `times` gives presentation times in thousandths instead of a steady rate."""
    options = {"movflags": "+faststart"} if faststart and path.suffix in (".mp4", ".mov") else {}
    with av.open(str(path), "w", format=container, options=options) as out:
        out.metadata.update(metadata or {})
        film = track = None
        if picture:
            film = out.add_stream(codec, rate=Fraction(rate))
            film.width, film.height = size
            film.pix_fmt = "yuv420p"
            film.codec_context.thread_count = 1
            film.codec_context.gop_size = gop
            if codec == "libx264":
                film.codec_context.options = {"preset": "ultrafast"}
            if aspect is not None:
                film.codec_context.sample_aspect_ratio = aspect
            if times is not None:
                film.codec_context.time_base = Fraction(1, 1000)
            if rotation:
                film.set_display_rotation(rotation)
        if sound is not None:
            layout = {1: "mono", 2: "stereo", 6: "5.1"}[sound.shape[0]]
            track = out.add_stream("aac", rate=sound_rate, layout=layout)
            track.bit_rate = 128_000
            for start in range(0, sound.shape[1], 1024):
                part = np.ascontiguousarray(sound[:, start : start + 1024])
                block = av.AudioFrame.from_ndarray(part, format="fltp", layout=layout)
                block.sample_rate, block.pts = sound_rate, start
                out.mux(track.encode(block))
            out.mux(track.encode(None))
        if film is not None:
            moments = list(times) if times is not None else list(range(frames))
            base = Fraction(1, 1000) if times is not None else 1 / Fraction(rate)
            for moment in moments:
                shown = texture(*size, float(moment * base))
                frame = av.VideoFrame.from_ndarray(shown, format="rgb24")
                frame.pts, frame.time_base = moment, base
                out.mux(film.encode(frame))
            out.mux(film.encode(None))
    return path
