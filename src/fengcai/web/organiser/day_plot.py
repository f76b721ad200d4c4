"""The picture of the days on which works came in: a bar for each day, drawn as SVG.

The numbers stand in a table beside it; the picture says them to a screen reader in one sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

from django.utils.safestring import SafeString, mark_safe

from fengcai.apps.entries.statistics import Day

WIDTH, HEIGHT = 1000, 160


def plot(days: Sequence[Day], closes: date | None) -> SafeString:
    """Bars from the first day to the last, those of late works hatched; a line at the deadline's day.
    Empty where no work came in."""
    if not days:
        return mark_safe("")
    first = days[0].day
    last = max(days[-1].day, closes) if closes and closes > first else days[-1].day
    many = (last - first).days + 1
    most = max(each.works for each in days)
    step = WIDTH / many
    pieces = [_line("day-grid", f'x1="0" y1="{y}" x2="{WIDTH}" y2="{y}"') for y in (0.5, 80)]
    for each in days:
        left, width = (each.day - first).days * step, max(min(step * 0.8, 60), 1)
        left += (step - width) / 2
        timely = _tall(each.works - each.late, most)
        late = _tall(each.late, most)
        place = f'x="{left:.2f}" width="{width:.2f}"'
        tip = f"{each.day.month} 月 {each.day.day} 日：{each.works} 件"
        tip += f"，其中逾期 {each.late} 件" if each.late else ""
        bars = ""
        if timely:
            bars += f'<rect class="cover-pass" {place} y="{HEIGHT - timely:.2f}" height="{timely:.2f}"/>'
        if late:
            top = f'y="{HEIGHT - timely - late:.2f}" height="{late:.2f}"'
            bars += f'<rect class="cover-late" {place} {top}/>'
            bars += f'<rect {place} {top} fill="url(#cover-late-hatch)"/>'
        pieces.append(f"<g><title>{tip}</title>{bars}</g>")
    if closes and first <= closes <= last:
        x = ((closes - first).days + 1) * step - 0.5
        pieces.append(_line("day-deadline", f'x1="{x:.2f}" y1="0" x2="{x:.2f}" y2="{HEIGHT}"'))
    whole = sum(each.works for each in days)
    busiest = max(days, key=lambda each: each.works)
    told = (
        f"从 {first} 到 {days[-1].day} 共报送 {whole} 件，最多的一天是 {busiest.day}，"
        f"{busiest.works} 件。"
    )
    return mark_safe(  # noqa: S308  (numbers and dates of our own)
        f'<svg class="day-plot" role="img" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" '
        f'aria-label="{escape(told)}">{"".join(pieces)}</svg>'
    )


def _tall(works: int, most: int) -> float:
    return max(works / most * (HEIGHT - 4), 3) if works else 0.0


def _line(kind: str, place: str) -> str:
    return f'<line class="{kind}" {place} vector-effect="non-scaling-stroke"/>'
