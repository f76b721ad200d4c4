"""Exposure: pictures too dark to see, or burnt out.

Judged on the spread of brightness in sparse pictures. White slides and white coats are bright
without being burnt: where something dark lies right beside the white, it may be a page, and a person
looks. Black pictures are `black`'s.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from fengcai.media.checks import Film, PictureCheck
from fengcai.media.facts.measures import Measure
from fengcai.media.film.badness import Judgement, Tally
from fengcai.media.film.black import is_black
from fengcai.media.film.dynamic_range import HDR_TRANSFERS
from fengcai.media.samples import Picture

DARK_MEAN, DARK_BRIGHTEST = 0.17, 0.45
BURNT_SHARE, BURNT_MEAN = 0.30, 0.68
NEAR = 0.85
BURNT_FROM = 0.97
CARD = "大面积深色，可能是图文页面"
CARD_SHARE = 0.9
"""Neighbours exactly alike: more than this has only a plain ground with lettering."""
BESIDE_BURNT = 0.72
"""Light spills: what lies beside burnt parts is brighter than this. Ink beside white paper is not."""


@dataclass(frozen=True)
class Light:
    """Shares of the range from black to white: mean, the level that 98 % stay below, the share of
    pixels that are burnt, and whether those look like paper; whether a dark picture is drawn, as a card
    with credits is."""

    mean: float
    brightest: float
    burnt: float
    drawn: bool
    card: bool = False


class Exposure(PictureCheck):
    """`badly_exposed`: a fifth of the pictures, or four seconds, too dark or burnt."""

    name = "exposure"

    def __init__(self, film: Film) -> None:
        super().__init__(film)
        self._tally = Tally(self.name)
        self._hdr = 0
        self._black = 0
        self._dark = 0
        self._burnt = 0
        self._means = 0.0
        self._drawn = 0
        self._cards = 0

    def sample(self, picture: Picture) -> None:
        if picture.frame.color_trc in HDR_TRANSFERS:
            self._hdr += 1
            return
        if is_black(picture):
            self._black += 1
            return
        seen = light(picture.small, full_range=picture.full_range)
        self._means += seen.mean
        judged, text = judge(seen)
        self._dark += judged == "bad" and text == "画面过暗"
        self._burnt += judged == "bad" and text == "画面过曝"
        self._cards += text == CARD
        self._drawn += text == "大面积白色，可能是图文页面"
        worse = 1 - seen.mean if "暗" in text or text == CARD else seen.burnt
        self._tally.add(picture, judged, worse, text)

    def result(self) -> Measure | None:
        tally = self._tally
        if tally.count + self._black + self._hdr == 0:
            return None
        tally.finish(self.film.duration_s)
        answer = tally.answer()
        why = ""
        if self._hdr > tally.count + self._black:
            answer, why = "unmeasured", "HDR 影片的明暗不按普通影片判断"
        elif tally.count == 0:
            answer, why = "doubtful", "画面几乎全黑"
        elif answer == "doubtful":
            drawn = self._drawn * 2 > tally.bad + tally.doubtful
            cards = self._cards * 2 > tally.bad + tally.doubtful
            why = (
                "大面积白色，可能是图文页面"
                if drawn
                else CARD
                if cards
                else "部分画面偏暗或偏亮，是否影响观看请人工判断"
            )
        spans, self.files = tally.moments.told(shown=answer != "clear")
        return Measure(
            method="brightness spread of sparse pictures, 320-px luma",
            answer=answer,
            about=("badly_exposed",),
            facts={"badly_exposed": answer == "found"} if answer in ("found", "clear") else {},
            values={
                "pictures": tally.count,
                "mean_share": round(self._means / max(1, tally.count), 3),
                "black_pictures": self._black,
                "dark_pictures": self._dark,
                "burnt_pictures": self._burnt,
            },
            limits={
                "dark_mean_share": DARK_MEAN,
                "dark_brightest_share": DARK_BRIGHTEST,
                "burnt_pixel_share": BURNT_SHARE,
            },
            spans=spans,
            why=why,
        )


def light(small: NDArray[np.uint8], *, full_range: bool) -> Light:
    """The spread of brightness of a picture (uint8 luma, shape (h, w))."""
    low, span = (0, 255) if full_range else (16, 219)
    counts = cv2.calcHist([small], [0], None, [256], [0, 256]).ravel() / small.size
    levels = np.clip((np.arange(256) - low) / span, 0, 1)
    brightest = levels[int(np.searchsorted(np.cumsum(counts), 0.98))]
    burnt = levels >= BURNT_FROM
    share = float(counts[burnt].sum())
    beside = _beside(small, low + BURNT_FROM * span) if share >= NEAR * BURNT_SHARE else low
    drawn = (beside - low) / span < BESIDE_BURNT
    mean = float(counts @ levels)
    card = mean < DARK_MEAN and float((small[:, 1:] == small[:, :-1]).mean()) > CARD_SHARE
    return Light(mean, float(brightest), share, drawn, card)


def _beside(small: NDArray[np.uint8], level: float) -> float:
    """Mean level of what lies right beside the burnt parts."""
    burnt = (small >= level).astype(np.uint8)
    ring = cv2.dilate(burnt, np.ones((5, 5), dtype=np.uint8)) - burnt
    return float(cv2.mean(small, ring)[0]) if ring.any() else 255.0


def judge(seen: Light) -> tuple[Judgement, str]:
    """The judgement of one picture, and what is wrong with it."""
    if seen.mean < DARK_MEAN and seen.brightest < DARK_BRIGHTEST:
        return ("doubtful", CARD) if seen.card else ("bad", "画面过暗")
    if seen.mean < DARK_MEAN / NEAR and seen.brightest < DARK_BRIGHTEST / NEAR:
        return "doubtful", "画面偏暗"
    if seen.burnt >= BURNT_SHARE and seen.mean >= BURNT_MEAN:
        if seen.drawn:
            return "doubtful", "大面积白色，可能是图文页面"
        return "bad", "画面过曝"
    if seen.burnt >= NEAR * BURNT_SHARE and seen.mean >= NEAR * BURNT_MEAN and not seen.drawn:
        return "doubtful", "画面偏亮"
    return "good", ""
