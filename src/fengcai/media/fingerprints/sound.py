"""The fingerprint of a film's sound: 32 signs eight times a second, in the manner of chromaprint.

Windows of 0.36 s are cut into 33 bands of equal ratio from 250 to 3 500 Hz; each sign says whether
the difference of two neighbouring bands grows or falls over a quarter of a second. Sources: Haitsma
and Kalker, "A Highly Robust Audio Fingerprinting System" (ISMIR 2002), for the signs; Lalinský's
chromaprint for windows so long that recoding and a changed tempo hardly move them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import scipy.fft  # type: ignore[import-untyped]
from numpy.typing import NDArray

VERSION = 1
RATE = 8
"""Words a second."""
MOST_WORDS = 30 * 60 * RATE
"""What comes after half an hour is not kept."""
BANDS = 33
SILENT = np.uint32(0)
"""The word of a moment without sound."""
_LOW_HZ, _HIGH_HZ = 250.0, 3500.0
_WINDOW_S = 0.36
_LAG = 2
_FAINT = 1e-6
_BATCH = 16


class Heard(Protocol):
    """What is asked of a block of sound."""

    @property
    def planes(self) -> NDArray[np.float32]: ...

    @property
    def rate_hz(self) -> int: ...


@dataclass(frozen=True)
class Sounds:
    """`words`: uint32 (n,), one each eighth of a second; `SILENT` where nothing is heard."""

    words: NDArray[np.uint32]

    @property
    def audible(self) -> NDArray[np.bool_]:
        """Where there is something to compare."""
        heard: NDArray[np.bool_] = self.words != SILENT
        return heard

    @property
    def times_s(self) -> NDArray[np.float64]:
        """The moment of each word."""
        return np.arange(len(self.words)) / RATE


class SoundFingerprint:
    """Feeds on blocks of any length; keeps four bytes for each eighth of a second."""

    name = "fingerprint"

    def __init__(self) -> None:
        self._rate = 0
        self._waiting: list[NDArray[np.float32]] = []
        self._held = 0
        self._start = 0
        self._done = 0
        self._levels: list[NDArray[np.float32]] = []
        self._heard: list[NDArray[np.bool_]] = []

    def feed(self, sound: Heard) -> None:
        """The next block. One of another rate than the first is left out."""
        if self._done >= MOST_WORDS or sound.planes.size == 0:
            return
        if self._rate == 0:
            self._begin(sound.rate_hz)
        if sound.rate_hz != self._rate:
            return
        self._waiting.append(sound.planes.mean(axis=0, dtype=np.float32))
        self._held += sound.planes.shape[1]
        if self._held - self._start >= self._length + _BATCH * self._hop:
            self._drain()

    def result(self) -> bytes:
        """The section; empty when nothing was heard."""
        if self._rate == 0:
            return b""
        self._drain()
        if not self._levels:
            return b""
        words = _words(np.concatenate(self._levels), np.concatenate(self._heard))[:MOST_WORDS]
        return words.astype("<u4").tobytes() if np.any(words != SILENT) else b""

    def _begin(self, rate_hz: int) -> None:
        self._rate = rate_hz
        self._length = int(scipy.fft.next_fast_len(round(_WINDOW_S * rate_hz), real=True))
        self._hop = rate_hz / RATE
        self._window = np.hanning(self._length).astype(np.float32)
        bins = np.arange(self._length // 2 + 1) * rate_hz / self._length
        edges = np.geomspace(_LOW_HZ, _HIGH_HZ, BANDS + 1)
        self._from, self._to = np.searchsorted(bins, (edges[0] * 0.9, edges[-1] * 1.1))
        self._bands = _triangles(bins[self._from : self._to], edges)

    def _drain(self) -> None:
        """Every window that is whole."""
        samples = np.concatenate(self._waiting)
        # The n-th window starts at n hops, which need not be a whole number of samples.
        held_from = self._held - len(samples)
        starts = []
        while round(self._done * self._hop) + self._length <= self._held:
            starts.append(round(self._done * self._hop) - held_from)
            self._done += 1
        for first in range(0, len(starts), _BATCH):
            part = starts[first : first + _BATCH]
            frames = np.stack([samples[at : at + self._length] for at in part]) * self._window
            spectrum = scipy.fft.rfft(frames, axis=1)[:, self._from : self._to]
            power = spectrum.real**2 + spectrum.imag**2
            self._heard.append(frames.std(axis=1) > 1e-3)
            self._levels.append(np.log(power @ self._bands + _FAINT))
        self._start = round(self._done * self._hop)
        keep = max(0, self._start - held_from)
        self._waiting = [samples[keep:]]


def _triangles(bins: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.float32]:
    """Overlapping bands in the logarithm of the frequency, shape (bins, BANDS)."""
    middles = np.sqrt(edges[1:] * edges[:-1])
    width = np.log(edges[1] / edges[0])
    away = np.abs(np.log(np.maximum(bins, 1.0))[:, None] - np.log(middles)[None, :]) / width
    bands: NDArray[np.float32] = np.clip(1.0 - away, 0.0, None).astype(np.float32)
    return bands


def _words(levels: NDArray[np.float32], heard: NDArray[np.bool_]) -> NDArray[np.uint32]:
    """The signs of how the steps between bands change over time, 32 a moment."""
    slope = levels[:, 1:] - levels[:, :-1]
    words = np.zeros(len(slope), dtype=np.uint32)
    if len(slope) <= _LAG:
        return words
    grows = slope[_LAG:] > slope[:-_LAG]
    packed = np.ascontiguousarray(np.packbits(grows, axis=1)).view(">u4").reshape(-1)
    both = heard[_LAG:] & heard[:-_LAG]
    words[: len(packed)] = np.where(both, np.maximum(packed.astype(np.uint32), 1), SILENT)
    return words


def read(payload: bytes, version: int) -> Sounds:
    """A section as written by any version up to this one. Raises ValueError for any other."""
    if version != VERSION or len(payload) % 4:
        raise ValueError(f"sound of version {version}, {len(payload)} bytes")
    return Sounds(np.frombuffer(payload, dtype="<u4").astype(np.uint32))
