"""A timeline as HTML with drawings inside: nothing is fetched, no style stands in the text.

Every place is a share of the width in percent, so one drawing fits a phone, a screen and a sheet of
paper while its letters keep their size. Its looks are `layouts/timeline.css`, for pages and reports alike.
"""

from __future__ import annotations

from html import escape
from itertools import pairwise

from fengcai.engines.documents.timeline import (
    SCALES,
    UNITS,
    Lane,
    Level,
    Mark,
    Strip,
    Timeline,
    said,
    ticks,
)
from fengcai.media.facts import Curve

_TRACK, _PLOT, _FILM, _AXIS = 18, 72, 54, 20
_GRID = 1000
FRAMES = 8
"""How many pictures stand in the strip."""
_LEGEND = (("fail", "看到"), ("doubt", "拿不准，要人看"), ("told", "只是说明"))


def drawn(shown: Timeline, *, legend: bool = True) -> str:
    """The timeline as HTML: a row a lane, its name beside it, the axis and the film strip below."""
    rows = [_row(each, shown.length_s) for each in shown.lanes]
    rows.append(_axis(shown.length_s))
    if shown.strip is not None and shown.strip.times_s:
        rows.append(_film(shown.strip, shown.length_s))
    return "".join(rows) + (_legend() if legend else "")


def _legend() -> str:
    told = "".join(
        f'<span><svg width="22" height="12" aria-hidden="true"><rect class="reel-mark" data-tone="{tone}" '
        f'x="1" y="1" width="20" height="10"/></svg>{words}</span>'
        for tone, words in _LEGEND
    )
    return f'<p class="reel-legend">{told}</p>'


def _row(lane: Lane, length_s: float) -> str:
    notes = [lane.note] if lane.note else []
    if lane.curve is not None:
        low, high = _range(lane.curve, lane.levels)
        notes.append(f"{_number(low)} 至 {_number(high)} {_unit(lane.curve)}")
        inside, height = _plot(lane.curve, lane.levels, length_s), _PLOT
    else:
        drawn_marks = "".join(_mark(each, length_s) for each in lane.marks)
        inside, height = _bands(lane.bands, length_s) + drawn_marks, _TRACK
    said_too = "".join(f"<small>{escape(each)}</small>" for each in notes)
    return _line(f"{escape(lane.name)}{said_too}", inside, height)


def _line(name: str, inside: str, height: int, extra: str = "") -> str:
    return (
        f'<div class="reel-lane"{extra}><span class="reel-name">{name}</span>'
        f'<svg class="reel-track" width="100%" height="{height}" aria-hidden="true" focusable="false">'
        f"{inside}</svg></div>"
    )


def _share(seconds: float, length_s: float) -> float:
    """Where an instant stands, in percent of the width, to the hundredth."""
    return round(100 * min(1.0, max(0.0, seconds / length_s)), 2)


def _mark(mark: Mark, length_s: float) -> str:
    left = _share(mark.from_s, length_s)
    width = round(max(0.0, _share(mark.to_s, length_s) - left), 2)
    return (
        f'<rect class="reel-mark" data-tone="{mark.tone}" data-from="{mark.from_s:.2f}" x="{left}%" y="3" '
        f'width="{width}%" height="{_TRACK - 6}"><title>{escape(mark.words)}</title></rect>'
    )


def _bands(cuts: tuple[float, ...], length_s: float) -> str:
    """Shots in turn: every other one filled, so that a cut shows without a line."""
    if not cuts:
        return ""
    edges = (0.0, *cuts, length_s)
    return "".join(
        f'<rect class="reel-band" x="{_share(began, length_s)}%" y="3" height="{_TRACK - 6}" '
        f'width="{round(_share(ended, length_s) - _share(began, length_s), 2)}%"/>'
        for began, ended in list(pairwise(edges))[::2]
    )


# -- plots ----------------------------------------------------------------------------------------


def _unit(curve: Curve) -> str:
    return UNITS.get(curve.unit, curve.unit)


def _range(curve: Curve, levels: tuple[Level, ...]) -> tuple[float, float]:
    if curve.unit in SCALES:
        return SCALES[curve.unit]
    known = [value for value in curve.values if value is not None] + [each.value for each in levels]
    low, high = min(0.0, *known), max(known)
    return low, high if high > low else low + 1.0


def _plot(curve: Curve, levels: tuple[Level, ...], length_s: float) -> str:
    low, high = _range(curve, levels)
    step = float(curve.step_s)
    lines = "".join(
        f'<polyline class="reel-curve" points="{points}"/>'
        for points in _runs(curve, length_s, low, high, step)
    )
    limits = [each.value for each in levels if each.limit]
    across = "".join(
        _level(each, low, high, lowest=each.value < max(limits, default=high)) for each in levels
    )
    return (
        f'<svg viewBox="0 0 {_GRID} {_PLOT}" width="100%" height="{_PLOT}" preserveAspectRatio="none">'
        f"{lines}</svg>{across}"
    )


def _runs(curve: Curve, length_s: float, low: float, high: float, step: float) -> list[str]:
    """The points of each stretch without a gap; what is known at one place only is a short dash."""
    runs: list[list[str]] = [[]]
    for number, value in enumerate(curve.values):
        if value is None:
            runs.append([])
            continue
        x = _GRID * _share(number * step, length_s) / 100
        runs[-1].append(f"{x:.1f},{_height(value, low, high)}")
        if (
            len(runs[-1]) == 1
            and number + 1 < len(curve.values)
            and curve.values[number + 1] is None
        ):
            runs[-1].append(f"{x + 2:.1f},{_height(value, low, high)}")
    return [" ".join(run) for run in runs if len(run) > 1]


def _height(value: float, low: float, high: float) -> float:
    share = (min(high, max(low, value)) - low) / (high - low)
    return round(4 + (_PLOT - 8) * (1 - share), 1)


def _level(level: Level, low: float, high: float, *, lowest: bool) -> str:
    """A line with its words at its end: a lower limit's below it, so that two never meet; what stands for
    the whole film says so at the left."""
    if not low <= level.value <= high:
        return ""
    y = _height(level.value, low, high)
    kind, x, anchor = ("limit", "100%", "end") if level.limit else ("whole", "0", "start")
    below = y < 16 or (level.limit and lowest and y < _PLOT - 16)
    return (
        f'<line class="reel-level" data-kind="{kind}" x1="0" x2="100%" y1="{y}" y2="{y}"/>'
        f'<text class="reel-words" data-kind="{kind}" x="{x}" y="{round(y + 13 if below else y - 3, 1)}" '
        f'text-anchor="{anchor}">{escape(level.words)}</text>'
    )


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


# -- the axis and the film ------------------------------------------------------------------------


def _axis(length_s: float) -> str:
    shown = []
    for place, at in enumerate(ticks(length_s)):
        share = _share(at, length_s)
        between = " data-between" if place % 2 else ""  # a narrow screen has no room for its words
        anchor = "start" if share < 3 else "end" if share > 97 else "middle"
        shown.append(
            f'<line class="reel-tick" x1="{share}%" x2="{share}%" y1="0" y2="5"/>'
            f'<text class="reel-scale"{between} x="{share}%" y="17" text-anchor="{anchor}">{said(at)}</text>'
        )
    return _line("", "".join(shown), _AXIS, ' data-part="axis"')


def _film(strip: Strip, length_s: float) -> str:
    """Pictures of the film side by side: for each place the last one taken before its middle."""
    width, height = strip.tile_width_px, strip.tile_height_px
    wide = 100 / FRAMES
    frames = "".join(
        f'<svg x="{place * wide:g}%" width="{wide:g}%" height="{_FILM}" '
        f'viewBox="{tile % strip.columns * width} {tile // strip.columns * height} {width} {height}" '
        f'preserveAspectRatio="xMidYMid slice"><use href="#reel-strip"/></svg>'
        for place in range(FRAMES)
        for tile in [_tile(strip, (place + 0.5) / FRAMES * length_s)]
    )
    sheet = (
        f'<defs><image id="reel-strip" href="{escape(strip.url)}" width="{width * strip.columns}" '
        f'height="{height * strip.rows}"/></defs>'
    )
    return _line("画面", sheet + frames, _FILM, ' data-part="film"')


def _tile(strip: Strip, at: float) -> int:
    before = [number for number, time in enumerate(strip.times_s) if time <= at]
    return before[-1] if before else 0
