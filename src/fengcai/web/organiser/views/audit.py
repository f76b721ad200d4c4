"""The contest's record, newest first, and whether its chain is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from fengcai.web.organiser.doorway import organiser_only, show
from fengcai.web.organiser.pages.audit import audit_page

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest


@require_safe
@organiser_only
def audit(request: HttpRequest, contest: Contest) -> HttpResponse:
    """A page of the record; the first one recounts the chain."""
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isdecimal() and len(asked) < 16 else None
    return show(request, contest, "office-audit", "audit", audit_page(contest, before=before))
