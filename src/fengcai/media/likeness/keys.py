"""What of a fingerprint is looked up: the first 20 bits of points and sounds, with their second.

The lowest frequencies are the steadiest, so equal or nearly equal first bits are what a copy has in
many places and two strangers in few.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fengcai.media.fingerprints import Fingerprint
from fengcai.media.fingerprints import points as point_words
from fengcai.media.fingerprints.pictures import Pictures
from fengcai.media.fingerprints.sound import RATE, Sounds
from fengcai.media.fingerprints.stills import Still

BITS = 20
SPACE = 1 << BITS
"""Keys of points are below it, keys of sounds follow from it on."""
MOST_SECONDS = 4096
_POINT_SHIFT = np.uint64(64 - BITS)
_SOUND_SHIFT = np.uint32(32 - BITS)
_INDEXED_PICTURES = 120
_ASKED_PICTURES = 160
_INDEXED_SOUNDS = 2


@dataclass(frozen=True)
class Keys:
    """`keys` int64 (n,) and the second of each, int64 (n,)."""

    keys: NDArray[np.int64]
    seconds: NDArray[np.int64]


def to_index(print_: Fingerprint) -> Keys:
    """What stands in the index: half the points of at most 120 pictures, all of a single picture's
    many points, every second sound."""
    parts = []
    if print_.pictures is not None:
        parts.append(_points(print_.pictures, _INDEXED_PICTURES, half=True))
    if print_.still is not None:
        parts.append(_still(print_.still))
    if print_.sound is not None:
        parts.append(_sounds(print_.sound, _INDEXED_SOUNDS))
    return _joined(parts)


def to_ask(print_: Fingerprint, *, mirrored: bool = False, shift: int = 0) -> Keys:
    """What is looked for: every point of at most 160 pictures, or every sound.

    `mirrored` asks for the mirrored pictures (no sound); `shift` for the sound whose bands lie one
    higher or lower, as after a change of speed (no pictures); 0 for both as they are.
    """
    parts = []
    if print_.pictures is not None and shift == 0:
        parts.append(_points(print_.pictures, _ASKED_PICTURES, half=False, mirrored=mirrored))
    if print_.still is not None and shift == 0:
        parts.append(_still(print_.still, mirrored=mirrored))
    if print_.sound is not None and not mirrored:
        parts.append(_sounds(print_.sound, 1, shift))
    return _joined(parts)


def with_neighbours(keys: NDArray[np.int32]) -> NDArray[np.int32]:
    """Each key and those that differ from it in one bit, shape (n, BITS + 1)."""
    flips = np.concatenate(([0], 1 << np.arange(BITS))).astype(np.int32)
    return keys[:, None] ^ flips[None, :]


def _points(pictures: Pictures, most: int, *, half: bool, mirrored: bool = False) -> Keys:
    rows = np.arange(len(pictures))
    if len(rows) > most:
        rows = np.unique(np.linspace(0, len(rows) - 1, most).round().astype(np.intp))
    size = pictures.size[rows]
    there = size != 255
    if half:
        # The strongest of each size stand first.
        for number in range(len(point_words.SIZES)):
            of_it = size == number
            there &= ~of_it | (np.cumsum(of_it, axis=1) <= (point_words.EACH[number] + 1) // 2)
    words = pictures.words[rows]
    if mirrored:
        words = words ^ point_words.MIRROR
    seconds = np.broadcast_to(pictures.times_s[rows, None].astype(np.int64), words.shape)
    return Keys((words[there] >> _POINT_SHIFT).astype(np.int64), seconds[there])


def _still(still: Still, *, mirrored: bool = False) -> Keys:
    words = still.words ^ point_words.MIRROR if mirrored else still.words
    keys = (words >> _POINT_SHIFT).astype(np.int64)
    return Keys(keys, np.zeros(len(keys), dtype=np.int64))


def _sounds(sound: Sounds, step: int, shift: int = 0) -> Keys:
    words = sound.words[::step]
    seconds = np.arange(len(words)) * step // RATE
    there = words != 0
    words = words[there]
    if shift:
        words = words << np.uint32(1) if shift > 0 else words >> np.uint32(1)
    return Keys((words >> _SOUND_SHIFT).astype(np.int64) + SPACE, seconds[there])


def _joined(parts: list[Keys]) -> Keys:
    if not parts:
        nothing = np.zeros(0, dtype=np.int64)
        return Keys(nothing, nothing)
    keys = np.concatenate([part.keys for part in parts])
    seconds = np.concatenate([part.seconds for part in parts])
    return Keys(keys, np.minimum(seconds, MOST_SECONDS - 1))
