"""What the office shows once for each unit, drawn by functions (see `web.shared.drawing`).

What is not our own word is escaped here.
"""

from __future__ import annotations

from html import escape

from django.utils.safestring import SafeString, mark_safe

from fengcai.web.organiser.pages.coverage import Figure, GroupRow, UnitRow
from fengcai.web.shared.badges import Badge
from fengcai.web.shared.marks import badge_of


def unit_line(row: UnitRow) -> SafeString:
    """A unit as a row of the coverage board: how it stands, how many works, whom to call."""
    whom = "<br>".join(_contact(*each) for each in row.contacts)
    works = escape(row.works_text)
    if row.short:
        # One under the other: a phone has no room for two of them in a line.
        short = "<br>".join(escape(each) for each in row.short)
        works = f'<span>{works}<br><span class="fine">{short}</span></span>'
    name = escape(row.name)
    if row.url:
        name = f'<a href="{escape(row.url)}">{name}</a>'
    return mark_safe(  # noqa: S308  (every word is escaped here)
        f'<tr><th scope="row">{name}</th>'
        f'<td data-label="类别"><span>{_where(row)}</span></td>'
        f'<td data-label="状态"><span>{badge_of(Badge(row.tone, row.icon, row.word))}</span></td>'
        f'<td data-label="作品" class="number">{works}</td>'
        f'<td data-label="联络员"><span>{whom or _NOBODY}</span></td></tr>'
    )


def figures_row(row: GroupRow) -> SafeString:
    """The figures of a class, a district or all units as a row of the table; each leads to its list."""
    figures = "".join(_figure(each) for each in (*row.figures, row.late))
    return mark_safe(  # noqa: S308  (every word is escaped here)
        f'<tr><th scope="row">{escape(row.name)}</th>'
        f'<td data-label="单位" class="number">{row.units}</td>{figures}'
        f'<td data-label="占应报" class="number">{row.share}</td></tr>'
    )


def _figure(figure: Figure) -> str:
    many = str(figure.count)
    if figure.count:
        many = f'<a href="?{escape(figure.query)}#units">{many}</a>'
    return f'<td data-label="{escape(figure.word)}" class="number">{many}</td>'


def _where(row: UnitRow) -> str:
    """The class of the unit, and under it its district."""
    if not row.district:
        return escape(row.class_name)
    return f'{escape(row.class_name)}<br><span class="fine">{escape(row.district)}</span>'


_NOBODY = '<span class="muted">还没有</span>'


def _contact(name: str, phone: str) -> str:
    if not phone:
        return escape(name)
    number = escape(phone)
    return f'{escape(name)} <a class="nowrap" href="tel:{number}">{number}</a>'
