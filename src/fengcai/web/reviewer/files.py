"""The desk's page of one file: what its inspection measured, saw and judged."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from fengcai.apps.entries.evidence import sees_private
from fengcai.apps.entries.queries import entry_page
from fengcai.apps.refusals import NotFound
from fengcai.web.shared.inspection_page import shown
from fengcai.web.shared.requests import MemberRequest


@login_required
@never_cache
@require_safe
def inspection(request: MemberRequest, entry_id: UUID, asset_id: UUID) -> HttpResponse:
    """For reviewers and organisers, with private evidence; for everybody else there is no such page."""
    page = entry_page(entry_id=entry_id, user=request.user)
    if not sees_private(page.roles):
        raise NotFound("没有这件作品。")
    back = (reverse("review", args=[entry_id]), "审核这件作品")
    return shown(request, page, asset_id, back=back, private=True)
