"""`{% unseen_amendments contest %}`: the 补充通知 that this reader has not yet said to have read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from fengcai.apps.contests.amending import unseen_by
from fengcai.web.shared.amendments import amendment_row

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

register = template.Library()


@register.inclusion_tag("shared/_unseen_amendments.html", takes_context=True)
def unseen_amendments(context: template.Context, contest: Contest) -> dict[str, Any]:
    """1 SQL, none for a contest that was never amended."""
    request = context["request"]
    rows = [amendment_row(row) for row in unseen_by(request.user, contest)]
    return {"amendments": rows, "contest": contest, "csrf_token": context.get("csrf_token")}
