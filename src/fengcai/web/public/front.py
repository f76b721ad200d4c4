"""The front page of an open contest for who is not signed in, kept as it was rendered.

It is served again only while everything it shows is the same: the contest's row, its rules, its
publications (asked at every request), where its windows stand at this moment, the words of the
countdown, the reader's theme. Whoever has a session or a message gets a page of his own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils import timezone
from django.utils.dateformat import format as date_format

from fengcai.apps.contests.queries import known_rules
from fengcai.apps.publishing.front import front_of
from fengcai.core.rulebook import Rules
from fengcai.core.timetable import standing
from fengcai.web.shared.formats import distance
from fengcai.web.shared.templatetags.fengcai import THEMES
from fengcai.web.shared.templatetags.kept import Shelf

TEMPLATE = "public/contest.html"
TOKEN = "fengcai-token-of-this-reader"  # noqa: S105  (stands where the reader's own is put)
MOMENT = datetime(1949, 10, 1, 7, tzinfo=UTC)
"""Stands for the server's clock in what is kept; no contest shows this instant."""

shelf = Shelf()


def front_page(
    request: HttpRequest, slug: str, context: Callable[[], dict[str, Any]], *, at: datetime
) -> HttpResponse | None:
    """The page, kept or rendered of `context`; None where it cannot be one for everybody.

    1 SQL while it is kept, at most 5 to render it.
    """
    if settings.DEBUG or _somebody(request):
        return None
    front = front_of(slug)
    rules = known_rules(front.rules) if front else None
    if rules is None:  # not open, or this process has not read its rules yet
        return None
    theme = request.COOKIES.get("fengcai_theme", "")
    around = (get_script_prefix(), slug, theme if theme in THEMES else "", settings.FENGCAI_ICP)
    key = (repr(front), *_moment(rules, at), *around)
    page = shelf.get(key)
    if page is None:
        told = {**context(), "csrf_token": TOKEN, "server_now": MOMENT}
        page = render_to_string(TEMPLATE, told, request)
        if front_of(slug) == front:  # else something changed while it was rendered
            shelf.put(key, page)
    page = page.replace(TOKEN, get_token(request), 1)
    return HttpResponse(page.replace(_clock(MOMENT), _clock(timezone.now())))


def _somebody(request: HttpRequest) -> bool:
    """Whether this reader has anything that could make the page another than everybody's."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES or "messages" in request.COOKIES


def _moment(rules: Rules, at: datetime) -> tuple[str, ...]:
    """What of the page time alone changes."""
    now = timezone.localtime(at)
    windows = [rules.window, *rules.windows.values()]
    passed = "".join(f"{each.opens > at:d}{each.closes < at:d}" for each in windows)
    return (
        str(now.year),
        passed,
        standing(rules.window, at),
        distance(timezone.localtime(rules.window.closes), now),
    )


def _clock(moment: datetime) -> str:
    """As the countdown writes it: `date:"c"` in the server's zone."""
    return date_format(timezone.localtime(moment), "c")
