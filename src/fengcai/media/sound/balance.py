"""Whether left and right agree: one channel dead, one much louder, or both against each other.

Of two seconds' pieces that can be heard at all, level of left over right and their correlation.
Left and right of opposite phase cancel on one loudspeaker, as in a phone. One channel alone has
nothing to compare; of surround sound the front pair is compared where it is not quieter than the
centre by 20 dB.
"""

from __future__ import annotations

from array import array
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fengcai.media.checks import SoundCheck
from fengcai.media.facts.measures import Measure, Span
from fengcai.media.samples import Sound
from fengcai.media.sound.timeline import Cells, curve, stretches, weightiest

CELL_S = Fraction(1)
AUDIBLE_DBFS = -55.0
CENTRE_OVER_PAIR_DB = 20.0
LEAN_DB = 9.0
SLIGHT_LEAN_DB = 6.0
DEAD_DB = 30.0
AGAINST = -0.6
LEAST_SHARE = 0.2
LEAST_S = 10
"""Found where it holds for a fifth of what can be heard, or for ten seconds on end."""

METHOD = "front left over front right: RMS and correlation in cells of 1 s"
_WORDS = {
    "left": "右声道没有声音或很轻",
    "right": "左声道没有声音或很轻",
    "against": "左右声道反相",
}


class Balance(SoundCheck):
    """Two numbers for each second."""

    name = "balance"

    def __init__(self) -> None:
        super().__init__()
        self._cells = Cells(CELL_S)
        self._lean = array("f")
        self._agree = array("f")
        self._pair = False

    def feed(self, sound: Sound) -> None:
        names = sound.names
        if "FL" not in names or "FR" not in names:
            # keep the clock: what has no pair is a gap
            for _ in self._cells.cut(sound):
                self._lean.append(np.nan)
                self._agree.append(np.nan)
            return
        self._pair = True
        pair = [names.index("FL"), names.index("FR")]
        centre = names.index("FC") if "FC" in names else None
        for cell in self._cells.cut(sound):
            lean, agree = _compared(cell[pair], None if centre is None else cell[centre])
            self._lean.append(lean)
            self._agree.append(agree)

    def result(self) -> Measure | None:
        if not self._lean:
            return None
        lean, agree = np.array(self._lean), np.array(self._agree)
        heard = np.isfinite(lean)
        about = ("one_sided",)
        if not self._pair or not heard.any():
            why = "" if not self._pair else "没有可以比较的声音"
            return Measure(
                method=METHOD,
                answer="unmeasured" if self._pair else "clear",
                about=about,
                facts={} if self._pair else {"one_sided": False},
                values={"channels": "silent" if self._pair else "mono"},
                why=why,
            )
        faults = {
            "left": heard & (lean > LEAN_DB),
            "right": heard & (lean < -LEAN_DB),
            "against": heard & (agree < AGAINST) & (np.abs(lean) <= LEAN_DB),
        }
        found = {name: held for name, held in faults.items() if _weighs(held, heard)}
        slight = heard & (np.abs(lean) > SLIGHT_LEAN_DB)
        doubt = not found and (
            bool(np.median(np.abs(lean[heard])) > SLIGHT_LEAN_DB) or _weighs(slight, heard, 0.5)
        )
        shown = found or (
            {"left": slight & (lean > 0), "right": slight & (lean < 0)} if doubt else {}
        )
        middle = float(np.median(lean[heard]))
        return Measure(
            method=METHOD,
            answer="found" if found else "doubtful" if doubt else "clear",
            about=about,
            facts={} if doubt else {"one_sided": bool(found)},
            values={
                "left_over_right_db": round(middle, 1),
                "correlation": round(float(np.median(agree[heard])), 2),
                "channels": _kind(found, middle) if found else "pair",
                "leaning_percent": round(100 * float((slight & heard).sum() / heard.sum()), 1),
            },
            limits={"lean_db": LEAN_DB, "slight_lean_db": SLIGHT_LEAN_DB, "correlation": AGAINST},
            spans=weightiest(
                [
                    Span(from_s=b * CELL_S, to_s=e * CELL_S, text=_WORDS[name],
                         value=round(float(np.nanmean((agree if name == "against" else lean)[b:e])), 2))
                    for name, held in shown.items()
                    for b, e in stretches(held, least=2, gap=2)
                ]
            ),
            curve=curve(lean, CELL_S, "dB"),
        )  # fmt: skip


def _compared(pair: NDArray[np.float32], centre: NDArray[np.float32] | None) -> tuple[float, float]:
    """(left over right in dB, held within ±60; correlation) of one cell; NaN where it is too quiet."""
    left, right = (float(np.dot(one, one)) / len(one) for one in pair)
    audible = 10 ** (AUDIBLE_DBFS / 10)
    if centre is not None:
        middle = float(np.dot(centre, centre)) / len(centre)
        audible = max(audible, middle * 10 ** (-CENTRE_OVER_PAIR_DB / 10))
    if max(left, right) < audible:
        return np.nan, np.nan
    lean = 10 * np.log10((left + 1e-12) / (right + 1e-12))
    both = float(np.dot(pair[0], pair[1])) / len(pair[0])
    agree = both / np.sqrt(left * right) if min(left, right) > 1e-9 else 1.0
    return float(np.clip(lean, -60, 60)), float(agree)


def _weighs(
    held: NDArray[np.bool_], heard: NDArray[np.bool_], least_share: float = LEAST_SHARE
) -> bool:
    """Whether it holds long enough: a share of what is heard, or ten seconds nearly on end."""
    if held.sum() < 2 and heard.sum() >= 2:
        return False
    share = held.sum() / max(1, heard.sum())
    return bool(share >= least_share or stretches(held, least=LEAST_S, gap=1))


def _kind(found: dict[str, NDArray[np.bool_]], middle: float) -> Literal[
    "dead left", "dead right", "against", "leaning left", "leaning right"
]:  # fmt: skip
    name = max(found, key=lambda each: int(found[each].sum()))
    if name == "against":
        return "against"
    if name == "left":
        return "dead right" if middle > DEAD_DB else "leaning left"
    return "dead left" if middle < -DEAD_DB else "leaning right"
