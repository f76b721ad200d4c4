"""`{% announcements contest %}`: the newest announcements, on the contest's page and the units' own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from fengcai.apps.bulletin.queries import NEWEST
from fengcai.apps.bulletin.queries import announcements as newest

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

register = template.Library()


@register.inclusion_tag("shared/_newest_announcements.html")
def announcements(contest: Contest) -> dict[str, Any]:
    """1 SQL."""
    rows = newest(contest, most=NEWEST + 1)
    return {"rows": rows[:NEWEST], "more": len(rows) > NEWEST, "contest": contest}
