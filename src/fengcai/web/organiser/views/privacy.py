"""Personal information of a contest's people: the notice's words, who agreed to what, requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from fengcai.apps.contests.queries import people_in
from fengcai.apps.people.privacy.actions import answer_request, write_notice
from fengcai.apps.people.privacy.queries import agreed, notice, requests_to_answer
from fengcai.apps.people.privacy.wording import PURPOSES
from fengcai.apps.refusals import Refused
from fengcai.web.organiser.doorway import actor, organiser_only, show

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest


@require_http_methods(["GET", "HEAD", "POST"])
@organiser_only
def privacy(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The page; POST publishes new words of the notice."""
    if request.method != "POST":
        return _page(request, contest)
    try:
        number = write_notice(
            by=actor(request),
            at=timezone.now(),
            contest=contest.pk,
            **{
                name: request.POST.get(name, "")
                for name in ("controller", "contact", "retention", "extra")
            },
        )
    except Refused as refusal:
        return _page(request, contest, error=refusal)
    messages.success(request, f"说明的第 {number} 版已公布。")
    return redirect(reverse("office-privacy", args=[contest.slug]))


@require_POST
@organiser_only
def answer(request: HttpRequest, contest: Contest, pk: int) -> HttpResponse:
    """The answer to a request of somebody in this contest."""
    try:
        answer_request(
            pk=pk,
            answer=request.POST.get("answer", ""),
            by=actor(request),
            among=_people(contest),
            at=timezone.now(),
        )
    except Refused as refusal:
        return _page(request, contest, error=refusal, answering=pk)
    messages.success(request, "已答复，本人登录后会看到。")
    return redirect(reverse("office-privacy", args=[contest.slug]))


def _people(contest: Contest) -> set[int]:
    return {seat.user_id for seat in people_in(contest)}


def _page(
    request: HttpRequest, contest: Contest, *, error: Refused | None = None, answering: int = 0
) -> HttpResponse:
    """At most 12 SQL, however many people there are."""
    seats = people_in(contest)
    names = dict(sorted({seat.user_id: str(seat.user) for seat in seats}.items()))
    given = {purpose.key: agreed(names, purpose.key) for purpose in PURPOSES}
    page: dict[str, Any] = {
        "notice": notice(contest.pk),
        "purposes": [(purpose, len(given[purpose.key])) for purpose in PURPOSES],
        "people": [
            (name, [pk in given[purpose.key] for purpose in PURPOSES]) for pk, name in names.items()
        ],
        "requests": requests_to_answer(set(names)),
        "error": error,
        "answering": answering,
        "typed": request.POST if error else {},
    }
    return show(request, contest, "office-privacy", "privacy", page, error=error)
