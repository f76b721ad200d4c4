"""The picture of the coverage board: bars of parts, drawn as SVG for screens, print and readers aloud.

Colour never speaks alone: parts have patterns, the legend has icons and words, and each bar says its
figures to a screen reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe

WIDTH = 1000
HATCHED = {"late": "cover-late-hatch", "missing": "cover-missing-hatch"}


@dataclass(frozen=True)
class Segment:
    """A part of a bar. `kind` names its colour: pass, late, draft, missing, beside."""

    kind: str
    many: int


def bar(segments: Sequence[Segment], told: str) -> SafeString:
    """A bar of the parts in their proportions. `told` is what a screen reader hears.

    A part of at least one unit is never thinner than can be seen.
    """
    whole = sum(each.many for each in segments)
    drawn = [each for each in segments if each.many]
    least = 8
    scale = (WIDTH - least * len(drawn)) / whole if whole else 0
    pieces, left = [], 0.0
    for each in drawn:
        width = least + each.many * scale
        place = f'x="{left:.2f}" y="0" width="{max(width - 2, 1):.2f}" height="20"'
        pieces.append(f'<rect class="cover-{each.kind}" {place}/>')
        if each.kind in HATCHED:
            pieces.append(f'<rect {place} fill="url(#{HATCHED[each.kind]})"/>')
        left += width
    if not drawn:
        pieces.append(f'<rect class="cover-empty" x="0" y="0" width="{WIDTH}" height="20"/>')
    return mark_safe(  # noqa: S308  (numbers, our own names, and words that are escaped)
        f'<svg class="cover-bar" role="img" viewBox="0 0 {WIDTH} 20" preserveAspectRatio="none">'
        f"<title>{escape(told)}</title>{''.join(pieces)}</svg>"
    )


PATTERNS: SafeString = mark_safe(
    '<svg class="cover-patterns" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
    '<pattern id="cover-missing-hatch" width="8" height="8" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect class="cover-stroke" width="3" height="8"/></pattern>'
    '<pattern id="cover-late-hatch" width="10" height="10" patternUnits="userSpaceOnUse">'
    '<rect class="cover-stroke" width="3" height="10"/></pattern></defs></svg>'
)
"""The patterns that bars refer to; once on a page."""
