"""Personal data over the lines of one page: of each line, and of a label with its value in the next cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from fengcai.media.checks import Line
from fengcai.media.screen.digits import half_width
from fengcai.media.screen.personal import Datum, is_label, personal


def personal_on(lines: Sequence[Line]) -> list[tuple[Line, Datum]]:
    """Every datum with the line that it stands in, each once; its place is one in that line's text."""
    found: list[tuple[Line, Datum]] = []
    taken: set[tuple[Line, str]] = set()
    for line, datum in (*_joined(lines), *_alone(lines)):
        if (line, datum.value) not in taken:
            taken.add((line, datum.value))
            found.append((line, datum))
    return found


def _alone(lines: Sequence[Line]) -> Iterator[tuple[Line, Datum]]:
    for line in lines:
        for datum in personal(line.text):
            yield line, datum


def _joined(lines: Sequence[Line]) -> Iterator[tuple[Line, Datum]]:
    """Labels that end their line, with the value in the next cell to the right or below."""
    for label in lines:
        value = near(lines, label) if is_label(label.text) else None
        if value is None:
            continue
        text = half_width(label.text).rstrip(" :") + ":"
        for datum in personal(text + value.text):
            if datum.start >= len(text):
                start, end = datum.start - len(text), datum.end - len(text)
                yield value, replace(datum, start=start, end=end)


def near(lines: Sequence[Line], label: Line) -> Line | None:
    """The line to the right of a label, or else right below it: where a form has the value."""
    left, top, width, height = label.box
    middle = top + height / 2
    best: tuple[float, Line] | None = None
    for line in lines:
        if line is label:
            continue
        x, y, _, h = line.box
        beside = abs(y + h / 2 - middle) < 0.6 * height and 0 <= x - left - width < 10 * height
        below = 0 < y - top < 2.2 * height and abs(x - left) < 2 * height
        if beside or below:
            far = (x - left - width) if beside else 1 + y - top
            if best is None or far < best[0]:
                best = far, line
    return None if best is None else best[1]
