"""Pictures and sound of the file on standard input, fed to the makers of fingerprints.

Runs behind the walls: everything is imported here at the top, and nothing is opened later.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from typing import Any

import av
import av.logging
import cv2
import numpy as np
from av.audio.frame import AudioFrame
from av.error import FFmpegError
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from PIL import Image, ImageOps

from fengcai.media.fingerprints import container
from fengcai.media.fingerprints.pictures import STEP_S, PictureFingerprint
from fengcai.media.fingerprints.sound import SoundFingerprint
from fengcai.media.fingerprints.stills import gray_of, still_parts
from fengcai.media.samples import Picture, Scalers

_MOST_ERRORS = 500
_ATTACHED = 0x400


class Unfit(Exception):
    """The file cannot be compared; the text is a code of `making.REASONS`."""


@dataclass(frozen=True)
class _Heard:
    planes: NDArray[np.float32]
    rate_hz: int


def warm_up() -> None:
    """Load what would otherwise be loaded behind the walls."""
    av.logging.set_level(None)
    for late in ("stream", "codeccontext", "subtitle"):
        import_module(f"av.subtitles.{late}")
    cv2.setNumThreads(0)
    Image.init()
    still_parts(np.tile(np.arange(64, dtype=np.uint8) * 3, (64, 1)))
    sound = SoundFingerprint()
    sound.feed(_Heard(np.ones((1, 48_000), dtype=np.float32), 48_000))
    sound.result()
    av.AudioResampler(format="fltp")
    av.VideoFrame(16, 16, "yuv420p").reformat(width=8, height=8, format="gray").to_ndarray()


def sample_film(demuxer: str, sparse_s: float) -> bytes:
    """The fingerprint of the film or sound on descriptor 0. Raises Unfit."""
    keys_only = _key_gap(demuxer) <= sparse_s
    pictures, sound = PictureFingerprint(), SoundFingerprint()
    scalers = Scalers()
    resampler = av.AudioResampler(format="fltp")
    errors = 0
    with _opened(demuxer) as file:
        film = next((s for s in file.streams.video if not _is_cover(s)), None)
        track = next(iter(file.streams.audio), None)
        if film is not None:
            film.thread_type = "AUTO"
            film.codec_context.skip_frame = "NONKEY" if keys_only else "DEFAULT"
        next_at = Fraction(0)
        packets = file.demux([stream for stream in (film, track) if stream is not None])
        while errors < _MOST_ERRORS:
            try:
                packet = next(packets)
                frames = packet.decode()
            except (StopIteration, EOFError):
                break
            except FFmpegError:
                errors += 1
                continue
            for frame in frames:
                if isinstance(frame, VideoFrame):
                    at = Fraction(frame.pts or 0) * Fraction(frame.time_base or 1)
                    start = (
                        Fraction(film.start_time or 0) * Fraction(film.time_base or 1)
                        if film
                        else 0
                    )
                    at = max(Fraction(0), at - start)
                    if at >= next_at:
                        next_at = at + STEP_S
                        aspect = Fraction(film.sample_aspect_ratio or 1) if film else Fraction(1)
                        pictures.feed(Picture(frame, at, aspect, scalers))
                elif isinstance(frame, AudioFrame):
                    for part in resampler.resample(frame):
                        planes = part.to_ndarray().astype(np.float32, copy=False)
                        sound.feed(_Heard(planes, part.sample_rate))
    return container.join(pictures=pictures.result(), sound=sound.result())


def sample_image(layout: str, most_pixels: int) -> bytes:
    """The fingerprint of the picture on standard input. Raises Unfit."""
    Image.MAX_IMAGE_PIXELS = None  # bounded here, before a pixel is decoded
    try:
        with Image.open(sys.stdin.buffer, formats=[layout]) as picture:
            if picture.width * picture.height > most_pixels:
                raise Unfit("large")
            picture.draft("L", (1280, 1280))
            gray = gray_of(ImageOps.exif_transpose(picture))
    except (OSError, ValueError, SyntaxError) as problem:
        raise Unfit("open") from problem
    return container.join(**still_parts(gray))


def _key_gap(demuxer: str) -> float:
    """Seconds between keyframes on average; 0 for a file without pictures."""
    keys, last = 0, Fraction(0)
    with _opened(demuxer) as file:
        film = next((s for s in file.streams.video if not _is_cover(s)), None)
        if film is None:
            return 0.0
        try:
            for packet in file.demux(film):
                keys += bool(packet.is_keyframe and packet.size)
                if packet.pts is not None:
                    last = max(last, Fraction(packet.pts) * Fraction(film.time_base or 1))
        except FFmpegError:
            pass
        start = Fraction(film.start_time or 0) * Fraction(film.time_base or 1)
    return float(last - start) / max(1, keys)


def _opened(demuxer: str) -> Any:
    os.lseek(0, 0, os.SEEK_SET)
    try:
        return av.open("fd:", format=demuxer, options={"fd": "0"})
    except (FFmpegError, ValueError) as problem:
        raise Unfit("open") from problem


def _is_cover(stream: Any) -> bool:
    """A still beside a sound file (an album's cover) is no film."""
    return bool(int(stream.disposition) & _ATTACHED)
