"""Which pictures of two films show the same, at which moments, and how the frame was changed.

Shared words propose lines in time; pictures near a line are then compared whole (hashes of centre
crops) and point by point (a scale and a shift that at least five points agree on).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fengcai.media.fingerprints import hashing, points
from fengcai.media.fingerprints.pictures import Pictures
from fengcai.media.likeness.lines import Line, lines, middle

NEAR = 40
"""Of 256 signs: at most so many differ in two hashes of one picture."""
PLAIN = 8
"""Spread of brightness below which a picture's hash is chance."""
AGREEING = 5
"""So many points have to agree on one scale and shift."""
_FRAMES = 24
"""So many measured frames tell where one picture lies in the other."""
_SAME_MOMENT_S = 0.4
_MOST_CUT = 0.4
_FEW_TRIES, _TRIES = 80, 400
_WORD_NEAR = 11
_OFF = 8.0
_SHARED_WORDS = 2
_WHOLE = 64
_UNLIKE = 14
_KINDS = 4
_SPREAD = 18.0
_FAR = 22.0


@dataclass(frozen=True)
class Frame:
    """Where the other picture lies in this one, in shares cut from each side; negative: beyond it."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Same:
    """Pairs of equal pictures: `a`, `b` rows (n,), mirrored or not; `frame` of b in a if known."""

    a: NDArray[np.intp]
    b: NDArray[np.intp]
    line: Line
    mirrored: bool
    frame: Frame | None


def same_pictures(a: Pictures, b: Pictures) -> list[Same]:
    """One entry for each line on which at least one pair is equal."""
    found: list[Same] = []
    for mirrored in (False, True):
        if found:
            break  # what is equal as it stands is not also looked for in the mirror
        step = max(_step(a), _step(b))
        width = max(1.0, 0.6 * step)
        fewest = min(3.0 if min(len(a), len(b)) > 20 else 2.0, len(a), len(b))
        left = np.ones(len(a), dtype=bool)
        # Near hashes are surer than shared words: what few of them say is not outvoted by chance.
        for propose in (_near, _sharing):
            rows_a, rows_b = propose(a, b, mirrored)
            rows_a, rows_b = rows_a[left[rows_a]], rows_b[left[rows_a]]
            if len(rows_a) == 0:
                continue
            for line in lines(
                a.times_s[rows_a],
                b.times_s[rows_b],
                width_s=width,
                fewest=fewest,
                stills=True,
            ):
                same = _along(a, b, line, mirrored, width, left)
                if same is not None:
                    found.append(same)
                    left[same.a] = False  # a weaker line tells nothing new of the same moment
    return found


def still_rows(pictures: Pictures) -> NDArray[np.bool_]:
    """Rows that look like the one before or after: where nothing moves, (n,)."""
    count = len(pictures)
    still = np.zeros(count, dtype=bool)
    if count > 1:
        whole = pictures.hashes[:, 0]
        alike = _differing(whole[1:], whole[:-1]) <= NEAR // 2
        still[1:] |= alike
        still[:-1] |= alike
    return still


def jumps_s(pictures: Pictures) -> NDArray[np.float64]:
    """Moments between two sampled pictures that have nothing in common: where a cut may be."""
    whole = pictures.hashes[:, 0]
    cut = _differing(whole[1:], whole[:-1]) > 90
    return ((pictures.times_s[1:] + pictures.times_s[:-1]) / 2)[cut]


def _step(pictures: Pictures) -> float:
    gaps = np.diff(pictures.times_s)
    return float(np.median(gaps)) if len(gaps) else 1.0


def _differing(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> NDArray[np.int64]:
    differ = np.ascontiguousarray(a ^ b).view(np.uint64)
    counted: NDArray[np.int64] = np.bitwise_count(differ).sum(axis=-1, dtype=np.int64)
    return counted


def _near(a: Pictures, b: Pictures, mirrored: bool) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of the pairs whose hashes are near, of at most `_WHOLE` rows of each."""
    step_a, step_b = (-(-len(each) // _WHOLE) for each in (a, b))
    rows_a, rows_b = np.arange(0, len(a), step_a), np.arange(0, len(b), step_b)
    whole_a = a.hashes[rows_a] ^ hashing.MIRROR if mirrored else a.hashes[rows_a]
    close = closest(whole_a[:, None], b.hashes[rows_b][None, :]) <= NEAR
    close &= (a.detail[rows_a] >= PLAIN)[:, None] & (b.detail[rows_b] >= PLAIN)[None, :]
    i, j = np.nonzero(close)
    return rows_a[i], rows_b[j]


def _sharing(a: Pictures, b: Pictures, mirrored: bool) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of the pairs with near words among those that share 16 bits of either end's 32."""
    words_a = a.words ^ points.MIRROR if mirrored else a.words
    row_a, at_a = np.nonzero(a.size != 255)
    row_b, at_b = np.nonzero(b.size != 255)
    held_a, held_b = words_a[row_a, at_a], b.words[row_b, at_b]
    found_a, found_b = [], []
    for shift in (48, 32):
        key_a = (held_a >> np.uint64(shift)) & np.uint64(0xFFFF)
        key_b = (held_b >> np.uint64(shift)) & np.uint64(0xFFFF)
        order = np.argsort(key_b, kind="stable")
        first = np.searchsorted(key_b[order], key_a, side="left")
        last = np.searchsorted(key_b[order], key_a, side="right")
        lengths = np.minimum(last - first, 64)
        ends = np.cumsum(lengths)
        total = int(ends[-1]) if len(ends) else 0
        at = np.arange(total) + np.repeat(first - (ends - lengths), lengths)
        mine, theirs = np.repeat(np.arange(len(held_a)), lengths), order[at]
        near = np.bitwise_count(held_a[mine] ^ held_b[theirs]) <= _WORD_NEAR
        found_a.append(row_a[mine[near]])
        found_b.append(row_b[theirs[near]])
    both = np.concatenate(found_a) * len(b) + np.concatenate(found_b)
    pairs, often = np.unique(both, return_counts=True)
    pairs = pairs[often >= _SHARED_WORDS]
    return pairs // len(b), pairs % len(b)


def closest(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The least distance between the whole of one and any centre of the other, (…) from (…, 5, 32)."""
    least = _differing(a[..., 0, :], b[..., 0, :])
    for number in range(1, len(hashing.CROPS)):
        least = np.minimum(least, _differing(a[..., 0, :], b[..., number, :]))
        least = np.minimum(least, _differing(a[..., number, :], b[..., 0, :]))
    return least


def _along(
    a: Pictures,
    b: Pictures,
    line: Line,
    mirrored: bool,
    width_s: float,
    left: NDArray[np.bool_],
) -> Same | None:
    """The equal pairs near a line among the rows of a that are `left`, each at most once."""
    away = np.abs(line.of(a.times_s)[:, None] - b.times_s[None, :])
    i, j = np.nonzero((away <= width_s) & left[:, None])
    if len(i) == 0:
        return None
    whole_a = a.hashes[i] ^ hashing.MIRROR if mirrored else a.hashes[i]
    apart = closest(whole_a, b.hashes[j])
    apart[(a.detail[i] < PLAIN) | (b.detail[j] < PLAIN)] = hashing.BITS
    words_a = a.words[i] ^ points.MIRROR if mirrored else a.words[i]
    there = (a.size[i] != 255)[:, :, None] & (b.size[j] != 255)[:, None, :]
    near = np.bitwise_count(words_a[:, :, None] ^ b.words[j][:, None, :]) <= _WORD_NEAR
    near &= there
    agreeing = np.zeros(len(i), dtype=np.intp)
    frames: list[tuple[int, Frame]] = []
    known: Frame | None = None
    settled: set[int] = set()
    met = near.sum(axis=(1, 2))
    # The nearest moment first, since a moving camera shifts the frame of the next; once a row has
    # found its equal, its other pairs add nothing.
    beside = np.round(away[i, j] / _SAME_MOMENT_S)
    for pair in np.lexsort((-met, beside)):
        if met[pair] < AGREEING:
            continue
        row = int(i[pair])
        if row in settled or (apart[pair] <= NEAR and len(frames) >= _FRAMES):
            continue
        p, q = np.nonzero(near[pair])
        x = a.x[row, p].astype(np.float64)
        places = np.stack((254 - x if mirrored else x, a.y[row, p].astype(np.float64)))
        others = np.stack((b.x[j[pair], q], b.y[j[pair], q])).astype(np.float64)
        measured = len(frames) < _FRAMES
        if not measured:
            known = known or _middle(frames)
            if known is not None and _fits(known, places, others, p, q, words_a[pair]):
                agreeing[pair] = AGREEING
                settled.add(row)
                continue
        agreeing[pair], frame = _agreement(places, others, p, q, words_a[pair], measured)
        if agreeing[pair] >= AGREEING:
            settled.add(row)
            if frame is not None and measured:
                frames.append((int(agreeing[pair]), frame))
    equal = (apart <= NEAR) | (agreeing >= AGREEING)
    if not equal.any():
        return None
    order = np.argsort(np.where(agreeing >= AGREEING, 0, apart)[equal], kind="stable")
    rows, first = np.unique(i[equal][order], return_index=True)
    return Same(rows, j[equal][order][first], line, mirrored, _middle(frames))


def _fits(
    frame: Frame,
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    p: NDArray[np.intp],
    q: NDArray[np.intp],
    words: NDArray[np.uint64],
) -> bool:
    """Whether as many points as have to agree lie where a frame that is known already puts them; see
    `_agreement`. A camera that zooms leaves the frame: then it is measured anew."""
    inside = np.ones(a.shape[1], dtype=bool)
    for axis, (near, far) in enumerate(((frame.left, frame.right), (frame.top, frame.bottom))):
        inside &= np.abs((a[axis] - 254 * near) / (1 - near - far) - b[axis]) < _OFF
    if min(len(np.unique(p[inside])), len(np.unique(q[inside]))) < AGREEING:
        return False
    return bool(
        np.ptp(a[:, inside], axis=1).min() >= _SPREAD and _kinds(words[p[inside]]) >= _KINDS
    )


def _agreement(
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    p: NDArray[np.intp],
    q: NDArray[np.intp],
    words: NDArray[np.uint64],
    measured: bool,
) -> tuple[int, Frame | None]:
    """How many points agree on one scale and shift, and the frame that this means, exact if `measured`.

    `a`, `b`: places (2, n) in 254ths; `p`, `q`: which point each is; `words` of a's points. Points on
    one straight edge or in one even pattern look alike and agree by chance: those that do count
    for nothing unless they are spread and of several kinds.
    """
    step_a = a[:, None, :] - a[:, :, None]
    step_b = b[:, None, :] - b[:, :, None]
    long = (step_a**2).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = (step_a * step_b).sum(axis=0) / long
    tried = np.argwhere((long > _FAR**2) & (scale > 0.6) & (scale < 1.7))
    if len(tried) == 0:
        return 1, None
    for most in (_FEW_TRIES, _TRIES):
        some = tried[:: max(1, len(tried) // most)]
        from_, scales = some[:, 0], scale[some[:, 0], some[:, 1]]
        off = np.abs(step_b[:, from_, :] - scales[None, :, None] * step_a[:, from_, :]).max(axis=0)
        ok = off < _OFF
        best = int(np.argmax(ok.sum(axis=1)))
        inside = ok[best]
        count = min(len(np.unique(p[inside])), len(np.unique(q[inside])))
        if count >= 2 * AGREEING or len(some) == len(tried):
            break
    if count < AGREEING:
        return count, None
    if np.ptp(a[:, inside], axis=1).min() < _SPREAD or _kinds(words[p[inside]]) < _KINDS:
        return 0, None
    # Where b's corners lie in a: x_b = s x_a + t, for each axis of its own when it is measured, since
    # what was cut from one side only is stretched in one direction only.
    placed = [(float(scales[best]), 0.0)] * 2
    for again in range(3 if measured else 1):
        placed = [_placed(a[k, inside], b[k, inside], placed[k][0], measured) for k in (0, 1)]
        near = [np.abs(s * a[k] + t - b[k]) < _OFF for k, (s, t) in enumerate(placed)]
        if again == 2 or (near[0] & near[1]).sum() < inside.sum():
            break
        inside = near[0] & near[1]
    cut = [side for s, t in placed for side in (-t / s / 254, 1 - (254 - t) / s / 254)]
    if max(map(abs, cut)) > _MOST_CUT:
        return 0, None  # nobody cuts that much: windows of one facade that look like each other
    return count, Frame(cut[0], cut[2], cut[1], cut[3])


def _kinds(words: NDArray[np.uint64]) -> int:
    """How many of some words differ clearly from all those counted before."""
    kept: list[np.uint64] = []
    for word in np.unique(words):
        if all(np.bitwise_count(word ^ other) > _UNLIKE for other in kept):
            kept.append(word)
    return len(kept)


def _placed(
    a: NDArray[np.float64], b: NDArray[np.float64], scale: float, measured: bool
) -> tuple[float, float]:
    """Scale and shift along one axis; the scale that was given where the points cannot tell it."""
    if not measured:
        return scale, float((b - scale * a).mean())
    if float(np.ptp(a)) > 3 * _FAR:
        away = a - a.mean()
        own = float((away @ b) / (away @ away))
        scale = own if 0.6 < own < 1.7 else scale
    return scale, middle(b - scale * a)


def _middle(frames: list[tuple[int, Frame]]) -> Frame | None:
    """The median of those that most points agree on: few points tell a stretch in one direction badly."""
    if not frames:
        return None
    frames = sorted(frames, key=lambda each: -each[0])[: max(3, len(frames) // 3)]
    sides = np.array([[each.left, each.top, each.right, each.bottom] for _, each in frames])
    left, top, right, bottom = (float(side) for side in np.median(sides, axis=0))
    return Frame(left, top, right, bottom)
