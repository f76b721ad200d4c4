"""The compliance desk: doubtful wording of a contest's works with its legal basis, and a decision.

Reviewers and organisers look and decide; entrants have no way here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from fengcai.apps.compliance.actions import decide_remarks, read_again
from fengcai.apps.contests.roles import Role
from fengcai.apps.refusals import Refused
from fengcai.web.organiser.doorway import actor, organiser_only, show
from fengcai.web.organiser.pages.compliance import compliance_page, desk_url, seen_versions
from fengcai.web.organiser.views.likenesses import seers_only
from fengcai.web.shared.office import office_of

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest


@require_safe
@seers_only
def compliance(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The remarks, those that wait for a person first shown."""
    return _shown(request, contest, compliance_page(contest, actor(request), request.GET))


@require_POST
@seers_only
def decide(request: HttpRequest, contest: Contest) -> HttpResponse:
    """A person's word on one remark, or on all of the same words in a work; a refused one is kept."""
    sent = request.POST
    try:
        decided = decide_remarks(
            contest=contest,
            remarks=seen_versions(sent),
            decision=sent.get("decision", ""),
            reason=sent.get("reason", ""),
            by=actor(request),
            at=timezone.now(),
        )
    except Refused as error:
        context = compliance_page(contest, actor(request), sent)
        return _shown(request, contest, {**context, "typed": sent}, error=error)
    messages.success(request, f"已记下对 {decided} 处用语的决定和理由，活动记录里可以查到。")
    return redirect(desk_url(contest, sent))


@require_POST
@organiser_only
def again(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Have the texts of all works read anew."""
    read_again(contest=contest, by=actor(request), at=timezone.now())
    messages.success(request, "已安排重新检查，在后台进行；已有的决定都保留着。")
    return redirect("office-compliance", contest.slug)


def _shown(
    request: HttpRequest,
    contest: Contest,
    context: dict[str, Any],
    *,
    error: Refused | None = None,
) -> HttpResponse:
    if context["organises"]:
        return show(request, contest, "office-compliance", "compliance", context, error=error)
    # A reviewer sees of the office what reviewers may open.
    office = office_of(contest.slug, {Role.REVIEWER}, "office-compliance", request.path)
    told = {"contest": contest, "office": office, "error": error, **context}
    status = error.status if error else 200
    return render(request, "organiser/compliance.html", told, status=status)
