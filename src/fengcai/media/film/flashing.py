"""Flashes that may harm people with photosensitive epilepsy, after Recommendation ITU-R BT.1702.

A flash is a pair of opposing changes of luminance of at least 10 % of the range (20 cd/m² of a
200 cd/m² screen), the darker below 80 %, over at least a quarter of the picture at the same moment;
more than three flashes in any second are too many. A saturated red that comes and goes counts
likewise. It works on a grid of 32 × 18 cells and is no certified test: stripes and the viewing
distance are not looked at.
"""

from __future__ import annotations

from collections import deque
from fractions import Fraction
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fengcai.media.checks import Film, PictureCheck
from fengcai.media.facts.measures import Answer, Measure
from fengcai.media.film.moments import Moments, Plot, Watched, evidence
from fengcai.media.samples import Picture

CHANGE = 0.10
DARKER_BELOW = 0.80
AREA = 0.25
FLASHES = 3
"""More than so many in a second are found; so many exactly are doubtful."""
TOGETHER_S = 0.1
RED = 0.8
RED_CHANGE = 20 / 320
_GRID = (32, 18)
_CHROMA = frozenset({"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p"})
_RED_CHROMA = 165
_NEVER = -9.0
_WHOLE_SHARE = 0.9
_SHARES = {
    full: np.clip((np.arange(256, dtype=np.float32) - low) / span, 0, 1)
    for full, low, span in ((True, 0, 255), (False, 16, 219))
}
_LIGHT = {full: shares**2.2 for full, shares in _SHARES.items()}
"""Of each level 0–255 in full and in video range: the share of the signal, and of the light."""


class Turns:
    """Opposing changes in each cell of a grid, and those that a quarter of the cells make together."""

    def __init__(self, change: float, darker_below: float) -> None:
        self._change = change
        self._darker = darker_below
        self._low: NDArray[Any] | None = None
        self._high = np.zeros(0, dtype=np.float32)
        self._rose = np.zeros(0)
        self._fell = np.zeros(0)
        self._way = 0
        self._turned: deque[float] = deque(maxlen=200)

    def stretch(self) -> tuple[float, float]:
        """From the first to the last opposing change of the last second."""
        return self._turned[0], self._turned[-1]

    def forget(self) -> None:
        """What follows does not belong to what was."""
        self._low = None
        self._way = 0
        self._turned.clear()

    def step(self, values: NDArray[Any], at: float) -> int:
        """Opposing changes over a quarter of the picture within the last second."""
        if self._low is None:
            self._low, self._high = values.copy(), values.copy()
            self._rose = np.full(values.shape, _NEVER)
            self._fell = np.full(values.shape, _NEVER)
            return 0
        # The extremes since the last turn; a turn makes the present value the only extreme.
        np.minimum(self._low, values, out=self._low)
        np.maximum(self._high, values, out=self._high)
        up = (values - self._low >= self._change) & (self._low < self._darker)
        down = (self._high - values >= self._change) & (values < self._darker)
        up &= values >= self._high
        down &= values <= self._low
        if up.any() or down.any():
            self._rose[up], self._fell[up] = at, _NEVER
            self._fell[down], self._rose[down] = at, _NEVER
            self._low[up] = values[up]
            self._high[down] = values[down]
            self._decide(at)
        while self._turned and self._turned[0] <= at - 1.0:
            self._turned.popleft()
        return len(self._turned)

    def _decide(self, at: float) -> None:
        rose = _share(self._rose > at - TOGETHER_S)
        fell = _share(self._fell > at - TOGETHER_S)
        # A moving pattern brightens as many cells as it darkens: that is no flash.
        if rose >= AREA and rose > 2 * fell and self._way != 1:
            self._way = 1
        elif fell >= AREA and fell > 2 * rose and self._way != -1:
            self._way = -1
        else:
            return
        self._turned.append(at)


class Flashing(PictureCheck):
    """`flashing`: more than three flashes within a second."""

    name = "flashing"

    def __init__(self, film: Film) -> None:
        super().__init__(film)
        self._watched = Watched()
        self._light = Turns(CHANGE, DARKER_BELOW)
        self._red = Turns(RED_CHANGE, 2.0)
        self._red_seen = False
        self._reds_looked_at = film.pixel_format in _CHROMA
        self._moments = Moments(self.name)
        self._plot = Plot("flashes/s")
        self._most = {"light": 0, "red": 0}
        self._open: tuple[Fraction, Fraction] | None = None
        self._open_most = 0
        self._open_red = False
        self._jpeg: bytes | None = None

    def run(self, picture: Picture, *, first: bool) -> None:
        self._watched.see(picture.time_s, first=first)
        if first:
            self._close()
            self._light.forget()
            self._red.forget()
        at = float(picture.time_s)
        grid = cv2.resize(picture.coarse, _GRID, interpolation=cv2.INTER_AREA)
        turns = self._light.step(_LIGHT[picture.full_range][grid], at)
        reds = self._reds(picture, grid, at)
        flashes, red = turns // 2, reds // 2
        self._most["light"] = max(self._most["light"], flashes)
        self._most["red"] = max(self._most["red"], red)
        now = max(flashes, red)
        self._plot.add(picture.time_s, float(now))
        if now >= FLASHES:
            began, ended = (self._light if flashes >= red else self._red).stretch()
            if self._open is None:
                self._open = (Fraction(began).limit_denominator(1000), picture.time_s)
                self._jpeg = evidence(picture)
            self._open = (self._open[0], Fraction(ended).limit_denominator(1000))
            self._open_most = max(self._open_most, now)
            self._open_red |= red >= flashes
        elif self._open is not None and picture.time_s - self._open[1] > 1:
            self._close()

    def _reds(self, picture: Picture, grid: NDArray[Any], at: float) -> int:
        """Opposing changes of saturated red; the colour planes are looked at coarsely."""
        if not self._reds_looked_at or len(picture.frame.planes) < 3:
            return 0
        second = _coarse(picture, 2)
        if not self._red_seen and _share(second > _RED_CHROMA) < AREA / 2:
            return 0
        self._red_seen = True
        luma = _SHARES[picture.full_range][grid]
        blue = (_coarse(picture, 1).astype(np.float32) - 128) / 112
        red = (second.astype(np.float32) - 128) / 112
        r = np.clip(luma + 0.7874 * red, 0, 1)
        b = np.clip(luma + 0.9278 * blue, 0, 1)
        g = np.clip((luma - 0.2126 * r - 0.0722 * b) / 0.7152, 0, 1)
        whole = r + g + b
        saturated = r >= RED * np.maximum(whole, 1e-3)
        return self._red.step(np.where(saturated, np.maximum(r - g - b, 0), 0).astype("f4"), at)

    def _close(self) -> None:
        if self._open is None:
            return
        text = "红色闪烁" if self._open_red else ""
        self._moments.add(
            *self._open,
            weight=float(self._open_most),
            value=float(self._open_most),
            text=text,
            jpeg=self._jpeg,
        )
        self._open = None
        self._open_most = 0
        self._open_red = False

    def result(self) -> Measure | None:
        if self._watched.frames == 0:
            return None
        self._close()
        most = max(self._most.values())
        answer: Answer = "found" if most > FLASHES else "doubtful" if most == FLASHES else "clear"
        why = f"一秒内闪烁 {FLASHES} 次，正在界限上" if answer == "doubtful" else ""
        whole = float(self.film.duration_s or 0)
        unseen = self._watched.seconds < _WHOLE_SHARE * whole
        if answer == "clear" and not self.film.thorough and unseen:
            answer, why = "unmeasured", f"{self._watched.said()}，其中没有闪烁；其余时间没有看"
        if self.film.fps is not None and self.film.fps < 8 and answer == "clear":
            answer, why = "unmeasured", "帧率过低，看不出闪烁"
        spans, self.files = self._moments.told()
        return Measure(
            method="opposing luminance and red changes on a 32 × 18 grid (ITU-R BT.1702)",
            answer=answer,
            about=("flashing",),
            facts={"flashing": answer == "found"} if answer in ("found", "clear") else {},
            values={
                "flashes_in_1_s": self._most["light"],
                "red_flashes_in_1_s": self._most["red"] if self._reds_looked_at else None,
                "watched_s": round(self._watched.seconds, 1),
            },
            limits={"flashes_in_1_s": FLASHES, "change_share": CHANGE, "area_share": AREA},
            spans=spans,
            curve=self._plot.curve(),
            why=why,
        )


def _share(truths: NDArray[np.bool_]) -> float:
    """How many are true, in shares: counting them is ten times as fast as their mean."""
    return np.count_nonzero(truths) / truths.size


def _coarse(picture: Picture, index: int) -> NDArray[Any]:
    """A colour plane at the size of the grid, one pixel of each cell."""
    frame = picture.frame
    plane: Any = frame.planes[index]
    rows = np.frombuffer(plane, dtype=np.uint8).reshape(-1, plane.line_size)
    rows = rows[: plane.height, : plane.width]
    coarse: NDArray[Any] = cv2.resize(rows, _GRID, interpolation=cv2.INTER_NEAREST)
    return coarse
