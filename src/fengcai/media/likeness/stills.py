"""Whether one photograph shows what another shows, by their many points.

Near words vote for a scale and a shift of either axis; the points that agree on the best of them are
counted against those that should have been seen again. Two pages set in one type share words
everywhere and agree on nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fengcai.media.fingerprints import hashing, points
from fengcai.media.fingerprints.pictures import Pictures
from fengcai.media.fingerprints.stills import Still
from fengcai.media.likeness.pictures import NEAR as NEAR_WHOLE
from fengcai.media.likeness.pictures import PLAIN, closest

NEAR = 12
"""Of 64 signs at most so many differ in two words of one point."""
FEWEST = 14
SHARE = 0.1
"""Of the points that should be seen again, at least this share agrees."""
_SCALES = 1.07 ** np.arange(-7, 8)
_ODDEST = 1.35
"""Nobody stretches a picture by more than a third in one direction: a crop of a quarter at one side."""
_ACROSS, _DOWN = np.nonzero(np.abs(np.log(_SCALES[:, None] / _SCALES)) < np.log(1.05 * _ODDEST))
_FURTHEST, _CELL = 1.7, 0.05
_SIDE = int((_FURTHEST + 1) / _CELL) + 2
_OFF = 0.012
_SPREAD = 0.22
_MOST_CUT = 0.42
_MOST_PAIRS = 6_000


@dataclass(frozen=True)
class Agreed:
    """`points` agree that x of b is `scale` × x of a + `shift`, for each axis (2,)."""

    points: int
    expected: int
    mirrored: bool
    scale: NDArray[np.float64]
    shift: NDArray[np.float64]


def whole(a: Pictures, b: Pictures) -> bool | None:
    """Whether two single pictures are nearly equal as they are (False), in the mirror (True), or not (None)."""
    if min(a.detail[0], b.detail[0]) < PLAIN:
        return None
    for mirrored in (False, True):
        seen = a.hashes[0] ^ hashing.MIRROR if mirrored else a.hashes[0]
        if int(closest(seen, b.hashes[0])) <= NEAR_WHOLE:
            return mirrored
    return None


def agreed(a: Still, b: Still) -> Agreed | None:
    """What the points of two pictures agree on, None where that is nothing."""
    for mirrored in (False, True):
        words = a.words ^ points.MIRROR if mirrored else a.words
        places = a.places * (-1, 1) + (1, 0) if mirrored else a.places
        apart = np.bitwise_count(words[:, None] ^ b.words[None, :])
        p, q = np.nonzero(apart <= NEAR)
        if len(p) < FEWEST:
            continue
        if len(p) > _MOST_PAIRS:
            nearest = np.argsort(apart[p, q], kind="stable")[:_MOST_PAIRS]
            p, q = p[nearest], q[nearest]
        found = _fitted(places, b.places, p, q)
        if found is not None:
            count, expected, scale, shift = found
            return Agreed(count, expected, mirrored, scale, shift)
    return None


def _fitted(
    a: NDArray[np.float64], b: NDArray[np.float64], p: NDArray[np.intp], q: NDArray[np.intp]
) -> tuple[int, int, NDArray[np.float64], NDArray[np.float64]] | None:
    of_a, of_b = a[p], b[q]
    scale, shift = _voted(of_a, of_b)
    for reach in (4 * _OFF, 2 * _OFF, _OFF, _OFF):
        inside = np.all(np.abs(of_a * scale + shift - of_b) < reach, axis=1)
        if inside.sum() < FEWEST:
            return None
        for axis in (0, 1):
            x, y = of_a[inside, axis], of_b[inside, axis]
            away = x - x.mean()
            if np.ptp(x) > _SPREAD:
                scale[axis] = float((away @ y) / (away @ away))
            shift[axis] = float((y - scale[axis] * x).mean())
    inside = np.all(np.abs(of_a * scale + shift - of_b) < _OFF, axis=1)
    count = min(len(np.unique(p[inside])), len(np.unique(q[inside])))
    if count < FEWEST or np.ptp(of_b[inside], axis=0).min() < _SPREAD:
        return None
    if not np.all((scale > 1 / 1.8) & (scale < 1.8)) or scale.max() > _ODDEST * scale.min():
        return None
    cut = np.abs(np.concatenate((-shift / scale, 1 - (1 - shift) / scale)))
    if cut.max() > _MOST_CUT:
        return None
    seen_of_a = np.all((a * scale + shift > 0.02) & (a * scale + shift < 0.98), axis=1).sum()
    seen_of_b = np.all(((b - shift) / scale > 0.02) & ((b - shift) / scale < 0.98), axis=1).sum()
    expected = int(min(seen_of_a, seen_of_b))
    return (count, expected, scale, shift) if count >= SHARE * expected else None


def _voted(
    a: NDArray[np.float64], b: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The scale and shift of both axes that most pairs of points vote for."""
    cells = ((b[None] - _SCALES[:, None, None] * a[None] + _FURTHEST) / _CELL).astype(np.intp)
    ballot = cells[_ACROSS, :, 0] * _SIDE + cells[_DOWN, :, 1]
    ballot += np.arange(len(_ACROSS))[:, None] * _SIDE**2
    votes = np.bincount(ballot.ravel(), minlength=len(_ACROSS) * _SIDE**2)
    # A point's true place may lie at a border: four cells that meet are counted together.
    table = votes.astype(np.uint16).reshape(-1, _SIDE, _SIDE)
    pairs = table[:, :-1] + table[:, 1:]
    around = pairs[:, :, :-1] + pairs[:, :, 1:]
    number, x, y = np.unravel_index(int(np.argmax(around)), around.shape)
    shift = (np.array([x, y]) + 1) * _CELL - _FURTHEST
    return np.array([_SCALES[_ACROSS[number]], _SCALES[_DOWN[number]]]), shift
