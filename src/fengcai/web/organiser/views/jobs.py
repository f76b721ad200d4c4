"""Background jobs that were given up: seen, and tried again, one or all of a kind."""

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

from fengcai.apps.contests.upkeep import require_administrator, retry_job, retry_kind
from fengcai.web.organiser.doorway import actor, organiser_only, show
from fengcai.web.organiser.pages.jobs import jobs_page

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest


def administrator_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Lets in those who look after the installation and nobody else."""

    @never_cache
    @login_required
    @wraps(view)
    def inside(request: HttpRequest, **rest: Any) -> HttpResponse:
        require_administrator(request.user)
        return view(request, **rest)

    return inside


@require_safe
@organiser_only
def given_up(request: HttpRequest, contest: Contest) -> HttpResponse:
    """One contest's."""
    return show(request, contest, "office-jobs", "jobs", jobs_page(contest))


@require_POST
@organiser_only
def again(request: HttpRequest, contest: Contest, job_id: int) -> HttpResponse:
    """One of a contest's once more."""
    retry_job(job_id=job_id, contest=contest, by=actor(request), at=timezone.now())
    _say(request, 1)
    return redirect("office-jobs", contest.slug)


@require_POST
@organiser_only
def all_again(request: HttpRequest, contest: Contest) -> HttpResponse:
    """All of a kind of a contest's once more."""
    kind = request.POST.get("kind", "")
    _say(request, retry_kind(kind=kind, contest=contest, by=actor(request), at=timezone.now()))
    return redirect("office-jobs", contest.slug)


@require_safe
@administrator_only
def everybodys(request: HttpRequest) -> HttpResponse:
    """The installation's, of all contests."""
    return render(request, "organiser/jobs_everybodys.html", jobs_page(None))


@require_POST
@administrator_only
def everybodys_again(request: HttpRequest, job_id: int) -> HttpResponse:
    """One of any contest's once more."""
    retry_job(job_id=job_id, contest=None, by=actor(request), at=timezone.now())
    _say(request, 1)
    return redirect("jobs")


@require_POST
@administrator_only
def everybodys_all_again(request: HttpRequest) -> HttpResponse:
    """All of a kind, of all contests, once more."""
    kind = request.POST.get("kind", "")
    _say(request, retry_kind(kind=kind, contest=None, by=actor(request), at=timezone.now()))
    return redirect("jobs")


def _say(request: HttpRequest, number: int) -> None:
    if number:
        messages.success(request, f"{number} 项任务已重新排队，轮到时自动进行，不必等在这里。")
    else:
        messages.info(request, "没有需要重新排队的任务：可能已有人处理，或同样的任务正在排队。")
