"""The unit's page of one file of its own: what was found, when, and what to do about it."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from fengcai.apps.entries.queries import entry_page
from fengcai.web.shared.inspection_page import shown
from fengcai.web.shared.requests import MemberRequest


@login_required
@never_cache
@require_safe
def inspection(request: MemberRequest, entry_id: UUID, asset_id: UUID) -> HttpResponse:
    """For the work's own people (and who gathered it); private evidence is masked."""
    page = entry_page(entry_id=entry_id, user=request.user)
    back = (reverse("entry", args=[entry_id]), "返回作品")
    return shown(request, page, asset_id, back=back, private=False)
