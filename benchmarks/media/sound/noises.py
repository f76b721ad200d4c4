"""Noise of many kinds, mono at 48 kHz, RMS 1; the families share no recipe."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.media.sound.voices import RATE, Wave, spoken


def coloured(rng: np.random.Generator, size: int, slope_db: float, low: float = 20.0) -> Wave:
    """Gaussian noise whose power changes by `slope_db` per octave above `low` Hz."""
    spectrum = np.fft.rfft(rng.normal(size=size))
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    shape = (np.maximum(hertz, low) / 1000) ** (slope_db / 6.02)
    shape[hertz < low] *= (hertz[hertz < low] / low) ** 2
    return _unit(np.fft.irfft(spectrum * shape, size))


def band(rng: np.random.Generator, size: int, low: float, high: float) -> Wave:
    """Gaussian noise between two frequencies, falling by 12 dB per octave outside."""
    spectrum = np.fft.rfft(rng.normal(size=size))
    hertz = np.fft.rfftfreq(size, 1 / RATE) + 1e-9
    shape = 1 / (1 + (low / hertz) ** 4) / (1 + (hertz / high) ** 4)
    return _unit(np.fft.irfft(spectrum * np.sqrt(shape), size))


def fan(rng: np.random.Generator, size: int) -> Wave:
    """Rushing air that beats a little with the blades, and the motor's own faint tone."""
    at = np.arange(size) / RATE
    air = coloured(rng, size, -4.0, 80.0) * (1 + 0.15 * np.sin(2 * np.pi * 23.0 * at))
    return _unit(air + 0.08 * np.sin(2 * np.pi * rng.uniform(170, 260) * at))


def air_conditioner(rng: np.random.Generator, size: int) -> Wave:
    """A low rush with hiss above it, swelling slowly."""
    at = np.arange(size) / RATE
    swell = 1 + 0.2 * np.sin(2 * np.pi * 0.13 * at + rng.uniform(0, 6))
    return _unit((coloured(rng, size, -5.0, 60.0) + 0.25 * band(rng, size, 2000, 9000)) * swell)


def crowd(rng: np.random.Generator, size: int, family: str) -> Wave:
    """A hall of people: fourteen voices at once, from everywhere, and the hall's own rush."""
    total = 0.25 * coloured(rng, size, -3.0, 100.0)
    for _ in range(14):
        one = spoken(family, int(rng.integers(1000)), 6.0)
        turn = int(rng.integers(len(one)))
        repeats = -(-size // len(one))
        total = total + np.tile(np.roll(one, turn), repeats)[:size] * rng.uniform(1, 4)
    return _unit(total)


def rain(rng: np.random.Generator, size: int) -> Wave:
    """Drops on a roof: hundreds of short clicks a second over a soft rush."""
    drops = np.zeros(size)
    at = rng.integers(0, size - 1, size * 700 // RATE)
    drops[at] = rng.exponential(1.0, len(at)) * rng.choice([-1, 1], len(at))
    ring = np.exp(-np.arange(240) / 40) * np.sin(2 * np.pi * np.arange(240) / 13)
    return _unit(np.convolve(drops, ring, "same") + 0.4 * coloured(rng, size, -2.0, 200.0))


def surf(rng: np.random.Generator, size: int) -> Wave:
    """A shore: a deep roar that swells for seconds and runs out, each wave another one."""
    at = np.arange(size) / RATE
    swell = np.full(size, 0.25)
    moment = float(rng.uniform(0, 2))
    while moment < size / RATE:
        late = np.maximum(at - moment, 0)
        swell += rng.uniform(0.4, 1.0) * late * np.exp(-late / rng.uniform(0.4, 0.9))
        moment += float(rng.uniform(1.5, 4))
    return _unit(coloured(rng, size, -6.5, 35.0) * swell)


def traffic(rng: np.random.Generator, size: int) -> Wave:
    """A road: a low roar that rises and falls with each car."""
    at = np.arange(size) / RATE
    swell = np.full(size, 0.4)
    for moment in rng.uniform(0, size / RATE, max(1, size // RATE // 4)):
        swell += np.exp(-(((at - moment) / 1.3) ** 2))
    return _unit(coloured(rng, size, -5.0, 50.0) * swell)


def wind(rng: np.random.Generator, size: int) -> Wave:
    """Gusts on a microphone: deep, and never the same."""
    slow = np.interp(np.arange(size) / RATE, np.arange(0, size / RATE + 1, 0.4),
                     rng.uniform(0.15, 1.0, int((size / RATE + 1) / 0.4) + 1))  # fmt: skip
    return _unit(coloured(rng, size, -7.0, 40.0) * slow)


Maker = Callable[[np.random.Generator, int], Wave]
NOISES: dict[str, dict[str, Maker]] = {
    "tuning": {
        "white": lambda rng, size: coloured(rng, size, 0.0),
        "pink": lambda rng, size: coloured(rng, size, -3.0),
        "brown": lambda rng, size: coloured(rng, size, -6.0),
        "fan": fan,
        "surf": surf,
        "crowd": lambda rng, size: crowd(rng, size, "tuning"),
    },
    "reporting": {
        "hiss": lambda rng, size: band(rng, size, 1500, 9000),
        "preamplifier": lambda rng, size: band(rng, size, 120, 4500),
        "air conditioner": air_conditioner,
        "rain": rain,
        "traffic": traffic,
        "wind": wind,
        "crowd": lambda rng, size: crowd(rng, size, "reporting"),
    },
}
BROADBAND = frozenset({"white", "pink", "fan", "hiss", "preamplifier", "air conditioner"})
"""The kinds that the target names; the rest is reported beside it."""
DEEP = frozenset({"brown", "surf", "traffic", "wind"})
"""Kinds that lie below the voice for the most part."""


def hum(size: int, hertz: float, seed: int, harmonics: int = 6) -> Wave:
    """Mains hum: the frequency and its multiples, as a rectifier or a bad earth gives them."""
    rng = np.random.default_rng(seed)
    at = np.arange(size) / RATE
    total = np.zeros(size)
    for number in range(1, harmonics + 1):
        strength = rng.uniform(0.4, 1.0) / number**0.7
        total += strength * np.sin(2 * np.pi * hertz * number * at + rng.uniform(0, 6.28))
    return _unit(total)


def _unit(wave: NDArray[np.floating]) -> Wave:
    return (wave / np.sqrt(np.square(wave).mean())).astype(np.float32)
