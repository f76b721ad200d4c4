"""Look-alikes of a contest: groups, two works side by side, and an organiser's word on them.

Reviewers may look, organisers decide; entrants have no way here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from fengcai.apps.contests.queries import contest_by_slug
from fengcai.apps.contests.roles import Role
from fengcai.apps.likeness.actions import compare_again, decide_likeness
from fengcai.apps.likeness.rules import require_seeing
from fengcai.apps.refusals import Refused
from fengcai.web.organiser.doorway import actor, organiser_only, show
from fengcai.web.organiser.pages.likenesses import likeness_page, likenesses_page
from fengcai.web.shared.office import office_of
from fengcai.web.shared.texts import whole_number

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest


def seers_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Lets in the contest's reviewers and organisers; the view gets the contest for its slug."""

    @never_cache
    @login_required
    @wraps(view)
    def inside(request: HttpRequest, slug: str, **rest: Any) -> HttpResponse:
        contest = contest_by_slug(slug)
        require_seeing(request.user, contest)
        return view(request, contest, **rest)

    return inside


@require_safe
@seers_only
def likenesses(request: HttpRequest, contest: Contest) -> HttpResponse:
    """All groups, those that wait for a person first."""
    return _shown(request, contest, "likenesses", likenesses_page(contest, actor(request)))


@require_safe
@seers_only
def likeness(request: HttpRequest, contest: Contest, likeness: int) -> HttpResponse:
    """Two works side by side."""
    return _shown(request, contest, "likeness", likeness_page(contest, actor(request), likeness))


@require_POST
@organiser_only
def decide(request: HttpRequest, contest: Contest, likeness: int) -> HttpResponse:
    """The organiser's word on one pair; a refused one keeps what was written."""
    try:
        decide_likeness(
            contest=contest,
            pairs={likeness: whole_number(request.POST.get("version", ""))},
            decision=request.POST.get("decision", ""),
            reason=request.POST.get("reason", ""),
            by=actor(request),
            at=timezone.now(),
        )
    except Refused as error:
        context = likeness_page(contest, actor(request), likeness)
        return _shown(request, contest, "likeness", {**context, "typed": request.POST}, error=error)
    messages.success(request, "已记下您的决定和理由，活动记录里可以查到。")
    return redirect("office-likenesses", contest.slug)


@require_POST
@organiser_only
def again(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Have all works compared anew."""
    compare_again(contest=contest, by=actor(request), at=timezone.now())
    messages.success(request, "已安排重新比对，在后台进行；已有的决定都保留着。")
    return redirect("office-likenesses", contest.slug)


def _shown(
    request: HttpRequest,
    contest: Contest,
    template: str,
    context: dict[str, Any],
    *,
    error: Refused | None = None,
) -> HttpResponse:
    if context["may_decide"]:
        return show(request, contest, "office-likenesses", template, context, error=error)
    # A reviewer sees of the office what reviewers may open.
    office = office_of(contest.slug, {Role.REVIEWER}, "office-likenesses", request.path)
    told = {"contest": contest, "office": office, **context}
    return render(request, f"organiser/{template}.html", told)
