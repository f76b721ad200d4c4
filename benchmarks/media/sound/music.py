"""Music made note by note, mono at 48 kHz, peak about -6 dBFS; two families that share no instrument.

Tuning: organ chords, a pad, a kit of drums, a walking bass. Reporting: plucked strings
(Karplus-Strong), bells (frequency modulation), bowed strings in unison, shakers and hand drums.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.media.sound.voices import RATE, Wave

_MAJOR = np.array([0, 2, 4, 5, 7, 9, 11])


def _note(degree: int, octave: int, key: int) -> float:
    semitones = key + 12 * (octave + degree // 7) + int(_MAJOR[degree % 7])
    return 440.0 * 2 ** ((semitones - 69) / 12)


def _score(
    rng: np.random.Generator, seconds: float, beat_s: float
) -> list[tuple[float, tuple[int, ...]]]:
    """(moment, degrees of a triad) for each bar of four beats."""
    bars = int(seconds / (4 * beat_s)) + 1
    roots = rng.choice([0, 3, 4, 5, 1], bars)
    return [(bar * 4 * beat_s, (int(r), int(r) + 2, int(r) + 4)) for bar, r in enumerate(roots)]


def _place(total: NDArray[np.float64], moment: float, sound: NDArray[np.float64]) -> None:
    start = round(moment * RATE)
    piece = sound[: max(0, len(total) - start)]
    total[start : start + len(piece)] += piece


def _organ(hertz: float, seconds: float) -> NDArray[np.float64]:
    at = np.arange(round(seconds * RATE)) / RATE
    wave = sum(np.sin(2 * np.pi * hertz * n * at) / n for n in (1, 2, 3, 4, 6))
    return np.asarray(wave * np.minimum(1, at / 0.02) * np.minimum(1, (seconds - at) / 0.05))


def _pad(rng: np.random.Generator, hertz: float, seconds: float) -> NDArray[np.float64]:
    at = np.arange(round(seconds * RATE)) / RATE
    wave = np.zeros(len(at))
    for detune in (-0.004, 0.0, 0.005):
        for n in range(1, 9):
            phase = rng.uniform(0, 6.28)
            wave += np.sin(2 * np.pi * hertz * (1 + detune) * n * at + phase) / n**1.3
    return wave * np.minimum(1, at / 0.6) * np.minimum(1, (seconds - at) / 0.6) / 3


def _kick() -> NDArray[np.float64]:
    at = np.arange(RATE // 4) / RATE
    return np.sin(2 * np.pi * (50 * at + 4 * (1 - np.exp(-at * 30)))) * np.exp(-at * 14)


def _struck(rng: np.random.Generator, decay: float, bright: float) -> NDArray[np.float64]:
    at = np.arange(round(RATE * 0.5)) / RATE
    noise = rng.normal(size=len(at))
    noise = noise - bright * np.concatenate(([0.0], noise[:-1]))
    return np.asarray(noise * np.exp(-at * decay))


def chords(rng: np.random.Generator, seconds: float) -> Wave:
    """Organ chords over a bass."""
    total, beat, key = np.zeros(round(seconds * RATE)), rng.uniform(0.4, 0.6), int(rng.integers(12))
    for moment, degrees in _score(rng, seconds, beat):
        for degree in degrees:
            _place(total, moment, 0.3 * _organ(_note(degree, 4, key), 4 * beat))
        for step in range(4):
            _place(total, moment + step * beat, 0.5 * _organ(_note(degrees[0], 2, key), beat))
    return _peaked(total)


def pad(rng: np.random.Generator, seconds: float) -> Wave:
    """A soft synthesiser under a film."""
    total, key = np.zeros(round(seconds * RATE)), int(rng.integers(12))
    for moment, degrees in _score(rng, seconds, 0.9):
        for degree in degrees:
            _place(total, moment, _pad(rng, _note(degree, 4, key), 4.2))
    return _peaked(total)


def band_with_drums(rng: np.random.Generator, seconds: float) -> Wave:
    """Chords with kick, snare and hi-hat on every half beat."""
    total = chords(rng, seconds).astype(np.float64)
    beat = rng.uniform(0.42, 0.55)
    for number, moment in enumerate(np.arange(0, seconds, beat / 2)):
        _place(total, moment, 0.12 * _struck(rng, 45, 0.95))
        if number % 4 == 0:
            _place(total, moment, 0.6 * _kick())
        if number % 4 == 2:
            _place(total, moment, 0.3 * _struck(rng, 18, 0.3))
    return _peaked(total)


def _plucked(rng: np.random.Generator, hertz: float, seconds: float) -> NDArray[np.float64]:
    period = max(2, round(RATE / hertz))
    line = rng.uniform(-1, 1, period)
    turns = -(-round(seconds * RATE) // period)
    out = np.empty((turns, period))
    for turn in range(turns):
        out[turn] = line
        line = 0.4985 * (line + np.roll(line, 1))
    return out.reshape(-1)[: round(seconds * RATE)]


def guitar(rng: np.random.Generator, seconds: float) -> Wave:
    """Broken chords on plucked strings."""
    total, beat, key = np.zeros(round(seconds * RATE)), rng.uniform(0.5, 0.8), int(rng.integers(12))
    for moment, degrees in _score(rng, seconds, beat):
        for step in range(8):
            degree = degrees[step % 3] + 7 * int(rng.integers(2))
            _place(total, moment + step * beat / 2, _plucked(rng, _note(degree, 4, key), 1.6))
    return _peaked(total)


def bells(rng: np.random.Generator, seconds: float) -> Wave:
    """Bells and electric piano by frequency modulation."""
    total, beat, key = np.zeros(round(seconds * RATE)), rng.uniform(0.4, 0.7), int(rng.integers(12))
    at = np.arange(round(2.5 * RATE)) / RATE
    for moment, degrees in _score(rng, seconds, beat):
        for step in range(4):
            hertz = _note(int(rng.choice(degrees)) + 7, 4, key)
            bend = 3 * np.exp(-at * 3) * np.sin(2 * np.pi * hertz * 3.5 * at)
            _place(total, moment + step * beat, np.sin(2 * np.pi * hertz * at + bend) * np.exp(-at))
    return _peaked(total)


def strings(rng: np.random.Generator, seconds: float) -> Wave:
    """Twelve bowed strings to a part, each a little off, with vibrato and a breath of bow noise."""
    total, key = np.zeros(round(seconds * RATE)), int(rng.integers(12))
    at = np.arange(round(3.4 * RATE)) / RATE
    swell = np.minimum(1, at / 0.4) * np.minimum(1, (3.4 - at) / 0.4)
    for moment, degrees in _score(rng, seconds, 0.8):
        for degree in degrees:
            hertz = _note(degree, 4, key)
            for _ in range(12):
                off = hertz * 2 ** (rng.normal(0, 7) / 1200)
                wobble = 0.12 * np.sin(2 * np.pi * rng.uniform(4.5, 6) * at + rng.uniform(0, 6))
                turn = (off * at + wobble * 2 + rng.uniform()) % 1
                _place(total, moment, swell * (2 * turn - 1) / 12)
    return _peaked(total)


def hand_drums(rng: np.random.Generator, seconds: float) -> Wave:
    """Shakers on every quarter beat, hand drums, and bells above them."""
    total = 0.8 * bells(rng, seconds).astype(np.float64)
    beat = rng.uniform(0.45, 0.6)
    at = np.arange(round(0.4 * RATE)) / RATE
    for number, moment in enumerate(np.arange(0, seconds, beat / 4)):
        _place(total, moment, (0.1 if number % 2 else 0.18) * _struck(rng, 60, 0.9))
        if rng.random() < 0.3:
            hertz = float(rng.choice([110, 150, 190]))
            _place(total, moment, 0.5 * np.sin(2 * np.pi * hertz * at) * np.exp(-at * 16))
    return _peaked(total)


Maker = Callable[[np.random.Generator, float], Wave]
MUSIC: dict[str, dict[str, Maker]] = {
    "tuning": {"chords": chords, "pad": pad, "drums": band_with_drums},
    "reporting": {
        "guitar": guitar, "bells": bells, "strings": strings, "hand drums": hand_drums,
    },
}  # fmt: skip


def _peaked(wave: NDArray[np.float64]) -> Wave:
    return (wave * (0.5 / np.abs(wave).max())).astype(np.float32)
