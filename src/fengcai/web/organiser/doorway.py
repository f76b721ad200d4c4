"""The office's door: who may come in, where one is, and how a file is handed over the counter.

Every page of the organiser passes here; it decides nothing about a contest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache

from fengcai.apps.contests.queries import contest_by_slug
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.refusals import Refused
from fengcai.web.shared.office import office_of

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest
    from fengcai.apps.people.models import User


def organiser_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Lets in the contest's organisers and nobody else; the view gets the contest for its slug."""

    @never_cache
    @login_required
    @wraps(view)
    def inside(request: HttpRequest, slug: str, **rest: Any) -> HttpResponseBase:
        contest = contest_by_slug(slug)
        require_role(request.user, contest, Role.ORGANISER)
        return view(request, contest, **rest)

    return inside


def actor(request: HttpRequest) -> User:
    """The organiser at the counter; behind `organiser_only` there is always one."""
    return cast("User", request.user)


def show(
    request: HttpRequest,
    contest: Contest,
    place: str,
    template: str,
    context: Mapping[str, Any],
    *,
    error: Refused | None = None,
) -> HttpResponse:
    """A page of the office with its navigation; a refusal gives it its status and its words."""
    return render(
        request,
        f"organiser/{template}.html",
        {
            "contest": contest,
            "organises": True,
            "office": office_of(contest.slug, {Role.ORGANISER}, place, request.path),
            "error": error,
            **context,
        },
        status=error.status if error else 200,
    )


def not_open(request: HttpRequest, contest: Contest, place: str, title: str) -> HttpResponse:
    """What stands on a page that has a meaning only once the contest is open."""
    return show(request, contest, place, "not_open", {"title": title})


def attachment(content: bytes, filename: str, content_type: str) -> HttpResponse:
    """A file to save, under a Chinese name (RFC 6266)."""
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = content_disposition_header(True, filename)
    return answer
