"""Whether packets leave room for a still or black stretch: an encoder spends hardly a byte on one.

For swift mode, which does not see every frame: where no second is small beside the others, nothing
stood still there. It proves nothing of films whose every frame is a keyframe, or of constant packets.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengcai.media.checks import Film

SMALL = 0.35
"""A stretch may be still if its bytes are below this share of a usual stretch's."""
_STEP_S = 0.1


def may_stand_still(film: Film, seconds: float, *, with_keys: bool = False) -> bool:
    """Whether somewhere `seconds` may be still. `with_keys`: keyframes count too, as they do where
    the picture is black or one colour; a frozen one still needs whole keyframes."""
    if len(film.packet_times_s) < 2:
        return True
    counted = np.ones(len(film.packet_keys), dtype=bool) if with_keys else ~film.packet_keys
    if not np.any(~film.packet_keys):
        return True
    sizes = _each_step(film.packet_times_s[counted], film.packet_bytes[counted], film)
    width = max(1, round(seconds / _STEP_S))
    if len(sizes) <= width:
        return True
    sums = np.convolve(sizes, np.ones(width), mode="valid")
    return bool(sums.min() < SMALL * np.median(sums))


def _each_step(times: NDArray[Any], sizes: NDArray[Any], film: Film) -> NDArray[Any]:
    length = int(max(0.0, float(film.packet_times_s.max())) / _STEP_S) + 1
    places = np.clip((np.maximum(times, 0.0) / _STEP_S).astype(np.int64), 0, length - 1)
    return np.bincount(places, weights=sizes.astype(np.float64), minlength=length)
