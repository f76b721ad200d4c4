"""Downloads for reviewers and organisers: a choice of works as one zip, its progress, its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fengcai.apps.contests.queries import contest_by_slug, rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.entries.listing import Row, listing
from fengcai.apps.exchange.layouts import LAYOUTS
from fengcai.apps.exchange.packs import (
    drop_pack,
    note_taking,
    order_pack,
    pack_to_take,
    packs_of,
    weigh,
)
from fengcai.apps.exchange.serving import etag, stretch
from fengcai.apps.exchange.upper import UPPER
from fengcai.apps.refusals import Refused
from fengcai.core.rulebook import Rules
from fengcai.engines.jobs import JobStatus
from fengcai.engines.jobs.queries import newest_by_subject
from fengcai.engines.storage import made_response
from fengcai.web.shared.browser import cannot_download
from fengcai.web.shared.elsewhere import HERE
from fengcai.web.shared.office import office_of
from fengcai.web.shared.requests import MemberRequest
from fengcai.web.shared.works import WorksView, asked_for, works_view

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest
    from fengcai.apps.exchange.models import Pack

MOST_TICKED = 100
"""How many works are shown to be ticked one by one; more are narrowed by the filter."""


@dataclass(frozen=True)
class PackRow:
    """A pack in the list, with the job that makes it ready."""

    pack: Pack
    job: JobStatus | None
    takings: list[Any]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def packs(request: MemberRequest, slug: str) -> HttpResponse:
    """The choice and the packs that stand; POST orders one. A refusal keeps what was ticked."""
    contest = contest_by_slug(slug)
    roles = require_role(request.user, contest, Role.REVIEWER, Role.ORGANISER)
    error = None
    if request.method == "POST":
        try:
            _order(request, contest)
            return redirect("packs", slug=slug)
        except Refused as refused:
            error = refused
    context = {
        **_choice(contest, request),
        **_standing(contest, request),
        "error": error,
        "office": office_of(slug, roles, "packs", request.path),
    }
    return render(request, "reviewer/packs.html", context, status=error.status if error else 200)


@login_required
@never_cache
@require_safe
def standing(request: MemberRequest, slug: str) -> HttpResponse:
    """The list of packs alone, which asks again while one is being made ready."""
    contest = contest_by_slug(slug)
    return render(request, "reviewer/_packs.html", _standing(contest, request))


@login_required
@require_safe
def zip_file(request: MemberRequest, slug: str, pack_id: UUID) -> HttpResponseBase:
    """The zip, whole or a stretch. Asked anew at every request whether this person may have it."""
    contest, at = contest_by_slug(slug), timezone.now()
    pack = pack_to_take(user=request.user, contest=contest, pack_id=pack_id, at=at)
    # What WeChat would swallow is answered with the way out instead: nothing was taken then.
    swallowed = cannot_download(request) and HERE not in request.GET
    if request.method == "GET" and not swallowed:
        note_taking(pack=pack, by=request.user, at=at)
    assert pack.ready_at is not None
    return made_response(
        request,
        partial(stretch, pack),
        size=pack.size,
        etag=etag(pack),
        modified=pack.ready_at.timestamp(),
        content_type="application/zip",
        filename=pack.filename,
    )


@login_required
@require_POST
def drop(request: MemberRequest, slug: str, pack_id: UUID) -> HttpResponse:
    """End a pack before its time."""
    contest = contest_by_slug(slug)
    drop_pack(contest=contest, pack_id=pack_id, by=request.user, at=timezone.now())
    messages.success(request, "下载包已删去；作品的文件都还在。")
    return redirect("packs", slug=slug)


def _order(request: MemberRequest, contest: Contest) -> Pack:
    sent = request.POST
    chosen = _filter(sent, contest)
    if sent.get("which") == "ticked":
        shown = {str(row.id) for row in _works(contest, sent)[1]}
        chosen = {"ids": [each for each in sent.getlist("work") if each in shown]}
    if "upper" in sent:
        chosen["to"] = UPPER
    return order_pack(
        contest=contest,
        chosen=chosen,
        layout=sent.get("layout", ""),
        slots=sent.getlist("slot"),
        title=sent.get("title", ""),
        by=request.user,
        at=timezone.now(),
    )


def _choice(contest: Contest, request: MemberRequest) -> dict[str, Any]:
    sent = request.POST if request.method == "POST" else request.GET
    works, rows = _works(contest, sent)
    ticked = set(sent.getlist("work"))
    return {
        "contest": contest,
        "works": works,
        "rows": [(row, not ticked or str(row.id) in ticked) for row in rows],
        "most": MOST_TICKED,
        "weight": weigh(contest, _filter(sent, contest)),
        "filter": [(name, value) for name, value in _filter(sent, contest).items() if value],
        "layouts": LAYOUTS,
        "layout": sent.get("layout", "rule"),
        "slots": _slots(rules_of(contest)),
        "which": sent.get("which", "all"),
        "typed_title": sent.get("title", ""),
        "chosen_slots": sent.getlist("slot"),
        "upper": "upper" in sent,
    }


def _works(contest: Contest, sent: QueryDict) -> tuple[WorksView, list[Row]]:
    asked = replace(asked_for(_renamed(sent), contest), per_page=MOST_TICKED, page=1)
    found = listing(contest, asked)
    return works_view(contest, found, to="review"), found.rows


def _filter(sent: QueryDict, contest: Contest) -> dict[str, Any]:
    return asked_for(_renamed(sent), contest).choice


def _renamed(sent: QueryDict) -> QueryDict:
    """The list's address calls the words `q`, the form of this page `words`."""
    both = sent.copy()
    if "q" not in both and "words" in both:
        both["q"] = str(both["words"])
    return both


def _slots(rules: Rules) -> Mapping[str, str]:
    """Places that hold files, by id; of the same id in several tracks the first name."""
    found: dict[str, str] = {}
    for track in rules.tracks:
        for slot in track.slots:
            if slot.accept or slot.kind in ("form", "scan"):
                found.setdefault(slot.id, slot.name)
    return found


def _standing(contest: Contest, request: MemberRequest) -> dict[str, Any]:
    found = packs_of(contest, request.user)
    jobs = newest_by_subject([f"pack:{pack.pk}" for pack in found], kind="exchange.pack")
    rows = [PackRow(pack, jobs.get(f"pack:{pack.pk}"), list(pack.takings.all())) for pack in found]
    return {
        "contest": contest,
        "packs": rows,
        "making": next((row.job for row in rows if row.job and row.job.unfinished), None),
        "in_wechat": cannot_download(request),
    }
