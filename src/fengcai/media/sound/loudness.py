"""Loudness by ITU-R BS.1770-4 (K-weighting, 400 ms blocks, two gates) and its range by EBU Tech 3342.

The K-weighting is the standard's pair of biquads (analogue prototype re-derived for any sampling
rate, as in EBU Tech 3341's reference implementations), applied as one long FIR by overlap-save,
because numpy has no recursive filter. Its impulse response is cut where it has decayed below
-120 dB.
"""

from __future__ import annotations

import math
from array import array
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengcai.media.facts.measures import Measure, Span
from fengcai.media.samples import Sound
from fengcai.media.sound.timeline import curve

SILENT_BELOW_LUFS = -60.0
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
RANGE_GATE_LU = -20.0
_HOP_S = Fraction(1, 10)
_HOPS_PER_BLOCK = 4
_HOPS_PER_SHORT_TERM = 30
_METHOD = "ITU-R BS.1770-4; range: EBU Tech 3342 over short-term loudness each 100 ms"
_SURROUND = 1.41


class Loudness:
    """Feeds on blocks of any length; keeps one float per 100 ms of film."""

    name = "loudness"

    def __init__(self) -> None:
        self._rate = 0
        self._names: tuple[str, ...] = ()
        self._hops = array("d")
        self._ended = False
        self._changed = False

    def feed(self, sound: Sound) -> None:
        if self._rate == 0:
            self._start(sound)
        if sound.rate_hz != self._rate or sound.names != self._names:
            self._changed = True
            return
        self._pending.append(sound.planes)
        self._waiting += sound.planes.shape[1]
        if self._waiting >= self._step:
            self._drain()

    def result(self) -> dict[str, Any]:
        if self._rate == 0:
            return {}
        self._finish()
        blocks = block_powers(np.array(self._hops))
        momentary = [float(_lufs(p)) for p in (blocks.max(),)] if blocks.size else []
        loudest = momentary[0] if momentary and math.isfinite(momentary[0]) else None
        integrated = None if self._changed else gated_loudness(blocks)
        return {
            "loudness_lufs": None if integrated is None else round(integrated, 2),
            "loudness_max_momentary_lufs": None if loudest is None else round(loudest, 2),
            "silent": loudest is None or loudest < SILENT_BELOW_LUFS,
        }

    def measure(self) -> Measure | None:
        """Loudness over time: its range, and the loudest and the quietest three seconds."""
        if self._rate == 0:
            return None
        self._finish()
        hops = np.array(self._hops)
        integrated = None if self._changed else gated_loudness(block_powers(hops))
        about = ("loudness", "loudness_range")
        if integrated is None:
            why = "声音的声道或采样率中途变化，没有量出整片响度" if self._changed else ""
            return Measure(method=_METHOD, answer="unmeasured", about=about, why=why)
        short = _lufs(block_powers(hops, _HOPS_PER_SHORT_TERM))
        span = loudness_range(block_powers(hops, _HOPS_PER_SHORT_TERM))
        return Measure(
            method=_METHOD,
            answer="clear",
            about=about,
            facts={} if span is None else {"loudness_range": str(Fraction(round(span * 10), 10))},
            values={
                "integrated_lufs": round(integrated, 2),
                "range_lu": None if span is None else round(span, 2),
                "loudest_lufs": round(float(short.max()), 2) if len(short) else None,
            },
            limits={"absolute_gate_lufs": ABSOLUTE_GATE_LUFS, "range_gate_lu": RANGE_GATE_LU},
            spans=_extremes(short, integrated),
            curve=curve(np.where(short > -80, short, np.nan)[::10], 10 * _HOP_S, "LUFS"),
        )

    def _finish(self) -> None:
        """Weigh what still waits; nothing more is fed after this."""
        if self._waiting and not self._ended:
            pad = np.zeros((len(self._names), self._step), dtype=np.float32)
            exact = self._waiting
            self._pending.append(pad)
            self._waiting += self._step
            self._drain(only=exact)
        self._ended = True

    def _start(self, sound: Sound) -> None:
        self._rate, self._names = sound.rate_hz, sound.names
        self._weights = channel_weights(sound.names)[:, None]
        taps = max(1024, round(self._rate * 0.16))
        self._size = 1 << max(14, (4 * taps - 1).bit_length())
        self._taps = taps
        self._step = self._size - taps + 1
        impulse = np.fft.irfft(k_weighting(self._rate, 4 * self._size), 4 * self._size)[:taps]
        self._response = np.fft.rfft(impulse, self._size).astype(np.complex64)
        self._history = np.zeros((len(sound.names), taps - 1), dtype=np.float32)
        self._pending: list[NDArray[np.float32]] = []
        self._waiting = 0
        self._hop = max(1, round(self._rate / 10))
        self._left: NDArray[np.float32] = np.zeros(0, dtype=np.float32)

    def _drain(self, only: int | None = None) -> None:
        samples = np.concatenate(self._pending, axis=1)
        at = 0
        while samples.shape[1] - at >= self._step:
            block = np.concatenate((self._history, samples[:, at : at + self._step]), axis=1)
            self._history = block[:, self._step :]
            spectrum = np.fft.rfft(block, axis=1) * self._response
            weighted = np.fft.irfft(spectrum, self._size, axis=1)[:, self._taps - 1 :]
            power = (self._weights * np.square(weighted)).sum(axis=0, dtype=np.float32)
            at += self._step
            self._take(power if only is None else power[: max(0, only - (at - self._step))])
        self._pending = [samples[:, at:]]
        self._waiting = samples.shape[1] - at

    def _take(self, power: NDArray[np.float32]) -> None:
        power = np.concatenate((self._left, power))
        whole = len(power) // self._hop
        hops = power[: whole * self._hop].reshape(whole, self._hop).mean(axis=1, dtype=np.float64)
        self._hops.extend(hops)
        self._left = power[whole * self._hop :]


def k_weighting(rate_hz: int, size: int) -> NDArray[np.complex128]:
    """Frequency response of the two biquads of BS.1770-4 at the bins of an rfft of `size`."""
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    k = math.tan(math.pi * 1681.974450955533 / rate_hz)
    q = 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    shelf = (
        (high + band * k / q + k * k)
        + 2 * (k * k - high) * z
        + (high - band * k / q + k * k) * z**2
    ) / ((1 + k / q + k * k) + 2 * (k * k - 1) * z + (1 - k / q + k * k) * z**2)
    k = math.tan(math.pi * 38.13547087602444 / rate_hz)
    q = 0.5003270373238773
    norm = 1 + k / q + k * k
    low_cut = (1 - 2 * z + z**2) / (
        1 + 2 * (k * k - 1) / norm * z + (1 - k / q + k * k) / norm * z**2
    )
    response: NDArray[np.complex128] = shelf * low_cut
    return response


def channel_weights(names: tuple[str, ...]) -> NDArray[np.float32]:
    """BS.1770-4, tables 3 and 4: fronts 1.0, surrounds 1.41, LFE out, true backs of 7.1 1.0."""
    beside = {"SL", "SR"} & set(names)
    weights = []
    for name in names:
        if name.startswith("LFE"):
            weights.append(0.0)
        elif name in ("SL", "SR") or (name in ("BL", "BR") and not beside):
            weights.append(_SURROUND)
        else:
            weights.append(1.0)
    return np.array(weights, dtype=np.float32)


def block_powers(hops: NDArray[np.float64], length: int = _HOPS_PER_BLOCK) -> NDArray[np.float64]:
    """Mean power of each whole block of `length` × 100 ms (400 ms), stepped by 100 ms."""
    if len(hops) < length:
        return np.zeros(0)
    windows = np.lib.stride_tricks.sliding_window_view(hops, length)
    powers: NDArray[np.float64] = windows.mean(axis=1)
    return powers


def gated_loudness(blocks: NDArray[np.float64]) -> float | None:
    """Integrated loudness of block powers in LUFS, or None when every block is under the gate."""
    levels = _lufs(blocks)
    audible = blocks[levels > ABSOLUTE_GATE_LUFS]
    if audible.size == 0:
        return None
    threshold = _lufs(audible.mean()) + RELATIVE_GATE_LU
    return float(_lufs(audible[_lufs(audible) > threshold].mean()))


def loudness_range(blocks: NDArray[np.float64]) -> float | None:
    """EBU Tech 3342: 10 to 95 % of the gated three-second blocks, in LU; None where none is left."""
    audible = blocks[_lufs(blocks) > ABSOLUTE_GATE_LUFS]
    if audible.size == 0:
        return None
    levels = _lufs(audible[_lufs(audible) > _lufs(audible.mean()) + RANGE_GATE_LU])
    low, high = np.percentile(levels, (10, 95))
    return float(high - low)


def _extremes(short: NDArray[np.float64], integrated: float) -> tuple[Span, ...]:
    """The loudest three seconds and the quietest that still count, in the order of time."""
    counted = np.flatnonzero(short > integrated + RANGE_GATE_LU)
    if counted.size == 0:
        return ()
    moments = {"最响处": int(np.argmax(short)), "最轻处": int(counted[np.argmin(short[counted])])}
    spans = [
        Span(
            from_s=at * _HOP_S,
            to_s=(at + _HOPS_PER_SHORT_TERM) * _HOP_S,
            value=round(float(short[at]), 1),
            text=words,
        )
        for words, at in moments.items()
    ]
    return tuple(sorted(spans, key=lambda span: span.from_s))


def _lufs(power: Any) -> Any:
    with np.errstate(divide="ignore"):
        return -0.691 + 10 * np.log10(power)
