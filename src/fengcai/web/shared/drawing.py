"""The parts that a page shows fifty times over, drawn by functions: a card, a line of a table.

A template looks every name up anew for each of them, which was half the cost of a list. What is
not our own word or address is escaped here.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString, mark_safe

from fengcai.web.shared import badges, icons
from fengcai.web.shared.formats import duration
from fengcai.web.shared.marks import badge_of, date_of

if TYPE_CHECKING:
    from fengcai.web.shared.cards import WorkCard
    from fengcai.web.shared.works import Line


def card(work: WorkCard) -> SafeString:
    """A work as a card: its picture, its name, its state."""
    title: str = escape(work.title or "未命名作品")
    if work.url:
        title = f'<a href="{escape(work.url)}">{title}</a>'
    state = badge_of(badges.state(work.state, work.state_word)) if work.state else ""
    told = (f"<span>{escape(words)}</span>" for words in (work.unit, work.meta) if words)
    meta = " ".join((state, *told))
    return mark_safe(  # noqa: S308  (every word is escaped above)
        f'<article class="work">{_frame(work)}<div class="work-text">'
        f'<h3 class="work-title">{title}</h3><p class="work-meta">{meta}</p></div></article>'
    )


def _frame(work: WorkCard) -> str:
    award = f'<span class="work-award">{escape(work.award)}</span>' if work.award else ""
    if not work.poster:
        waiting = escape(work.waiting or "画面还没有准备好")
        return (
            f'<div class="work-frame waiting"><span>{icons.draw("film")}{waiting}</span> '
            f"{award}</div>"
        )
    frame: str = _picture(work.poster, 480, 270)
    if (sprite := work.sprite) is not None:
        frame = (
            f'<fc-scrub src="{escape(sprite.url)}" columns="{sprite.columns}" '
            f'rows="{sprite.rows}" count="{sprite.count}">{frame}</fc-scrub>'
        )
    length = (
        '<span class="work-duration"><span class="sr-only">时长 </span>'
        f"{duration(work.duration)}</span>"
        if work.duration
        else ""
    )
    return f'<div class="work-frame">{frame} {award} {length}</div>'


def _picture(url: str, width: int, height: int) -> SafeString:
    return mark_safe(  # noqa: S308  (the address is escaped)
        f'<img src="{escape(url)}" alt="" loading="lazy" width="{width}" height="{height}">'
    )


def line(work: Line) -> SafeString:
    """A work as a row of the table of works."""
    row = work.row
    picture = icons.draw("film")
    if work.poster:
        picture = _picture(work.poster, 96, 54)
    length = "" if row.duration is None else f"<small>{duration(row.duration)}</small>"
    submitted = date_of(row.submitted_at) if row.submitted_at else "—"
    state = badge_of(badges.state(row.state, row.state_name))
    return mark_safe(  # noqa: S308  (every word is escaped here)
        f'<tr><th scope="row"><a class="works-line" href="{escape(work.url)}">'
        f'<span class="works-frame">{picture}</span>'
        f"<span>{escape(row.title)}{length}</span></a></th>"
        f'<td data-label="单位">{escape(row.unit)}</td>'
        f'<td data-label="编号">{escape(row.number) or "—"}</td>'
        f'<td data-label="状态"><span>{state}</span></td>'
        f'<td data-label="检查"><span>{_checked(work)}</span></td>'
        f'<td data-label="提交">{submitted}</td>'
        f'<td data-label="更新">{date_of(row.updated_at)}</td></tr>'
    )


def _checked(work: Line) -> str:
    row = work.row
    if row.file is None:
        return '<span class="muted">无文件</span>'
    if row.running:
        return badge_of(badges.Badge("note", "clock", "检查中"))
    if row.trouble:
        return badge_of(badges.Badge("fail", "fail", "无法读取"))
    if row.broken:
        broken = badge_of(badges.Badge("fail", "fail", "不符合"))
        return f'<span class="nowrap">{broken} {row.broken} 项</span>'
    return '<span class="muted">未见不符</span>'
