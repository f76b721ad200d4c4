"""The moments that a check shows: spans, their pictures and a plot, bounded for films of any length."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction

import cv2

from fengcai.media.facts.measures import Curve, Span
from fengcai.media.samples import Picture

MOST_SPANS = 60
MOST_PICTURES = 12
MOST_POINTS = 1200
_EVIDENCE_PX = 480
_QUALITY = 72


def evidence(picture: Picture) -> bytes:
    """A JPEG of the picture, upright, at most 480 pixels wide and high."""
    rgb = picture.rgb(_EVIDENCE_PX, _EVIDENCE_PX)
    bgr = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()


@dataclass(frozen=True)
class Moment:
    """A span to be, and how much it matters beside the others of its check."""

    span: Span
    weight: float
    jpeg: bytes | None = None


class Moments:
    """The weightiest spans of one check; the weightiest of those keep their pictures."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._kept: list[Moment] = []
        self.count = 0
        self.total_s = 0.0
        self.longest_s = Fraction(0)

    def add(
        self,
        from_s: Fraction,
        to_s: Fraction,
        *,
        weight: float,
        value: float | None = None,
        text: str = "",
        jpeg: bytes | None = None,
    ) -> None:
        """One more span; `weight` decides which are kept."""
        self.count += 1
        self.total_s += float(to_s - from_s)
        self.longest_s = max(self.longest_s, to_s - from_s)
        span = Span(from_s=from_s, to_s=to_s, value=value, text=text)
        self._kept.append(Moment(span, weight, jpeg))
        if len(self._kept) > 2 * MOST_SPANS:
            self._thin()

    def holds(self, at: Fraction) -> bool:
        """Whether a kept span contains the moment."""
        return any(each.span.from_s <= at <= each.span.to_s for each in self._kept)

    def _thin(self) -> None:
        heaviest = sorted(self._kept, key=lambda each: -each.weight)[:MOST_SPANS]
        self._kept = heaviest[:MOST_PICTURES] + [
            replace(each, jpeg=None) for each in heaviest[MOST_PICTURES:]
        ]

    def told(self, *, shown: bool = True) -> tuple[tuple[Span, ...], dict[str, bytes]]:
        """The spans in the order of time, and the pictures that they name; none unless `shown`."""
        if not shown:
            return (), {}
        self._thin()
        spans: list[Span] = []
        files: dict[str, bytes] = {}
        for each in sorted(self._kept, key=lambda one: one.span.from_s):
            if each.jpeg is None:
                spans.append(each.span)
                continue
            name = f"{self._name}-{len(files) + 1}.jpg"
            files[name] = each.jpeg
            spans.append(each.span.model_copy(update={"picture": name}))
        return tuple(spans), files


class Plot:
    """A value over time: the greatest in each step, the step doubled when points run out."""

    def __init__(self, unit: str, step_s: Fraction = Fraction(1, 2)) -> None:
        self._unit = unit
        self._step = step_s
        self._points: dict[int, float] = {}

    def add(self, at: Fraction | float, value: float) -> None:
        """A value at a moment; what is not a number is left out."""
        place = int(at / self._step)
        while place >= MOST_POINTS:
            self._step *= 2
            halved: dict[int, float] = {}
            for i, each in self._points.items():
                halved[i // 2] = max(each, halved.get(i // 2, -math.inf))
            self._points = halved
            place = int(at / self._step)
        if math.isfinite(value):
            self._points[place] = max(value, self._points.get(place, -math.inf))

    def curve(self) -> Curve | None:
        """The plot; None where nothing was added. What was not measured is None in it."""
        if not self._points:
            return None
        values = tuple(
            round(self._points[i], 4) if i in self._points else None
            for i in range(max(self._points) + 1)
        )
        return Curve(step_s=self._step, unit=self._unit, values=values)


class Watched:
    """How much of a film was fed frame by frame."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.stretches = 0
        self.frames = 0
        self._last: float | None = None

    def see(self, at: Fraction, *, first: bool) -> None:
        """One more frame."""
        self.frames += 1
        now = at.numerator / at.denominator  # a third of what float(at) costs
        if first or self._last is None:
            self.stretches += 1
        else:
            # A hole in the times of a damaged film was not watched.
            self.seconds += min(1.0, max(0.0, now - self._last))
        self._last = now

    def said(self) -> str:
        """For `why` in swift mode: what was looked at."""
        return f"快速检查只逐帧看了 {self.stretches} 段共 {self.seconds:.0f} 秒"
