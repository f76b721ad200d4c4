"""How well machine and people agree, and how this contest has each check judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from fengcai.apps.assets.actions import tune_check
from fengcai.apps.refusals import Refused
from fengcai.web.organiser.doorway import actor, not_open, organiser_only, show
from fengcai.web.organiser.pages.inspection import inspection_page
from fengcai.web.shared.texts import whole_number

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest


@require_safe
@organiser_only
def inspection(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Agreement by requirement, and the checks with their settings."""
    if not contest.is_open:
        return not_open(request, contest, "office-inspection", "检测与判断")
    page = inspection_page(contest, actor(request), typed=QueryDict(), error=None)
    return show(request, contest, "office-inspection", "inspection", page)


@require_POST
@organiser_only
def tune(request: HttpRequest, contest: Contest, check: str) -> HttpResponse:
    """Set one check; what was measured is judged again in the background. A refusal keeps all."""
    sent, user = request.POST, actor(request)
    try:
        tune_check(
            contest=contest,
            check=check,
            stance=sent.get("stance", ""),
            factor=sent.get("factor", ""),
            reason=sent.get("reason", ""),
            expected=whole_number(sent.get("expected", "")) or None,
            by=user,
            at=timezone.now(),
        )
    except Refused as error:
        page = inspection_page(contest, user, check=check, typed=sent, error=error)
        return show(request, contest, "office-inspection", "inspection", page, error=error)
    messages.success(
        request, "设定和理由已记下。正在按新设定重新判断已有的检测结果，不重新检测文件。"
    )
    return redirect("office-inspection", contest.slug)
