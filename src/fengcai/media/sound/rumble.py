"""Wind, surf, traffic and brown noise: what rumbles under the voice, mostly below its own tones.

Looked for between 23 and 500 Hz in the pauses of the speaker. Each short spectrum is brought to one
level first, so that gusts and waves do not scatter; then noise has the scatter of chance and no lines,
where bass and drums have lines and little scatter. A rumble falls with frequency; a voice's echo and a
murmuring hall do not. Says nothing of how much it disturbs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CHANCE = 0.38
SMOOTH = 0.80
FALL_DB = 5.0
PROMINENCE_DB = 16.0
"""How far it may lie under the speech between 23 and 500 Hz."""

_SIZE, _HOP = 2048, 1024
_LOW, _HIGH = 3, 64
_AROUND = 6
_PAUSES = 0.25
_LEAST = 12


@dataclass(frozen=True)
class Rumble:
    """`scatter` and `smooth` as of `noise.Pauses`, of levelled spectra; `fall_db`: how much louder it is
    below 180 Hz than above 260; `below_db`: how far the pauses lie under the speech."""

    scatter: float
    smooth: float
    fall_db: float
    below_db: float

    @property
    def told(self) -> bool:
        """Whether it is a rumble, and near enough to the speech."""
        return (
            self.scatter >= CHANCE
            and self.smooth >= SMOOTH
            and self.fall_db >= FALL_DB
            and self.below_db <= PROMINENCE_DB
        )


def rumble_of(wave: NDArray[np.float32]) -> Rumble | None:
    """Of a 16-kHz wave of some seconds; None of silence and of what is shorter than two."""
    if len(wave) < _SIZE:
        return None
    frames = np.lib.stride_tricks.sliding_window_view(wave, _SIZE)[::_HOP]
    spectra = np.fft.rfft(frames * np.hanning(_SIZE).astype(np.float32), axis=1)[:, _LOW:_HIGH]
    power = np.square(spectra.real) + np.square(spectra.imag)
    energy = power.sum(axis=1)
    sounding = energy > 1e-6
    if np.count_nonzero(sounding) < 4 * _LEAST:
        return None
    power, energy = power[sounding] + 1e-12, energy[sounding]
    order = np.argsort(energy)
    quiet = power[order[: max(_LEAST, int(_PAUSES * len(order)))]]
    loud = float(energy[order[-int(0.4 * len(order)) :]].mean())
    levelled = quiet / quiet.mean(axis=1, keepdims=True)
    mean = levelled.mean(axis=0, dtype=np.float64)
    size = 2 * _AROUND + 1
    around = np.convolve(np.pad(mean, _AROUND, mode="edge"), np.ones(size) / size, "valid")
    return Rumble(
        scatter=float(np.median(np.exp(np.log(levelled).mean(axis=0)) / mean)),
        smooth=float(np.exp((np.log(mean) - np.log(around)).mean())),
        fall_db=float(10 * np.log10(mean[:20].mean() / mean[30:].mean())),
        below_db=float(10 * np.log10(loud / quiet.mean(axis=0, dtype=np.float64).sum())),
    )
