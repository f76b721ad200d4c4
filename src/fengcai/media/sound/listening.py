"""Listening to a film behind the walls: its sound decoded, gathered into blocks, fed to the checks.

The process opens the file for itself, so that decoding pictures and hearing sound do not wait for
each other.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from fengcai.media.opening import (
    Emit,
    Faults,
    Order,
    Tell,
    declared_duration,
    decoded,
    film_of,
    open_input,
    packets,
    sound_of,
)
from fengcai.media.reach import how_far
from fengcai.media.samples import Sound
from fengcai.media.sound import registry as room
from fengcai.media.sound.loudness import Loudness
from fengcai.media.sound.peaks import Peaks
from fengcai.media.subtitle_tracks import SubtitleText
from fengcai.media.tolerance import Together

_BLOCK = 32_768
SPEECH_HZ = 16_000
_LOUDEST = np.float32(64)


def hear_film(order: Order, emit: Emit, tell: Tell) -> dict[str, bytes]:
    """Hear the film once, and take its subtitle tracks along: they lie between the sound. Facts go to
    `emit`, progress (0–1) to `tell`, output files come back."""
    with open_input(order) as container:
        track = sound_of(container)
        subtitles, tracks = SubtitleText(), container.streams.subtitles
        if track is None:
            for packet in packets(container, tracks[0], Faults(), tracks[1:]) if tracks else ():
                subtitles.take(packet)
            return subtitles.files()
        alone = film_of(container) is None
        faults = Faults()
        listener = Listener()
        told = 0.0
        for packet in packets(container, track, faults, tracks):
            if packet.stream.type == "subtitle":
                subtitles.take(packet)
                continue
            for frame in decoded(packet, faults):
                if isinstance(frame, AudioFrame):
                    listener.hear(frame)
            if packet.pos is not None and order.size and packet.pos / order.size - told >= 0.01:
                told = packet.pos / order.size
                tell(min(1.0, told))
            if faults.too_many:
                faults.ended_early = True
                break
        listener.finish()
        measures, files = listener.measures()
        part: dict[str, Any] = {"audio": _facts(track, listener, faults), "measures": measures}
        if alone:
            declared = declared_duration(container, track)
            reached = how_far(faults, declared, listener.duration, Fraction(1, 25))
            part["decoding"] = {"mode": "thorough", **reached}
        emit(part)
        return files | subtitles.files()


def _facts(track: AudioStream, listener: Listener, faults: Faults) -> dict[str, Any]:
    context = track.codec_context
    return {
        "codec": context.name,
        "profile": track.profile,
        "channels": context.channels,
        "layout": context.layout.name,
        "sample_rate_hz": context.sample_rate,
        "errors": faults.count,
        **listener.result(),
    }


class Listener:
    """Gathers decoded sound into blocks, feeds what measures it and the checks."""

    def __init__(self) -> None:
        self.checks = Together([make() for make in room.CHECKS])
        self.duration = Fraction(0)
        self._loudness = Loudness()
        self.meters = (self._loudness, Peaks())
        self._planar: av.AudioResampler | None = None
        self._speech: av.AudioResampler | None = None
        self._shape: tuple[str, int, str] | None = None
        self._names: tuple[str, ...] = ()
        self._waiting: list[NDArray[np.float32]] = []
        self._spoken: list[NDArray[np.float32]] = []
        self._held = 0
        self._given = Fraction(0)

    def hear(self, frame: AudioFrame) -> None:
        """The next decoded frame, of whatever shape."""
        shape = (frame.format.name, frame.sample_rate, frame.layout.name)
        if shape != self._shape:
            self.finish()
            self._shape = shape
            self._names = tuple(channel.name for channel in frame.layout.channels)
            self._planar = None if shape[0] == "fltp" else av.AudioResampler(format="fltp")
            self._speech = av.AudioResampler(format="flt", layout="mono", rate=SPEECH_HZ)
        self.duration += Fraction(frame.samples, max(1, frame.sample_rate))
        for converted in self._planar.resample(frame) if self._planar else (frame,):
            self._waiting.append(converted.to_ndarray().astype(np.float32, copy=False))
            self._held += converted.samples
        if self._speech is not None and room.CHECKS:
            frame.pts = None  # the resampler would fill gaps that a broken film only claims
            for converted in self._speech.resample(frame):
                spoken = converted.to_ndarray().reshape(-1)
                self._spoken.append(spoken.astype(np.float32, copy=False))
        if self._held >= _BLOCK:
            self.finish()

    def finish(self) -> None:
        """Feed what waits."""
        if not self._waiting or self._shape is None:
            return
        planes = _sane(np.concatenate(self._waiting, axis=1))
        speech = _sane(np.concatenate(self._spoken)) if self._spoken else np.zeros(0, np.float32)
        sound = Sound(planes, self._shape[1], self._names, self._given, speech)
        self._given += Fraction(planes.shape[1], max(1, self._shape[1]))
        self._waiting, self._spoken, self._held = [], [], 0
        for meter in self.meters:
            meter.feed(sound)
        self.checks.feed(lambda check: check.feed(sound))

    def measures(self) -> tuple[dict[str, Any], dict[str, bytes]]:
        """`facts.measures` as JSON-ready values, loudness over time among them, and their files."""
        found, files = self.checks.results()
        loudness = self._loudness.measure()
        if loudness is not None:
            found["loudness"] = loudness.model_dump(mode="json")
        return found, files

    def result(self) -> dict[str, Any]:
        """Fields of facts.audio; none where nothing was heard."""
        if not self.duration:
            return {}
        facts: dict[str, Any] = {"duration_s": str(self.duration)}
        for meter in self.meters:
            facts.update(meter.result())
        return facts


def _sane(wave: NDArray[np.float32]) -> NDArray[np.float32]:
    """Damaged float sound may decode to infinities or to 10³⁸, which would poison every sum."""
    finite = np.nan_to_num(wave, posinf=1.0, neginf=-1.0)
    return np.clip(finite, -_LOUDEST, _LOUDEST, out=finite)
