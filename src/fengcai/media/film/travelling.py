"""A mark that travels: the same outlines at one place in some pictures, at another place in others.

Where a logo stands in a corner for a part of the film only, the pictures that show it agree in that
corner as no two views of the world do. They are gathered there, their mean is the mark's own outline,
and that outline is looked for everywhere in all pictures: a logo that goes from corner to corner is
found wherever it went. Works on small grey pictures of one size, and knows nothing of time or facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from fengcai.media.facts.measures import Box
from fengcai.media.film.overlays import (
    FEWEST_SHOTS,
    Floats,
    Grey,
    Mark,
    Shots,
    consensus,
    gradients,
    in_corner,
    regions,
    without_lines,
)

CELL = 8, 16
"""Rows and columns of the cells in which pictures are compared."""
WINDOWS = ((2, 2), (3, 5))
"""Cells, down and across, that are compared at once: two signs, and a name with a number."""
HARD = 12.0
"""Levels a point; a hard edge of the scene must not outvote a faint mark."""
FAINT = 1.5
"""Levels a point that are noise."""
ALIKE = 0.4
LEAST_VIEWS = 3
"""Different views that must agree with one picture."""
SURE_MATCH, SHARE_OF_USUAL = 0.34, 0.6
SAME = 2
"""Points by which a mark at one place may seem to stand elsewhere."""
APART = 0.25
"""Of a side between two places: a camera that pans over a thing carries it less far, bit by bit."""
MOST_SEEDS = 3
LEAST_SHARE = 0.2
"""Of the pictures; what fewer show, a thing of the scene that came back shows too."""

Gram = NDArray[np.float32]


@dataclass(frozen=True)
class _Seed:
    """A window of the picture and the pictures that agree in it."""

    top: int
    left: int
    high: int
    wide: int
    weight: float
    pictures: tuple[int, ...]


@dataclass(frozen=True)
class _Outline:
    """A mark's mean gradients, zero where they are not its own, and where it stood when found."""

    across: Floats
    down: Floats
    top: int
    left: int


def travelling(greys: Sequence[Grey], shots: Shots) -> tuple[Mark, ...]:
    """The places at which one and the same mark stands in turn; one place if it only comes and goes."""
    if shots.count < FEWEST_SHOTS:
        return ()
    fields = [gradients(grey) for grey in greys]
    best: tuple[Mark, ...] = ()
    for seed in _seeds(greys[0].shape, fields, shots):
        outline = _outline(greys, shots, seed)
        if outline is None:
            continue
        marks = _places(greys[0].shape, fields, shots, outline)
        if _covered(marks) > _covered(best):
            best = marks
        if _covered(best) > 0.8 * len(greys):
            break
    return best if _covered(best) >= LEAST_SHARE * len(greys) else ()


def _covered(marks: Sequence[Mark]) -> int:
    return len({number for mark in marks for number in mark.pictures})


# -- pictures that agree in a corner ---------------------------------------------------------------


def _seeds(
    shape: tuple[int, ...], fields: Sequence[tuple[Floats, Floats]], shots: Shots
) -> Iterator[_Seed]:
    """Windows in the corners where most views agree, the strongest first, none twice."""
    view = np.zeros((len(fields), shots.count), np.float32)
    for number, members in enumerate(shots.members):
        view[list(members), number] = 1
    found = [seed for corner in _corners(shape) for seed in _agreeing(shape, fields, view, corner)]
    told: list[_Seed] = []
    for seed in sorted(found, key=lambda each: -each.weight):
        if all(abs(seed.top - e.top) > 48 or abs(seed.left - e.left) > 120 for e in told):
            told.append(seed)
            yield seed
        if len(told) == MOST_SEEDS:
            return


def _corners(shape: tuple[int, ...]) -> Iterator[tuple[int, int, int, int]]:
    """Top, left, rows and columns, in cells, of the four corners that `in_corner` speaks of."""
    rows, columns = shape[0] // CELL[0], shape[1] // CELL[1]
    high, wide = min(rows, round(0.36 * rows)), min(columns, round(0.46 * columns))
    for top in (0, rows - high):
        for left in (0, columns - wide):
            yield top, left, high, wide


def _agreeing(
    shape: tuple[int, ...],
    fields: Sequence[tuple[Floats, Floats]],
    view: Floats,
    corner: tuple[int, int, int, int],
) -> Iterator[_Seed]:
    """Every window of a corner in which enough views agree with one picture."""
    grams = _grams(fields, *corner)
    other = (view @ view.T) == 0
    for down, across in WINDOWS:
        if grams.shape[0] < down or grams.shape[1] < across:
            continue
        pooled = _pooled(_pooled(grams, down, 0), across, 1)
        own = np.einsum("rcii->rci", pooled) + FAINT**2 * CELL[0] * CELL[1] * down * across
        root = np.sqrt(own)
        alike = pooled / (root[..., :, None] * root[..., None, :])
        near = (alike > ALIKE) & other
        views = ((near.astype(np.float32) @ view) > 0).sum(axis=-1)
        strength = np.where(views >= LEAST_VIEWS, (alike * near).sum(axis=-1), 0)
        picture = strength.argmax(axis=-1)
        weight = strength.max(axis=-1) * np.sqrt(down * across)
        for row, column in zip(*np.nonzero(weight), strict=True):
            top, left = (corner[0] + int(row)) * CELL[0], (corner[1] + int(column)) * CELL[1]
            high, wide = down * CELL[0], across * CELL[1]
            if not in_corner((left / shape[1], top / shape[0], wide / shape[1], high / shape[0])):
                continue
            first = int(picture[row, column])
            members = (first, *(int(n) for n in np.flatnonzero(near[row, column, first])))
            yield _Seed(top, left, high, wide, float(weight[row, column]), tuple(sorted(members)))


def _grams(
    fields: Sequence[tuple[Floats, Floats]], top: int, left: int, rows: int, columns: int
) -> Gram:
    """For each cell the inner products of all pictures' gradients: (rows, columns, n, n)."""
    down = slice(top * CELL[0], (top + rows) * CELL[0])
    across = slice(left * CELL[1], (left + columns) * CELL[1])
    grams = np.zeros((rows, columns, len(fields), len(fields)), np.float32)
    for part in (0, 1):
        stack = np.stack([np.clip(field[part][down, across], -HARD, HARD) for field in fields])
        cells = stack.reshape(len(fields), rows, CELL[0], columns, CELL[1])
        cells = cells.transpose(1, 3, 0, 2, 4).reshape(rows, columns, len(fields), -1)
        grams += cells @ cells.transpose(0, 1, 3, 2)
    return grams


def _pooled(grams: Gram, size: int, axis: int) -> Gram:
    """Sums over `size` neighbours along an axis."""
    length = grams.shape[axis] - size + 1
    parts = [np.take(grams, range(at, at + length), axis=axis) for at in range(size)]
    return np.asarray(sum(parts[1:], start=parts[0].copy()), dtype=np.float32)


# -- what they agree in, and where else it stands ---------------------------------------------------


def _outline(greys: Sequence[Grey], shots: Shots, seed: _Seed) -> _Outline | None:
    """The mean gradients of the seed's pictures that stand out of what their views differ by."""
    chosen = set(seed.pictures)
    parts_of_views = ([n for n in view if n in chosen] for view in shots.members)
    groups = [part for part in parts_of_views if part]
    if len(groups) < LEAST_VIEWS:
        return None
    high, wide = greys[0].shape
    rows = slice(max(0, seed.top - 24), min(high, seed.top + seed.high + 24))
    columns = slice(max(0, seed.left - 112), min(wide, seed.left + seed.wide + 112))
    parts = [np.ascontiguousarray(grey[rows, columns]) for grey in greys]
    across, down, standing_out = consensus(parts, groups)
    mask = (np.hypot(across, down) > 1.5) & (standing_out > 4.0 + 10 / len(groups))
    placed = np.zeros((high, wide), bool)
    placed[rows, columns] = mask
    placed = without_lines(placed)
    marks = [(box, inside) for box, inside in regions(placed) if in_corner(box)]
    if not marks:
        return None
    _, inside = max(marks, key=lambda each: int(placed[each[1]].sum()))
    local = tuple(
        slice(part.start - begin, part.stop - begin)
        for part, begin in zip(inside, (rows.start, columns.start), strict=True)
    )
    kept = placed[inside]
    return _Outline(
        np.clip(across[local], -HARD, HARD) * kept,
        np.clip(down[local], -HARD, HARD) * kept,
        inside[0].start,
        inside[1].start,
    )


def _places(
    shape: tuple[int, ...],
    fields: Sequence[tuple[Floats, Floats]],
    shots: Shots,
    outline: _Outline,
) -> tuple[Mark, ...]:
    """Where the outline stands best in each picture, put together by place."""
    matches = [_match(field, outline) for field in fields]
    at_home = sorted(
        (score for score, y, x in matches
         if abs(y - outline.top) <= 2 and abs(x - outline.left) <= 2), reverse=True,
    )  # fmt: skip
    if len(at_home) < LEAST_VIEWS:
        return ()
    usual = at_home[len(at_home) // 2]
    least = max(SURE_MATCH, SHARE_OF_USUAL * usual)
    groups: list[list[int]] = []
    for number, (score, y, x) in enumerate(matches):
        if score < least:
            continue
        for group in groups:
            _, y0, x0 = matches[group[0]]
            if abs(y - y0) <= SAME and abs(x - x0) <= SAME:
                group.append(number)
                break
        else:
            groups.append([number])
    high, wide = outline.across.shape
    marks: list[Mark] = []
    for group in sorted(groups, key=len, reverse=True):
        views = sum(any(n in group for n in view) for view in shots.members)
        if views < LEAST_VIEWS:
            continue
        _, y, x = matches[group[0]]
        box: Box = (x / shape[1], y / shape[0], wide / shape[1], high / shape[0])
        near = (
            abs(box[0] - mark.box[0]) < APART and abs(box[1] - mark.box[1]) < APART
            for mark in marks
        )
        if any(near):
            continue
        weight = int(np.count_nonzero(outline.across) or 1)
        strength = float(np.hypot(outline.across, outline.down).sum() / weight)
        marks.append(Mark(box, weight, strength, len(group) / len(fields), tuple(group)))
    return tuple(marks)


def _match(field: tuple[Floats, Floats], outline: _Outline) -> tuple[float, int, int]:
    """The best normalised correlation (0–1) of an outline with a picture, and its row and column."""
    across, down = (np.clip(part, -HARD, HARD) for part in field)
    mask = ((outline.across != 0) | (outline.down != 0)).astype(np.float32)
    product = cv2.add(
        cv2.matchTemplate(across, outline.across, cv2.TM_CCORR),
        cv2.matchTemplate(down, outline.down, cv2.TM_CCORR),
    )
    energy = cv2.matchTemplate(across**2 + down**2, mask, cv2.TM_CCORR)
    own = float((outline.across**2 + outline.down**2).sum())
    noise = FAINT**2 * float(mask.sum())
    score = product / np.sqrt(own * np.maximum(energy + noise, noise))
    _, best, _, (x, y) = cv2.minMaxLoc(score)
    return float(best), int(y), int(x)
