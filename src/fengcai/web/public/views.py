"""The contest as the public sees it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from fengcai.apps.awards.queries import verify as verify_certificate
from fengcai.apps.contests.queries import contest_by_slug, contests
from fengcai.apps.people.queries import has_administrator
from fengcai.apps.publishing.queries import gallery as gallery_of
from fengcai.apps.publishing.queries import gallery_work, published_results
from fengcai.web.public.contest_page import contest_page, explained, home_rows
from fengcai.web.public.front import TEMPLATE, front_page
from fengcai.web.public.showcase import film_views, gallery_view, results_view
from fengcai.web.shared.pace import paced


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All contests, the open ones first."""
    rows = home_rows(contests(), at=timezone.now())
    fresh = not rows and not has_administrator()
    return render(request, "public/home.html", {"contests": rows, "fresh": fresh})


@require_safe
def contest(request: HttpRequest, slug: str) -> HttpResponse:
    """What the contest is, how long is left, what one has to do."""
    at = timezone.now()

    def context() -> dict[str, Any]:
        page = contest_page(contest_by_slug(slug), user=request.user, at=at)
        return {"page": page, "contest": page.contest}

    return front_page(request, slug, context, at=at) or render(request, TEMPLATE, context())


@require_safe
def rules(request: HttpRequest, slug: str) -> HttpResponse:
    """The rules clause by clause, each with its place in the notice."""
    row = contest_by_slug(slug)
    return render(request, "public/rules.html", {"contest": row, "page": explained(row)})


@require_safe
def gallery(request: HttpRequest, slug: str) -> HttpResponse:
    """The published works."""
    row = contest_by_slug(slug)
    page = gallery_of(row, theme=request.GET.get("theme", ""), page=request.GET.get("page", "1"))
    context = {"contest": row, "page": gallery_view(row, page)}
    return render(request, "public/gallery.html", context)


@require_safe
def work(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """One published work, playing."""
    row = contest_by_slug(slug)
    page = gallery_work(row, number)
    context = {"contest": row, "work": page, "films": film_views(page)}
    return render(request, "public/work.html", context)


@require_safe
def results(request: HttpRequest, slug: str) -> HttpResponse:
    """The published result, in which every award says why."""
    row = contest_by_slug(slug)
    found = published_results(row)
    context = {"contest": row, "result": results_view(row, found) if found else None}
    return render(request, "public/results.html", context)


@paced("verify", limit=120, seconds=60)
@require_safe
def verify(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """Whether a certificate was issued, for what, and whether it still stands."""
    found = verify_certificate(certificate_id)
    context = {
        "found": found,
        "asked": certificate_id,
        "contest": contest_by_slug(found.contest_slug) if found else None,
    }
    return render(request, "public/verify.html", context, status=200 if found else 404)
