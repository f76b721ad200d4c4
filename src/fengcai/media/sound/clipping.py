"""Sound that was cut off at a ceiling, whether the ceiling is full scale or was turned down later.

Samples of a wave that was cut crowd at its ceiling; AAC blurs them by a tenth, no more. So each
second's samples are counted by height: a ceiling is a height that holds more samples within a tenth
of it than there are in the fifth below, and next to none above. Music that a limiter holds down has
no such crowd; a lone tone has one, and is told by its round tops. A second is also spoilt where
a thousandth of it lies beyond full scale, which a loudspeaker cannot play, or where runs of equal
samples stand at the top (uncompressed sound). Clicks and drums that were cut and then went
through AAC are missed unless they pass full scale.
"""

from __future__ import annotations

from array import array
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from fengcai.media.checks import SoundCheck
from fengcai.media.facts.measures import Measure, Span
from fengcai.media.samples import Sound
from fengcai.media.sound.timeline import Cells, curve, stretches, weightiest

CELL_S = Fraction(1)
LOUD = 0.06
"""Seconds that do not reach -24 dBFS are not looked at."""
CROWD = 1.75
SLIGHT_CROWD = 1.4
SLIGHT_SHARE = 0.15
OFTEN_SHARE = 0.3
LEAST_CROWDED = 0.0025
ABOVE = 0.12
ROUND_TOPS = 0.4
TONE_SPREAD = 0.06
OVER_SHARE = 0.001
EQUAL_RUN = 4
LEAST_RUNS = 8
_BINS = 256


class Clipping(SoundCheck):
    """One truth and one number for each second."""

    name = "clipping"

    def __init__(self) -> None:
        super().__init__()
        self._cells = Cells(CELL_S)
        self._cut = array("b")
        self._crowd = array("f")

    def feed(self, sound: Sound) -> None:
        for cell in self._cells.cut(sound):
            cut, crowd = False, 0.0
            for channel in cell:
                spoilt, degree = cut_off(channel)
                cut, crowd = cut or spoilt, max(crowd, degree)
            self._cut.append(cut)
            self._crowd.append(crowd)

    def result(self) -> Measure | None:
        if not self._cut:
            return None
        cut = np.array(self._cut, dtype=bool)
        spoilt = int(cut.sum())
        enough = 2 if len(cut) >= 10 else 1
        slight = np.array(self._crowd) >= SLIGHT_CROWD
        often = float(slight.mean())
        doubt = bool(spoilt) or (slight.sum() >= enough and often >= SLIGHT_SHARE)
        found = spoilt >= enough or (bool(spoilt) and often >= OFTEN_SHARE)
        answer = "found" if found else "doubtful" if doubt else "clear"
        shown = cut if spoilt else slight if doubt else cut
        return Measure(
            method="crowding of samples at a ceiling, in cells of 1 s",
            answer=answer,
            about=("clipped",),
            facts={} if answer == "doubtful" else {"clipped": found},
            values={
                "spoilt_s": spoilt,
                "spoilt_percent": round(100 * spoilt / len(cut), 1),
                "crowding": round(float(max(self._crowd)), 2),
            },
            limits={"crowding": CROWD, "slight_crowding": SLIGHT_CROWD, "over_full_scale_percent": 100 * OVER_SHARE},
            spans=weightiest(
                [
                    Span(from_s=b * CELL_S, to_s=e * CELL_S,
                         value=round(float(max(self._crowd[b:e])), 2))
                    for b, e in stretches(shown, gap=2)
                ]
            ),
            curve=curve(np.array(self._crowd), CELL_S, "×", digits=2),
        )  # fmt: skip


def cut_off(wave: NDArray[np.float32]) -> tuple[bool, float]:
    """Whether one second of one channel was cut off, and how its samples crowd (1 and less is usual)."""
    top = float(max(wave.max(initial=0.0), -wave.min(initial=0.0)))
    if top < LOUD:
        return False, 0.0
    if top > 1.0 and np.count_nonzero(np.abs(wave) > 1.0) > OVER_SHARE * len(wave):
        return True, CROWD
    crowd = 0.0
    for side in (wave, -wave):
        degree = _crowding(side)
        if degree < SLIGHT_CROWD or not _is_tone(side):
            crowd = max(crowd, degree)
    if crowd >= CROWD:
        return True, crowd
    return _equal_runs(wave, top), crowd


def _crowding(wave: NDArray[np.float32]) -> float:
    """How many times more samples stand within a tenth of the best ceiling above zero than in the
    fifth below it."""
    top = float(wave.max())
    if top < LOUD:
        return 0.0
    heights = (wave * np.float32(_BINS / top * 0.999)).astype(np.int16)
    row = np.bincount(heights[heights > 0], minlength=_BINS)
    total = np.concatenate(([0], np.cumsum(row)))
    at = np.arange(_BINS // 2, _BINS)
    low = (0.7 * at).astype(int)
    under = (0.9 * at).astype(int)
    over = np.minimum((1.1 * at).astype(int) + 1, _BINS)
    near = total[over] - total[under]
    below = total[under] - total[low]
    above = total[-1] - total[over]
    degree = near / np.maximum(below, 1)
    degree[(near < LEAST_CROWDED * len(wave)) | (above > ABOVE * near)] = 0
    return float(degree.max())


def _is_tone(wave: NDArray[np.float32]) -> bool:
    """Whether the tops are as round as a lone tone's: equal heights, and soon down again."""
    rises = np.flatnonzero((wave[:-1] <= 0) & (wave[1:] > 0)) + 1
    if len(rises) < 8:
        return False
    peaks = np.maximum.reduceat(wave, rises)[:-1]
    height = float(peaks.mean())
    if peaks.std() > TONE_SPREAD * height:
        return False
    whole = wave[rises[0] : rises[-1]]
    return bool(np.count_nonzero(whole > 0.85 * height) < ROUND_TOPS * np.count_nonzero(whole > 0))


def _equal_runs(wave: NDArray[np.float32], top: float) -> bool:
    """Whether runs of one and the same height stand at the top."""
    high = np.abs(wave) >= top * np.float32(0.99999)
    if np.count_nonzero(high) < EQUAL_RUN * LEAST_RUNS:
        return False
    return len(stretches(high, least=EQUAL_RUN)) >= LEAST_RUNS
