"""The unit above: it confirms the units that put themselves down under it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from fengcai.apps.contests.queries import contest_by_slug
from fengcai.apps.refusals import NotFound, Refused
from fengcai.apps.registration.actions import confirm_below, deny_below
from fengcai.apps.registration.queries import waiting_below
from fengcai.web.shared.requests import MemberRequest


@login_required
@never_cache
@require_safe
def below(request: MemberRequest, slug: str) -> HttpResponse:
    """Those that wait for my unit's word."""
    contest = contest_by_slug(slug)
    page = {"contest": contest, "rows": waiting_below(contest, user=request.user)}
    return render(request, "entrant/below.html", page)


@login_required
@require_POST
def decide(request: MemberRequest, slug: str, id: UUID) -> HttpResponse:
    """It is one of ours; or it is not, and why."""
    contest = contest_by_slug(slug)
    row = next((r for r in waiting_below(contest, user=request.user) if r.pk == id), None)
    if row is None:
        raise NotFound("没有等待确认的这份报名。")
    try:
        if request.POST.get("sure"):
            confirm_below(registration=row, by=request.user, at=timezone.now())
            messages.success(request, f"已确认“{row.name}”，交主办方审核。")
        else:
            reason = request.POST.get("reason", "")
            deny_below(registration=row, reason=reason, by=request.user, at=timezone.now())
            messages.success(request, f"已退回“{row.name}”，对方会看到原因。")
    except Refused as error:
        messages.error(request, error.message)
    return redirect("below", slug=slug)
