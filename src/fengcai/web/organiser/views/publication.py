"""What the public may see: works shown and hidden, the result made public."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from fengcai.apps.publishing.actions import hide_work, publish_results, publish_works
from fengcai.apps.refusals import Refused
from fengcai.web.organiser.doorway import actor, not_open, organiser_only, show
from fengcai.web.organiser.pages.publication import publication_page

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest


@require_safe
@organiser_only
def publication(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The accepted works and whether each is shown; the result and whether it is public."""
    if not contest.is_open:
        return not_open(request, contest, "office-publication", "公布与展播")
    return _page(request, contest)


@require_POST
@organiser_only
def show_works(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Put the chosen works into the gallery."""
    chosen = request.POST.getlist("entries")
    try:
        if not chosen:
            raise Refused("请先勾选要展播的作品。", fields={"works": "没有勾选作品"})
        shown = publish_works(
            contest=contest, entries=_ids(chosen), by=actor(request), at=timezone.now()
        )
    except Refused as error:
        return _page(request, contest, error=error, typed={"entries": chosen})
    messages.success(request, f"{len(shown)} 件作品已在展播。")
    return redirect("office-publication", slug=contest.slug)


@require_POST
@organiser_only
def hide(request: HttpRequest, contest: Contest, entry_id: UUID) -> HttpResponse:
    """Take a work out of the gallery at once."""
    reason = request.POST.get("reason", "")
    try:
        hide_work(
            contest=contest,
            entry_id=entry_id,
            reason=reason,
            by=actor(request),
            at=timezone.now(),
        )
    except Refused as error:
        typed = {"hiding": entry_id, "reason": reason}
        return _page(request, contest, error=error, typed=typed)
    messages.success(request, "作品已撤下展播，公开页面即刻看不到。")
    return redirect("office-publication", slug=contest.slug)


@require_POST
@organiser_only
def results(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Make the approved result public."""
    try:
        publish_results(contest=contest, by=actor(request), at=timezone.now())
    except Refused as error:
        return _page(request, contest, error=error)
    messages.success(request, "评选结果已公布，任何人都可以查看。")
    return redirect("office-publication", slug=contest.slug)


def _page(
    request: HttpRequest,
    contest: Contest,
    *,
    error: Refused | None = None,
    typed: Mapping[str, Any] | None = None,
) -> HttpResponse:
    page = publication_page(contest, user=actor(request), typed=typed or {})
    return show(request, contest, "office-publication", "publication", page, error=error)


def _ids(texts: list[str]) -> list[UUID]:
    try:
        return [UUID(text) for text in texts]
    except ValueError:
        raise Refused("所选作品有误，请刷新页面后重新选择。") from None
