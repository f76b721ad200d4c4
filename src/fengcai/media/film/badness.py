"""Single pictures judged, and what the share of bad ones says of the whole film.

Shared by the checks that look at sparse pictures (exposure, sharpness, grain): spans of consecutive
bad pictures, one answer for the film.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from fengcai.media.facts.measures import Answer
from fengcai.media.film.moments import Moments, evidence
from fengcai.media.samples import Picture

Judgement = Literal["good", "bad", "doubtful"]
FOUND_SHARE, DOUBT_SHARE = 0.2, 0.06
FOUND_S = 4.0
FEWEST = 3


class Tally:
    """Takes each picture's judgement in the order of time."""

    def __init__(self, name: str) -> None:
        self.moments = Moments(name)
        self.count = 0
        self.bad = 0
        self.doubtful = 0
        self._bad_s = 0.0
        self._open: list[tuple[Fraction, float]] = []
        self._text = ""
        self._sure = False
        self._jpeg: bytes | None = None
        self._last: Fraction | None = None

    def add(self, picture: Picture, judged: Judgement, value: float, text: str = "") -> None:
        """`value` is what was measured, greater for worse."""
        self.count += 1
        self.bad += judged == "bad"
        self.doubtful += judged == "doubtful"
        if judged == "bad" and self._last is not None and self._open:
            self._bad_s += min(2.0, float(picture.time_s - self._last))
        if judged == "good":
            self.close(picture.time_s)
        else:
            if not self._open:
                self._jpeg = evidence(picture)
                self._text = text
            self._sure |= judged == "bad"
            self._open = [*self._open[:1], (picture.time_s, max(value, *(v for _, v in self._open)))
                          ] if self._open else [(picture.time_s, value)]  # fmt: skip
        self._last = picture.time_s

    def close(self, at: Fraction) -> None:
        """A good picture came, or the film ended."""
        if not self._open:
            return
        worst = max(value for _, value in self._open)
        length = max(0.1, float(at - self._open[0][0]))
        self.moments.add(
            self._open[0][0],
            at,
            weight=length * (2.0 if self._sure else 1.0),
            value=round(worst, 3),
            text=self._text,
            jpeg=self._jpeg,
        )
        self._open = []
        self._sure = False

    def finish(self, end: Fraction | None) -> None:
        """Close what is open, after the last picture."""
        if self._last is not None:
            self.close(max(self._last, end or self._last))

    def answer(self) -> Answer:
        """Found: a fifth of the pictures or four seconds in sum, and not one alone."""
        if self.count == 0:
            return "unmeasured"
        share = self.bad / self.count
        fewest = min(FEWEST, max(2, self.count))
        if self.bad >= fewest and (share >= FOUND_SHARE or self._bad_s >= FOUND_S):
            return "found"
        if (self.bad + self.doubtful) / self.count >= DOUBT_SHARE and self.bad + self.doubtful > 1:
            return "doubtful"
        return "clear"
