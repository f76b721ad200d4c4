"""Waves as the checks are fed them: blocks of a decoded film, if asked after a turn through AAC."""

from __future__ import annotations

import io
from collections.abc import Iterator

import av
import numpy as np
from av.audio.frame import AudioFrame

from benchmarks.media.sound.voices import RATE, Wave
from fengcai.media.sound.listening import Listener
from fengcai.media.sound.registry import CHECKS
from fengcai.media.tolerance import Together


def frames(planes: Wave, rate: int = RATE, size: int = 1024) -> Iterator[AudioFrame]:
    """Float frames of a (channels, samples) wave."""
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[planes.shape[0]]
    for at in range(0, planes.shape[1], size):
        part = np.ascontiguousarray(planes[:, at : at + size])
        frame = AudioFrame.from_ndarray(part, format="fltp", layout=layout)
        frame.sample_rate, frame.pts = rate, at
        yield frame


def encoded(planes: Wave, bit_rate: int = 128_000) -> bytes:
    """The wave as an MP4 with AAC."""
    store = io.BytesIO()
    with av.open(store, "w", format="mp4") as out:
        track = out.add_stream("aac", rate=RATE, layout={1: "mono", 2: "stereo"}[len(planes)])
        track.bit_rate = bit_rate
        for frame in frames(planes):
            out.mux(track.encode(frame))
        out.mux(track.encode(None))
    return store.getvalue()


def through_aac(planes: Wave, bit_rate: int = 128_000) -> Wave:
    """The same wave encoded and decoded again, as every film's sound was."""
    with av.open(io.BytesIO(encoded(planes, bit_rate))) as film:
        heard = [frame.to_ndarray() for frame in film.decode(audio=0)]
    return np.concatenate(heard, axis=1)[:, : planes.shape[1]]


def heard(planes: Wave, rate: int = RATE, only: str = "") -> Listener:
    """A listener that has heard the wave to its end; with `only`, by one of the checks alone."""
    listener = Listener()
    if only:
        listener.checks = Together([make() for make in CHECKS if make.name == only])
    for frame in frames(planes, rate):
        listener.hear(frame)
    listener.finish()
    return listener
