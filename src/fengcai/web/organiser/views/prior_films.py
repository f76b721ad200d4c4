"""Known music and footage put into the register, and the page where the file of a row is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from fengcai.apps.likeness import films
from fengcai.apps.likeness.priors import registered
from fengcai.apps.refusals import Refused
from fengcai.engines.jobs.queries import newest_by_subject
from fengcai.web.organiser.doorway import actor, organiser_only, show
from fengcai.web.organiser.views import priors

if TYPE_CHECKING:
    from typing import Any

    from fengcai.apps.contests.models import Contest


@require_POST
@organiser_only
def material(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Register known music or footage, and go on to its file."""
    told = {key: request.POST.get(key, "") for key in ("title", "unit", "link")}
    try:
        made = films.register_material(
            contest=contest, title=told["title"], origin=told["unit"], link=told["link"],
            by=actor(request), at=timezone.now(),
        )  # fmt: skip
    except Refused as error:
        return priors.register_page(request, contest, error, told)
    messages.success(request, f"已登记《{made.title}》。请传它的音频、视频或图片。")
    return redirect("office-prior-film", contest.slug, made.pk)


@require_safe
@organiser_only
def film(request: HttpRequest, contest: Contest, prior: int) -> HttpResponse:
    """How the row's file stands, and the place to send it."""
    context = _context(request, contest, prior)
    return show(request, contest, "office-likenesses", "prior_film", context)


@require_safe
@organiser_only
def film_part(request: HttpRequest, contest: Contest, prior: int) -> HttpResponse:
    """The state alone, which asks again while the file is read."""
    context = {**_context(request, contest, prior), "contest": contest}
    return render(request, "organiser/_prior_film.html", context)


@require_POST
@organiser_only
def grant(request: HttpRequest, contest: Contest, prior: int) -> HttpResponse:
    """A signed permission to send the file of a row."""
    by, at = actor(request), timezone.now()
    return JsonResponse(films.ask_for_film(contest=contest, prior=prior, by=by, at=at))


def _context(request: HttpRequest, contest: Contest, prior: int) -> dict[str, Any]:
    row = registered(contest=contest, prior=prior, by=actor(request))
    subject = f"prior:{row.pk}"
    return {
        "row": row,
        "has_film": row.fingerprints.filter(film=True).exists(),
        "job": newest_by_subject([subject]).get(subject) if row.arrived_key else None,
    }
