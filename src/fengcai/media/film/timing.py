"""Frame rate and duration from the times written in the packets; no picture is needed.

The same in swift and thorough mode. Times are integers in the stream's time base, so rates come
out exact. Whether frames repeat each other (a padded rate) is not looked at.
"""

from __future__ import annotations

from array import array
from fractions import Fraction
from typing import Any

import numpy as np

STEADY_SHARE = 0.99


class Timing:
    """Takes each packet's presentation time; eight bytes a frame are kept, at most 32 MB."""

    MOST_FRAMES = 4_000_000

    def __init__(self, time_base: Fraction, nominal: Fraction | None) -> None:
        self._base = time_base
        self._nominal = nominal
        self._times = array("q")
        self._longest_end = 0
        self.count = 0

    def feed(self, time: int | None, duration: int | None) -> None:
        self.count += 1
        if time is None or len(self._times) >= self.MOST_FRAMES:
            return
        self._times.append(time)
        if not self._longest_end or time + (duration or 0) > self._longest_end:
            self._longest_end = time + (duration or 0)

    @property
    def first(self) -> int:
        return min(self._times, default=0)

    def result(self) -> dict[str, Any]:
        """Fields of facts.video; fractions as strings."""
        times = np.sort(np.frombuffer(self._times, dtype=np.int64)) if self._times else np.zeros(0)
        gaps = np.diff(times)
        gaps = gaps[gaps > 0]  # two pictures at one moment are one
        if len(gaps) == 0:
            only = self._longest_end - self.first if self._times else 0
            return {"duration_s": str(only * self._base)} if only > 0 else {}
        usual = int(np.median(gaps))
        span = int(times[-1] - times[0])
        last = self._longest_end - int(times[-1])
        average = Fraction(len(gaps), span) / self._base
        nominal = self._rate(gaps, usual)
        expected = 1 / (nominal * self._base)
        # One tick of rounding either side is how coarse clocks (1 ms in Matroska) write a steady
        # rate; two percent covers fine clocks.
        slack = max(Fraction(1), expected / 50)
        steady = float(np.mean(np.abs(gaps - float(expected)) <= float(slack)))
        constant = bool(np.all(np.abs(gaps - float(expected)) <= float(slack)))
        return {
            "fps_nominal": str(nominal),
            "fps_average": str(average.limit_denominator(1_000_000)),
            "fps_kept": str(nominal if steady >= STEADY_SHARE else _plain(average)),
            "frame_rate": "constant" if constant else "variable",
            "interval_min_s": str(int(gaps.min()) * self._base),
            "interval_max_s": str(int(gaps.max()) * self._base),
            "steady_share": round(steady, 4),
            "duration_s": str((span + (last if last > 0 else usual)) * self._base),
        }

    def _rate(self, gaps: np.ndarray[Any, Any], usual: int) -> Fraction:
        """The stream's stated rate where its usual interval agrees with it, else the interval's."""
        measured = 1 / (usual * self._base)
        if self._nominal and abs(1 / (self._nominal * self._base) - usual) <= 1:
            return self._nominal
        mean = Fraction(int(gaps.sum()), len(gaps))
        if abs(mean - usual) <= 1:
            measured = 1 / (mean * self._base)
        return _plain(measured)


def _plain(rate: Fraction) -> Fraction:
    """A usual broadcast rate within 0.01 %, else the rate with a short denominator."""
    for whole in (24, 25, 30, 48, 50, 60, 120):
        for usual in (Fraction(whole), Fraction(whole * 1000, 1001)):
            if abs(rate - usual) / usual < Fraction(1, 10_000):
                return usual
    return rate.limit_denominator(1001)
