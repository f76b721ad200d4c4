"""Watermarks and platform logos: what stands in its place while everything behind it changes.

The mean gradient over pictures of different shots cancels what belongs to the shots and keeps what
was laid over them (median-gradient consensus after Dekel et al., CVPR 2017, with a test of
significance in place of the median). A logo that jumps between corners is found by the same outlines
returning in some shots and in another place in the others. What stays in place in a single shot may
be a thing on the wall: that is doubtful until somebody reads it. Captions and title cards change or
stand at the bottom, and are left out. Whose logo it is, and whether it may be there, is not asked.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from fengcai.media.checks import Film, PictureCheck
from fengcai.media.facts.measures import Answer, Box, Measure, Span
from fengcai.media.film.evidence import cropped, upright_box
from fengcai.media.film.overlays import (
    ALWAYS,
    FEWEST_SHOTS,
    Mark,
    Shots,
    laid_over,
    shots_of,
    smaller,
    still_edges,
)
from fengcai.media.film.travelling import travelling
from fengcai.media.samples import Picture

PICTURES = 48
LEAST_PICTURES = 6
COLOURED = 6
TRAVELS = 0.6
"""A mark at several places in turn, in this share of the pictures, is laid over the film."""
MOST_SPANS = 8

CORNERS = {
    "top_left": "左上角",
    "top_right": "右上角",
    "bottom_left": "左下角",
    "bottom_right": "右下角",
    "middle": "画面中部",
}
STATIC = "画面一直没有换过镜头，分不清是水印还是场景里的东西，请人工查看"
FEW = "镜头太少，固定图案也可能是场景里的东西，请人工查看"
PARTLY = "只有一部分镜头里有同样的图案，请人工查看"


class Watermark(PictureCheck):
    """Fact `watermark`: something is laid over the film that stays or returns in its place."""

    name = "watermark"

    def __init__(self, film: Film) -> None:
        super().__init__(film)
        self._greys: list[NDArray[np.uint8]] = []
        self._times: list[Fraction] = []
        self._every = 1
        self._seen = 0
        self._coloured: list[tuple[Fraction, NDArray[np.uint8]]] = []
        self._apart = (film.duration_s or Fraction(0)) / COLOURED
        self._turns = 0

    def sample(self, picture: Picture) -> None:
        self._seen += 1
        if (self._seen - 1) % self._every:
            return
        grey = smaller(picture.plane)
        if self._greys and grey.shape != self._greys[0].shape:
            return
        self._turns = picture.quarter_turns
        self._greys.append(grey)
        self._times.append(picture.time_s)
        if len(self._greys) >= 2 * PICTURES:
            del self._greys[1::2], self._times[1::2]
            self._every *= 2
        bare = not self._coloured or picture.time_s >= self._coloured[-1][0] + self._apart
        if bare and float(grey.std()) > 12:
            self._coloured.append((picture.time_s, picture.rgb(1280, 1280)))
            if len(self._coloured) > COLOURED:
                del self._coloured[1::2]
                self._apart = max(2 * self._apart, Fraction(1))

    def result(self) -> Measure | None:
        if not self._greys:
            return None
        kept = [n for n, grey in enumerate(self._greys) if float(grey.std()) > 6]
        if len(kept) > PICTURES:
            kept = [kept[round(n)] for n in np.linspace(0, len(kept) - 1, PICTURES)]
        if len(kept) < LEAST_PICTURES:
            return self._measure("unmeasured", (), None, "看清的画面太少，找不了水印")
        greys = [self._greys[n] for n in kept]
        times = [self._times[n] for n in kept]
        shots = shots_of(greys)
        if shots.count >= 2:
            marks = laid_over(greys, shots)
            if marks is not None:
                if not any(mark.share >= ALWAYS for mark in marks):
                    marks = travelling(greys, shots) or marks
                return self._told(marks, shots, times)
        marks = still_edges(greys)
        answer: Answer = "doubtful" if marks else "clear"
        return self._measure(answer, marks, shots, STATIC if marks else "", times)

    def _told(self, marks: tuple[Mark, ...], shots: Shots, times: list[Fraction]) -> Measure:
        if not marks:
            return self._measure("clear", (), shots, "", times)
        if shots.count < FEWEST_SHOTS:
            return self._measure("doubtful", marks, shots, FEW, times)
        travels = len(marks) >= 2 and len({n for mark in marks for n in mark.pictures}) >= (
            TRAVELS * sum(len(view) for view in shots.members)
        )
        if travels or any(mark.share >= ALWAYS for mark in marks):
            return self._measure("found", marks, shots, "", times)
        return self._measure("doubtful", marks, shots, PARTLY, times)

    def _measure(
        self,
        answer: Answer,
        marks: tuple[Mark, ...],
        shots: Shots | None,
        why: str,
        times: list[Fraction] | None = None,
    ) -> Measure:
        marks = tuple(sorted(marks, key=lambda mark: -mark.weight)[:MOST_SPANS])
        spans = tuple(self._span(n, mark, times or []) for n, mark in enumerate(marks, 1))
        facts: dict[str, bool | int | str] = {}
        if answer in ("found", "clear"):
            facts["watermark"] = answer == "found"
        return Measure(
            method="consensus of gradients over shots (after Dekel et al. 2017), corner prior",
            answer=answer,
            about=("watermark",),
            facts=facts,
            values={
                "pictures": sum(len(each) for each in shots.members) if shots else 0,
                "shots_told_apart": shots.count if shots else 0,
                "places": len(marks),
                "moves": all(mark.share < ALWAYS for mark in marks) if answer == "found" else None,
                "strength_levels": round(marks[0].strength, 2) if marks else None,
                "place": _corner(upright_box(marks[0].box, self._turns)) if marks else None,
            },
            limits={"fewest_shots": float(FEWEST_SHOTS), "pictures": float(PICTURES)},
            spans=tuple(sorted(spans, key=lambda span: (span.from_s, span.to_s))),
            why=why,
        )

    def _span(self, number: int, mark: Mark, times: list[Fraction]) -> Span:
        box = upright_box(mark.box, self._turns)
        shown = [times[n] for n in mark.pictures] or times
        name = None
        if self._coloured:
            # The picture nearest to a moment at which the mark was seen.
            _, rgb = min(
                self._coloured, key=lambda kept: min(abs(kept[0] - moment) for moment in shown)
            )
            name = f"watermark-{number}.jpg"
            self.files[name] = cropped(rgb, box)
        return Span(
            from_s=min(shown),
            to_s=max(shown),
            value=round(mark.share, 3),
            text=CORNERS[_corner(box)],
            box=box,
            picture=name,
        )


def _corner(box: Box) -> str:
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    if 0.36 <= x <= 0.64 or 0.34 <= y <= 0.66:
        return "middle"
    return f"{'top' if y < 0.5 else 'bottom'}_{'left' if x < 0.5 else 'right'}"
