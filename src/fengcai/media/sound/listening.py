"""Listening to a film behind the walls: its sound decoded, gathered into blocks, fed to the checks.

The process opens the file for itself, so that decoding pictures and hearing sound do not wait for
each other.
"""

from __future__ import annotations

from collections.abc import Sequence
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
        "codec": context.codec.canonical_name,
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
        self._loudness = Loudness()
        self.meters = (self._loudness, Peaks())
        self._planar: av.AudioResampler | None = None
        self._speech: av.AudioResampler | None = None
        self._shape: tuple[str, int, str] | None = None
        self._names: tuple[str, ...] = ()
        self._waiting = av.AudioFifo()
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
            self._waiting = av.AudioFifo()
        frame.pts = None  # gaps that a broken film only claims would be filled
        self._waiting.write(frame)
        while self._waiting.samples >= _BLOCK:
            self._feed(self._waiting.read(_BLOCK))

    def finish(self) -> None:
        """Feed what waits."""
        if self._waiting.samples:
            self._feed(self._waiting.read(partial=True))

    @property
    def duration(self) -> Fraction:
        """Seconds heard so far, those that wait among them."""
        rate = self._shape[1] if self._shape is not None else 1
        return self._given + Fraction(self._waiting.samples, max(1, rate))

    def _feed(self, block: AudioFrame | None) -> None:
        if block is None or self._shape is None:
            return
        planes = _sane(_joined(self._planar.resample(block) if self._planar else [block]))
        speech = np.zeros(0, np.float32)
        if self._speech is not None and room.CHECKS:
            speech = _sane(_joined(self._speech.resample(block)).reshape(-1))
        sound = Sound(planes, self._shape[1], self._names, self._given, speech)
        self._given += Fraction(planes.shape[1], max(1, self._shape[1]))
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


def _joined(frames: Sequence[AudioFrame]) -> NDArray[np.float32]:
    """Shape (channels, samples); a resampler may hold everything back for now."""
    arrays = [frame.to_ndarray().astype(np.float32, copy=False) for frame in frames]
    return np.concatenate(arrays, axis=1) if arrays else np.zeros((1, 0), np.float32)


def _sane(wave: NDArray[np.float32]) -> NDArray[np.float32]:
    """Damaged float sound may decode to infinities or to 10³⁸, which would poison every sum."""
    finite = np.nan_to_num(wave, posinf=1.0, neginf=-1.0)
    return np.clip(finite, -_LOUDEST, _LOUDEST, out=finite)
