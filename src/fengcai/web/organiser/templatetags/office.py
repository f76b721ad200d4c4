"""The tags of the office: the parts that stand there once for each unit."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from fengcai.web.organiser import coverage_picture, drawing
from fengcai.web.organiser.pages.coverage import GroupRow, UnitRow

register = template.Library()


@register.simple_tag
def unit_line(row: UnitRow) -> SafeString:
    """`{% unit_line row %}`: a unit as a row of the coverage board."""
    return drawing.unit_line(row)


@register.simple_tag
def figures_row(row: GroupRow) -> SafeString:
    """`{% figures_row row %}`: the figures of some units as a row of their table."""
    return drawing.figures_row(row)


@register.simple_tag
def cover_patterns() -> SafeString:
    """`{% cover_patterns %}`: what the bars of the coverage board refer to; once on a page."""
    return coverage_picture.PATTERNS
