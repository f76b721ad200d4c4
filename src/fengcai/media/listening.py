"""The sound of a film on its way to the analysers: decoded frames gathered into float blocks."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame

from fengcai.media.analysers import SOUND_ANALYSERS
from fengcai.media.analysers.samples import Sound

_BLOCK = 32_768


class Listener:
    """Gathers decoded sound into blocks and feeds the sound analysers."""

    def __init__(self) -> None:
        self._checks = [make() for make in SOUND_ANALYSERS]
        self._resampler: av.AudioResampler | None = None
        self._shape: tuple[str, int, str] | None = None
        self._names: tuple[str, ...] = ()
        self._waiting: list[Any] = []
        self._held = 0
        self.duration = Fraction(0)

    def hear(self, frame: AudioFrame) -> None:
        shape = (frame.format.name, frame.sample_rate, frame.layout.name)
        if shape != self._shape:
            self.finish()
            self._shape = shape
            self._names = tuple(channel.name for channel in frame.layout.channels)
            self._resampler = None if shape[0] == "fltp" else av.AudioResampler(format="fltp")
        self.duration += Fraction(frame.samples, max(1, frame.sample_rate))
        for converted in self._resampler.resample(frame) if self._resampler else (frame,):
            self._waiting.append(converted.to_ndarray())
            self._held += converted.samples
        if self._held >= _BLOCK:
            self.finish()

    def finish(self) -> None:
        if not self._waiting or self._shape is None:
            return
        planes = np.concatenate(self._waiting, axis=1)
        # Damaged float sound may decode to infinities, which would poison every sum.
        planes = np.nan_to_num(planes, nan=0.0, posinf=1.0, neginf=-1.0)
        self._waiting, self._held = [], 0
        sound = Sound(planes, self._shape[1], self._names)
        for check in self._checks:
            check.feed(sound)

    def result(self) -> dict[str, Any]:
        if not self.duration:
            return {}
        facts: dict[str, Any] = {"duration_s": str(self.duration)}
        for check in self._checks:
            facts.update(check.result())
        return facts
