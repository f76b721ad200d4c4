"""Waves with known faults, and what one check says of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.media.sound.blocks import heard
from fengcai.media.facts.measures import Measure

RATE = 48_000
Wave = NDArray[np.float32]


def said(check: str, planes: Wave, rate: int = RATE) -> Measure:
    """The answer of one check to a (channels, samples) wave, as it leaves the process."""
    measures, _ = heard(planes, rate, only=check).measures()
    return Measure.model_validate(measures[check])


def seconds_of(measure: Measure) -> list[tuple[float, float]]:
    """Its spans in seconds."""
    return [(float(span.from_s), float(span.to_s)) for span in measure.spans]


def both(wave: Wave) -> Wave:
    """Two equal channels."""
    return np.stack((wave, wave)).astype(np.float32)


def under(voice: Wave, other: Wave, below_db: float) -> Wave:
    """Something laid under a voice so many dB below its RMS."""
    level = np.sqrt(np.square(voice).mean()) / np.sqrt(np.square(other).mean())
    return (voice + other * level * 10 ** (-below_db / 20)).astype(np.float32)
