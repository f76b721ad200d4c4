"""Mains hum: lines at 50 or 60 Hz and their multiples that stand still while all else moves.

Spectra of two seconds, taken each second, are held against each other over twelve seconds: of every
bin the level that is passed seven times in ten. Speech and notes come and go and sink out of it; a
line stays. A note of music is told by its pitch (nothing in the common tuning falls on these
frequencies) and because it ends. How loud a hum is counts by the ear's own curve (A-weighting)
against the loud half of the film.
"""

from __future__ import annotations

from collections import deque
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from fengcai.media.checks import SoundCheck
from fengcai.media.facts.measures import Measure, Span
from fengcai.media.samples import Sound
from fengcai.media.sound.timeline import stretches, weightiest

RATE = 16_000
BASES_HZ = (50, 60)
HARMONICS = 8
_WINDOW = 2 * RATE
_PER_HZ = _WINDOW // RATE
_BINS = (BASES_HZ[-1] * HARMONICS + 16) * _PER_HZ
HELD_S = 12
STEP_S = 4
LEAST_S = 6
STANDS_OUT_DB = 10.0
ALONE_DB = 16.0
MOVES_DB = 5.0
AUDIBLE_DB = 45.0
FAINT_DB = 54.0
NOTHING = 1e-12
_SCALE = 2 / (_WINDOW * 0.5) ** 2 / 1.5
"""Hann window: the power of a sine is the sum over its main lobe, 1.5 times its highest bin."""


class Hum(SoundCheck):
    """Keeps twelve spectra of some 500 Hz, and three numbers for each four seconds."""

    name = "hum"

    def __init__(self) -> None:
        super().__init__()
        self._window = np.hanning(_WINDOW).astype(np.float32)
        self._left = np.zeros(0, np.float32)
        self._spectra: deque[NDArray[np.float32]] = deque(maxlen=HELD_S)
        self._heard = 0
        self._levels: list[float] = []
        self._hums: list[tuple[int, int, float, int]] = []

    def feed(self, sound: Sound) -> None:
        wave = np.concatenate((self._left, sound.speech))
        while len(wave) >= _WINDOW:
            self._take(wave[:_WINDOW])
            wave = wave[RATE:]
        self._left = wave

    def result(self) -> Measure | None:
        about = ("hum",)
        method = "lines of 50/60 Hz and multiples in the lower third of spectra over 12 s"
        if self._heard < LEAST_S:
            return Measure(method=method, answer="unmeasured", about=about, why="声音太短")
        if self._heard < HELD_S:
            self._look()
        levels = np.array(self._levels)
        programme = float(np.mean(np.sort(levels)[-max(1, len(levels) // 2) :]))
        below = [
            10 * np.log10((programme + NOTHING) / (level + NOTHING))
            for _, _, level, _ in self._hums
        ]
        limits = {"audible_below_programme_db": AUDIBLE_DB, "faint_below_programme_db": FAINT_DB}
        loud = [hum for hum, under in zip(self._hums, below, strict=True) if under <= AUDIBLE_DB]
        faint = [hum for hum, under in zip(self._hums, below, strict=True) if under <= FAINT_DB]
        enough = 2 if self._heard > HELD_S + STEP_S else 1
        found = len(loud) >= enough
        doubt = not found and bool(faint)
        shown = loud if found else faint
        base = max({hum[3] for hum in shown}, key=[hum[3] for hum in shown].count, default=0)
        held = np.zeros(self._heard + 1, dtype=bool)
        for begin, end, _, _ in shown:
            held[begin : end + 1] = True
        return Measure(
            method=method,
            answer="found" if found else "doubtful" if doubt else "clear",
            about=about,
            facts={} if doubt else {"hum": found},
            values={
                "base_hz": base or None,
                "below_programme_db": round(min(below), 1) if below else None,
                "hum_s": int(held.sum()) if shown else 0,
            },
            limits=limits,
            spans=weightiest(
                [
                    Span(from_s=Fraction(b), to_s=Fraction(e), text=f"{base} Hz")
                    for b, e in stretches(held)
                ]
            ),
        )

    def _take(self, wave: NDArray[np.float32]) -> None:
        self._levels.append(float(np.dot(wave, wave)) / len(wave))
        spectrum = np.fft.rfft(wave * self._window)[:_BINS]
        self._spectra.append(np.square(np.abs(spectrum)).astype(np.float32) * np.float32(_SCALE))
        self._heard += 1
        if self._heard >= HELD_S and (self._heard - HELD_S) % STEP_S == 0:
            self._look()

    def _look(self) -> None:
        """Whether the last twelve seconds hum."""
        low, high = np.percentile(np.stack(self._spectra), (30, 70), axis=0)
        hums = [(level, base) for base in BASES_HZ if (level := hum_level(low, high, base)) > 0]
        if hums:
            level, base = max(hums)
            self._hums.append((self._heard - len(self._spectra), self._heard, level, base))


def hum_level(low: NDArray[np.float64], high: NDArray[np.float64], base_hz: int) -> float:
    """A-weighted power of the standing lines of a mains frequency, full scale 1; 0 where none hums.

    `low` and `high` are what 70 % and 30 % of the spectra pass, in bins of 0.5 Hz.
    """
    total, lines, alone = 0.0, 0, False
    for number in range(1, HARMONICS + 1):
        hertz = base_hz * number
        middle = hertz * _PER_HZ
        at = middle - 1 + int(np.argmax(low[middle - 1 : middle + 2]))
        beside = np.concatenate(
            (low[middle - 24 : middle - 5], low[middle + 6 : min(len(low), middle + 25)])
        )
        over = 10 * np.log10((low[at] + NOTHING) / (np.median(beside) + NOTHING))
        moves = 10 * np.log10((high[at] + NOTHING) / (low[at] + NOTHING))
        if low[at] < max(low[at - 2], low[at - 1], low[at + 1], low[at + 2]):
            continue  # the foot of a note beside it
        edge = max(low[at - 3], low[min(len(low) - 1, at + 3)])
        if over < STANDS_OUT_DB or moves > MOVES_DB or edge > low[at] / 4:
            continue
        lines += 1
        alone = alone or (number <= 2 and over >= ALONE_DB)
        total += 1.5 * float(low[at]) * a_weighting(hertz)
    return total if lines >= 2 or alone else 0.0


def a_weighting(hertz: float) -> float:
    """IEC 61672-1, annex E: the ear's A curve as a factor of power, 1 at 1 kHz."""
    square = hertz * hertz
    response = (12194.217**2 * square * square) / (
        (square + 20.598997**2)
        * np.sqrt((square + 107.65265**2) * (square + 737.86223**2))
        * (square + 12194.217**2)
    )
    return float((response * 10 ** (2.0 / 20)) ** 2)
