"""One work in the dark room: the film beside the score sheet, private notes, the next work."""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from fengcai.apps.judging import actions
from fengcai.apps.judging.queries import Work, judge_work, round_at
from fengcai.apps.refusals import Refused, Stale
from fengcai.web.judge.pages import moment, notes_page, work_page
from fengcai.web.shared.refusals import refusal, wants_json
from fengcai.web.shared.requests import MemberRequest
from fengcai.web.shared.texts import storable, whole_number

UNREADABLE = "没有读懂页面发来的评分，没有改动任何数据。请刷新页面后再试。"


@dataclass(frozen=True)
class Sent:
    """A sheet as the page sent it."""

    version: int
    values: dict[str, str]
    comment: str


@login_required
@never_cache
@require_safe
def work(request: MemberRequest, slug: str, round_id: str, entry_id: UUID) -> HttpResponse:
    """Watch and mark."""
    return _room(request, _work(request, slug, round_id, entry_id))


@login_required
@require_POST
def save(request: MemberRequest, slug: str, round_id: str, entry_id: UUID) -> HttpResponse:
    """Keep a sheet: JSON from the page at every mark, or the plain form, which then goes on."""
    found = _work(request, slug, round_id, entry_id)
    sent = None
    try:
        sent = _read(request, found)
        version = _keep(request, found, sent)
    except Refused as error:
        if wants_json(request):
            return refusal(request, error)
        return _room(request, found, sent, error)
    if wants_json(request):
        return JsonResponse({"version": version})
    return _onward(request, found)


@login_required
@require_POST
def note(request: MemberRequest, slug: str, round_id: str, entry_id: UUID) -> HttpResponse:
    """Keep a private note at a moment of the film."""
    found = _work(request, slug, round_id, entry_id)
    try:
        actions.add_note(
            round=found.round,
            entry_id=entry_id,
            seconds=moment(request.POST.get("moment", "")),
            text=request.POST.get("text", ""),
            by=request.user,
            at=timezone.now(),
        )
    except Refused as error:
        if request.headers.get("HX-Request"):
            return refusal(request, error)
        return _room(request, found, None, error)
    return _notes(request, slug, round_id, entry_id)


@login_required
@require_POST
def forget(
    request: MemberRequest, slug: str, round_id: str, entry_id: UUID, note_id: int
) -> HttpResponse:
    """Throw one of my notes away."""
    actions.delete_note(note_id=note_id, by=request.user)
    return _notes(request, slug, round_id, entry_id)


def _work(request: MemberRequest, slug: str, round_id: str, entry_id: UUID) -> Work:
    round = round_at(slug, round_id)
    return judge_work(round=round, user=request.user, entry_id=entry_id)


def _read(request: MemberRequest, found: Work) -> Sent:
    if request.content_type != "application/json":
        form = request.POST
        return Sent(
            version=whole_number(form.get("version")),
            values={one.id: form.get(one.id, "") for one in found.criteria},
            comment=storable(form.get("comment", "")),
        )
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Refused(UNREADABLE) from None
    match body:
        case {"version": int(version), "values": dict(values), "comment": str(comment)} if all(
            isinstance(value, str) for value in values.values()
        ):
            fit = {storable(id): storable(value) for id, value in values.items()}
            return Sent(version, fit, storable(comment))
    raise Refused(UNREADABLE)


def _keep(request: MemberRequest, found: Work, sent: Sent) -> int:
    given = {id: value for id, value in sent.values.items() if value.strip()}
    # A form that says what is already kept (its page saved by itself) makes no new version.
    if (given, sent.comment.strip()) == (found.values, found.comment) and not wants_json(request):
        return found.version
    sheet = actions.save_sheet(
        round=found.round,
        entry_id=found.card.entry_id,
        values=sent.values,
        comment=sent.comment,
        expected_version=sent.version,
        by=request.user,
        at=timezone.now(),
    )
    return sheet.version


def _onward(request: MemberRequest, found: Work) -> HttpResponse:
    slug, round_id = found.contest.slug, found.round.round_id
    if "stay" in request.POST:
        messages.success(request, "评分已保存。")
        return redirect("judge-work", slug, round_id, found.card.entry_id)
    if found.next_todo is not None:
        return redirect("judge-work", slug, round_id, found.next_todo)
    return redirect("judge-stack", slug, round_id)


def _room(
    request: MemberRequest, found: Work, sent: Sent | None = None, error: Refused | None = None
) -> HttpResponse:
    context = {
        "contest": found.contest,
        "error": error,
        "stale": error if isinstance(error, Stale) else None,
        "note_text": request.POST.get("text", ""),
        "note_moment": request.POST.get("moment", ""),
        "page": work_page(
            found,
            user=request.user,
            values=sent.values if sent else None,
            comment=sent.comment if sent else None,
            error=error,
        ),
    }
    return render(request, "judge/work.html", context, status=error.status if error else 200)


def _notes(request: MemberRequest, slug: str, round_id: str, entry_id: UUID) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect("judge-work", slug=slug, round_id=round_id, entry_id=entry_id)
    found = _work(request, slug, round_id, entry_id)
    return render(request, "judge/_notes.html", {"notes": notes_page(found)})
