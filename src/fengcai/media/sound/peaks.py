"""Sample peak, and true peak by the interpolator of ITU-R BS.1770-4, annex 2.

Interpolation is left out, without changing the result, wherever the samples are too small to
exceed the peak already found (the filter's absolute sum bounds its gain).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengcai.media.samples import Sound

_A = (
    0.0017089843750, 0.0109863281250, -0.0196533203125, 0.0332031250000,
    -0.0594482421875, 0.1373291015625, 0.9721679687500, -0.1022949218750,
    0.0476074218750, -0.0266113281250, 0.0148925781250, -0.0083007812500,
)  # fmt: skip
_B = (
    -0.0291748046875, 0.0292968750000, -0.0517578125000, 0.0891113281250,
    -0.1665039062500, 0.4650878906250, 0.7797851562500, -0.2003173828125,
    0.1015625000000, -0.0582275390625, 0.0330810546875, -0.0189208984375,
)  # fmt: skip
_PHASES = np.array((_A, _B, _B[::-1], _A[::-1]), dtype=np.float32)
_TAPS = _PHASES.shape[1]
_TURNED = np.ascontiguousarray(_PHASES[:, ::-1].T)
"""Shape (taps, phases): all four places between two samples from one product."""
_GAIN = float(np.abs(_PHASES).sum(axis=1).max())
_CHUNK = 2048


class Peaks:
    """Largest sample and largest interpolated value over all channels, in dB to full scale."""

    name = "peaks"

    def __init__(self) -> None:
        self._sample = 0.0
        self._true = 0.0
        self._tail: NDArray[np.float32] | None = None
        self._fed = False

    def feed(self, sound: Sound) -> None:
        self._fed = True
        planes = sound.planes
        if self._tail is None or self._tail.shape[0] != planes.shape[0]:
            self._tail = np.zeros((planes.shape[0], _TAPS - 1), dtype=np.float32)
        joined = np.concatenate((self._tail, planes), axis=1)
        self._tail = joined[:, -(_TAPS - 1) :]
        self._sample = max(self._sample, float(np.abs(planes).max(initial=0.0)))
        self._true = max(self._true, self._sample)
        if sound.rate_hz >= 96_000:
            return  # the standard asks for no further oversampling of such material
        for channel in joined:
            self._interpolate(channel)

    def _interpolate(self, samples: NDArray[np.float32]) -> None:
        for start in range(0, len(samples) - _TAPS + 1, _CHUNK):
            chunk = samples[start : start + _CHUNK + _TAPS - 1]
            if float(np.abs(chunk).max()) * _GAIN <= self._true:
                continue
            between = np.lib.stride_tricks.sliding_window_view(chunk, _TAPS) @ _TURNED
            self._true = max(self._true, float(np.abs(between).max(initial=0.0)))

    def result(self) -> dict[str, Any]:
        if not self._fed:
            return {}
        return {"sample_peak_dbfs": _db(self._sample), "true_peak_dbtp": _db(self._true)}


def _db(level: float) -> float | None:
    return None if level < 1e-7 else round(20 * math.log10(level), 2)
