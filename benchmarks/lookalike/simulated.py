"""Fingerprints of works that were never filmed: the real shape and skew, nothing shared."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fengcai.media.fingerprints import join
from fengcai.media.fingerprints.pictures import layout
from fengcai.media.fingerprints.sound import RATE

SECONDS = 180
_SCENE_S = 5


def simulated(rng: np.random.Generator) -> bytes:
    """Three minutes at a picture a second, a new scene every five: its words stay while it lasts.

    Real words are not spread evenly: their first signs lean to one side, so some keys are crowded.
    Each sign therefore has a lean of its own, between .35 and .65.
    """
    rows = np.zeros(SECONDS, dtype=layout())
    rows["time_ms"] = np.arange(SECONDS) * 1000
    rows["detail"] = 60
    scenes = SECONDS // _SCENE_S
    count = rows["words"].shape[1]
    lean = np.linspace(0.35, 0.65, 64)
    bits = rng.random((scenes, count, 64), dtype=np.float32) < lean
    words = np.packbits(bits, axis=2).view(">u8")[..., 0].astype("<u8")
    rows["words"] = np.repeat(words, _SCENE_S, axis=0)
    rows["hashes"] = np.repeat(
        rng.integers(0, 256, (scenes, *rows["hashes"].shape[1:]), dtype=np.uint8), _SCENE_S, axis=0
    )
    for name in ("x", "y"):
        rows[name] = rng.integers(10, 245, rows[name].shape, dtype=np.uint8)
    rows["size"] = np.repeat(np.arange(4, dtype=np.uint8), (12, 9, 6, 5))[None, :]
    return join(pictures=rows.tobytes(), sound=sounding(rng).tobytes())


def sounding(rng: np.random.Generator) -> NDArray[np.uint32]:
    """Three minutes of sound words that nobody else has."""
    return rng.integers(1, 2**32, SECONDS * RATE, dtype=np.uint32).astype("<u4")
