"""Small marks of every page as HTML: a badge, an instant. Kept by their content."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fengcai.web.shared import formats, icons
from fengcai.web.shared.badges import Badge


@lru_cache(maxsize=512)
def badge_of(badge: Badge) -> SafeString:
    """The badge. KeyError for an icon that is not drawn."""
    return format_html(
        '<span class="badge" data-tone="{}">{}{}</span>',
        badge.tone,
        icons.draw(badge.icon),
        badge.word,
    )


def date_of(value: datetime) -> SafeString:
    """The date and the hour, without how far it is; with the year when it is not this one."""
    return _date_of(value, timezone.localtime().year)


@lru_cache(maxsize=4_096)  # a list shows the same instants to everybody, at every visit
def _date_of(value: datetime, year: int) -> SafeString:
    moment = timezone.localtime(value)
    return time_of(moment, formats.calendar(moment, moment.replace(month=1, day=1, year=year)))


def time_of(moment: datetime, words: str) -> SafeString:
    """A `<time>` of a local instant: `words`, to the second where one points at it."""
    exact = f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M:%S}"
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact, words)
