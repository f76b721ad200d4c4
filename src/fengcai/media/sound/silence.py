"""Stretches in which nothing can be heard: where they are, and how long the longest is.

Silence is what every channel holds for two seconds or more: less than -60 dB of full scale in each
twentieth of a second. Sound that merely ends before the pictures do is not seen here.
"""

from __future__ import annotations

from array import array
from fractions import Fraction

import numpy as np

from fengcai.media.checks import SoundCheck
from fengcai.media.facts.measures import Measure, Span
from fengcai.media.samples import Sound
from fengcai.media.sound.timeline import Cells, stretches, weightiest

CELL_S = Fraction(1, 20)
BELOW_DBFS = -60.0
LEAST_S = 2.0


class Silence(SoundCheck):
    """One truth for each 50 ms."""

    name = "silence"

    def __init__(self) -> None:
        super().__init__()
        self._cells = Cells(CELL_S)
        self._quiet = array("b")
        self._limit = 10 ** (BELOW_DBFS / 10)

    def feed(self, sound: Sound) -> None:
        for cell in self._cells.cut(sound):
            # one multiplication over a view without a copy: einsum needs no array of squares
            power = np.einsum("ij,ij->i", cell, cell).max(initial=0.0) / cell.shape[1]
            self._quiet.append(bool(power < self._limit))

    def result(self) -> Measure | None:
        if not self._quiet:
            return None
        quiet = np.array(self._quiet, dtype=bool)
        runs = stretches(quiet)
        longest = max((end - begin for begin, end in runs), default=0) * CELL_S
        long = [(begin, end) for begin, end in runs if (end - begin) * CELL_S >= LEAST_S]
        return Measure(
            method="RMS of every channel in cells of 50 ms",
            answer="found" if long else "clear",
            about=("longest_silence",),
            facts={"longest_silence": str(longest)},
            values={
                "longest_s": float(longest),
                "silent_percent": round(100 * float(quiet.mean()), 1),
                "stretches": len(long),
            },
            limits={"below_dbfs": BELOW_DBFS, "least_s": LEAST_S},
            spans=weightiest(
                [
                    Span(from_s=b * CELL_S, to_s=e * CELL_S, value=float((e - b) * CELL_S))
                    for b, e in long
                ]
            ),
        )
