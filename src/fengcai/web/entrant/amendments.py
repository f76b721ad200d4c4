"""A unit's people say that they have read the amendments (补充通知) shown on their pages."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from fengcai.apps.contests.amending import mark_seen
from fengcai.apps.contests.queries import contest_by_slug, units_for
from fengcai.apps.refusals import NotPermitted
from fengcai.web.shared.requests import MemberRequest


@login_required
@require_POST
def seen(request: MemberRequest, slug: str) -> HttpResponse:
    """Note it, once for each amendment, and go back to the works."""
    contest = contest_by_slug(slug)
    if not units_for(request.user, contest):
        raise NotPermitted("您在本活动中不是联络员或负责人。若应当是，请联系组织者。")
    if mark_seen(contest=contest, by=request.user, at=timezone.now()):
        messages.success(request, "已记下您知悉补充通知。活动首页随时可以再看。")
    return redirect("works", slug=slug)
