"""What is laid over a film's pictures: shots told apart, and outlines that stay.

All functions work on small grey pictures of one size, and know nothing of time or of facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from fengcai.media.facts.measures import Box
from fengcai.media.film.evidence import shrunk

WIDTH = 640
FEWEST_SHOTS = 4
"""Fewer different pictures than this prove nothing about what stays in all of them."""
CHANGED_LEVELS, CHANGED_SHARE = 8.0, 0.55
"""A picture belongs to another shot if this share of its cells differs by that much."""
STRONGEST = 30.0
"""Gradients above this (levels a point) count as this: one hard edge must not outvote the rest."""
NOISE = 0.35
LEAST_STRENGTH = 1.1
CROWDED = 0.05
"""More of the picture standing still than this is a scene that stands still."""
ALWAYS = 0.75
"""A mark in this share of the pictures stays; one in fewer comes and goes."""
CROWDED = 0.1
"""More outline than this is a scene full of things, not a frame around one."""
LEAST_CORNER, LEAST_MIDDLE = 26, 110
"""Points of outline that a mark must have, in a corner and elsewhere."""

Grey = NDArray[np.uint8]
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Mark:
    """Something laid over: its box in shares of the coded frame, and the pictures that show it.

    `strength` is the mean gradient of its outlines in levels a point, `share` that of the pictures.
    """

    box: Box
    weight: int
    strength: float
    share: float
    pictures: tuple[int, ...]


@dataclass(frozen=True)
class Shots:
    """`members[k]`: the pictures that show the k-th distinct view."""

    members: tuple[tuple[int, ...], ...]

    @property
    def count(self) -> int:
        return len(self.members)


def smaller(plane: Grey) -> Grey:
    """640 points along the longer side, averaged over areas; never enlarged."""
    high, wide = plane.shape
    shrink = min(1.0, WIDTH / max(high, wide))
    size = max(8, round(wide * shrink)), max(8, round(high * shrink))
    return shrunk(plane, size)


def shots_of(greys: Sequence[Grey]) -> Shots:
    """Pictures put together that show the same view, whenever they stand in the film."""
    cells = np.array([cv2.resize(each, (32, 18), interpolation=cv2.INTER_AREA) for each in greys])
    values = cells.astype(np.float32)
    lively = values.std(axis=0) > 3  # bars around the picture change in no shot
    if lively.sum() < 40:
        return Shots((tuple(range(len(greys))),))
    values = values[:, lively]
    # A cloud before the sun is no other shot.
    values -= np.median(values, axis=1, keepdims=True)
    views: list[list[int]] = []
    for number, value in enumerate(values):
        for view in views:
            differing = np.abs(values[view[0]] - value) > CHANGED_LEVELS
            if float(differing.mean()) < CHANGED_SHARE:
                view.append(number)
                break
        else:
            views.append([number])
    return Shots(tuple(tuple(view) for view in views))


def gradients(grey: Grey) -> tuple[Floats, Floats]:
    """Levels a point, across and down, within ±`STRONGEST`."""
    across = cv2.Sobel(grey, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    down = cv2.Sobel(grey, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    return np.clip(across, -STRONGEST, STRONGEST), np.clip(down, -STRONGEST, STRONGEST)


def consensus(
    greys: Sequence[Grey], groups: Sequence[Sequence[int]]
) -> tuple[Floats, Floats, Floats]:
    """Mean gradients over groups of pictures, and how far they stand out of what the groups differ."""
    shape = greys[0].shape
    sums: list[Floats] = [np.zeros(shape, np.float32) for _ in range(4)]
    for group in groups:
        parts = [gradients(greys[n]) for n in group[:4]]
        x = np.mean([part[0] for part in parts], axis=0, dtype=np.float32)
        y = np.mean([part[1] for part in parts], axis=0, dtype=np.float32)
        for number, value in enumerate((x, y, x**2, y**2)):
            sums[number] += value
    n = len(groups)
    across, down = sums[0] * np.float32(1 / n), sums[1] * np.float32(1 / n)
    spread_x = np.maximum(sums[2] / n - across**2, 0) / max(1, n - 1) + NOISE**2 / n
    spread_y = np.maximum(sums[3] / n - down**2, 0) / max(1, n - 1) + NOISE**2 / n
    standing_out: Floats = np.sqrt(across**2 / spread_x + down**2 / spread_y)
    return across, down, standing_out


def laid_over(greys: Sequence[Grey], shots: Shots) -> tuple[Mark, ...] | None:
    """What stands out of the shots, in all of them or in some; None where too much stands still.

    Needs at least `FEWEST_SHOTS` shots to mean anything.
    """
    steady = _standing(greys, shots.members)
    if steady is None:
        return None
    return tuple(mark for mark in steady if mark.share >= ALWAYS) or steady


def _standing(greys: Sequence[Grey], groups: Sequence[Sequence[int]]) -> tuple[Mark, ...] | None:
    """Marks whose mean gradient stands out of what the groups differ by; None if crowded."""
    least = 5.5 + 24 / len(groups)  # standard errors: the fewer the groups, the further
    across, down, standing_out = consensus(greys, groups)
    strength = np.hypot(across, down)
    mask = (strength > LEAST_STRENGTH) & (standing_out > least)
    mask = without_lines(mask)
    if float(mask.mean()) > CROWDED:
        return None
    members = [n for group in groups for n in group]
    marks = []
    for box, inside in regions(mask):
        kept = mask[inside]
        shown = _shown(greys, members, inside, across[inside] * kept, down[inside] * kept)
        marks.append(
            Mark(box, int(kept.sum()), float(strength[inside][kept].mean()),
                 len(shown) / len(greys), shown)
        )  # fmt: skip
    return tuple(marks)


def _shown(
    greys: Sequence[Grey],
    numbers: Sequence[int],
    inside: tuple[slice, slice],
    across: Floats,
    down: Floats,
) -> tuple[int, ...]:
    """The pictures of `numbers` that hold the outlines: their own gradients, laid along the mean's."""
    scores = []
    for number in numbers:
        mine = gradients(greys[number])
        scores.append(float((mine[0][inside] * across + mine[1][inside] * down).sum()))
    usual = float(np.percentile(scores, 80))
    shown = (n for n, score in zip(numbers, scores, strict=True) if score > 0.4 * usual)
    return tuple(sorted(shown))


def still_edges(greys: Sequence[Grey]) -> tuple[Mark, ...]:
    """Corners with outlines that stand in every picture of a film that never changes its view."""
    across, down, _ = consensus(greys, [[n] for n in range(len(greys))])
    outlines = np.hypot(across, down) > 4
    mask = without_lines(outlines)
    if outlines.mean() > CROWDED and mask.sum() < outlines.sum() / 2:
        mask = outlines  # so many that they make lines from side to side: no bar, but no clear corner either
    high, wide = mask.shape
    everywhere = tuple(range(len(greys)))
    marks = []
    for rows in (slice(0, round(0.24 * high)), slice(round(0.76 * high), high)):
        for columns in (slice(0, round(0.3 * wide)), slice(round(0.7 * wide), wide)):
            points = mask[rows, columns]
            if int(points.sum()) < LEAST_CORNER:
                continue
            ys, xs = np.flatnonzero(points.any(axis=1)), np.flatnonzero(points.any(axis=0))
            x, y = columns.start + int(xs[0]), rows.start + int(ys[0])
            size = int(xs[-1] - xs[0]) + 1, int(ys[-1] - ys[0]) + 1
            box = (x / wide, y / high, size[0] / wide, size[1] / high)
            marks.append(Mark(box, int(points.sum()), 0.0, 1.0, everywhere))
    return tuple(marks)


# -- regions ------------------------------------------------------------------------------------


def without_lines(mask: Mask) -> Mask:
    """Edges of bars and frames run from side to side: lettering does not."""
    kept = mask.copy()
    whole = mask.astype(np.uint8)
    thick_rows = cv2.dilate(whole, np.ones((3, 1), np.uint8)).mean(axis=1)
    thick_columns = cv2.dilate(whole, np.ones((1, 3), np.uint8)).mean(axis=0)
    for line in np.flatnonzero(thick_rows > 0.4):
        kept[max(0, line - 2) : line + 3] = False
    for line in np.flatnonzero(thick_columns > 0.4):
        kept[:, max(0, line - 2) : line + 3] = False
    return kept


def regions(
    mask: Mask, least_corner: int = LEAST_CORNER
) -> Iterator[tuple[Box, tuple[slice, slice]]]:
    """Boxes around clusters of outline, in shares; captions at the bottom and frames left out."""
    high, wide = mask.shape
    joined = cv2.dilate(mask.astype(np.uint8), np.ones((9, 17), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    for label, (x, y, w, h, _) in enumerate(stats[1:], 1):
        inside = slice(y, y + h), slice(x, x + w)
        points = mask[inside] & (labels[inside] == label)
        rows, columns = np.flatnonzero(points.any(axis=1)), np.flatnonzero(points.any(axis=0))
        if len(rows) == 0:
            continue
        x0, x1 = int(x + columns[0]), int(x + columns[-1]) + 1
        y0, y1 = int(y + rows[0]), int(y + rows[-1]) + 1
        box = (x0 / wide, y0 / high, (x1 - x0) / wide, (y1 - y0) / high)
        weight = int(points.sum())
        if weight < (least_corner if in_corner(box) else LEAST_MIDDLE):
            continue
        if not _is_caption(box) and box[2] < 0.6 and box[3] < 0.5 and x1 - x0 > 5 and y1 - y0 > 5:
            yield box, (slice(y0, y1), slice(x0, x1))


def in_corner(box: Box) -> bool:
    """Whether the middle of the box stands in one of the outer corners of the frame."""
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    return (x < 0.36 or x > 0.64) and (y < 0.3 or y > 0.7)


def _is_caption(box: Box) -> bool:
    """Low and in the middle: where captions stand, whose lines share heights and strokes."""
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    return y > 0.72 and 0.3 < x < 0.7
