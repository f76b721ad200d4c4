"""补充通知 from the proposal to its publication: the difference is shown before anything changes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from fengcai.apps.contests import amending
from fengcai.apps.contests.extending import extended
from fengcai.apps.contests.queries import rules_of, text_in_force
from fengcai.apps.refusals import Refused, Stale
from fengcai.web.organiser.doorway import actor, organiser_only, show
from fengcai.web.organiser.pages.amendments import amendments_page
from fengcai.web.organiser.views import questions
from fengcai.web.organiser.views.questions import value_in
from fengcai.web.shared.texts import whole_number

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

PLACE = "rulebook"


@require_safe
@organiser_only
def amendments(request: HttpRequest, contest: Contest) -> HttpResponse:
    """What was amended, and the ways to amend."""
    return _list(request, contest)


@require_POST
@organiser_only
def extend(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Propose that a window closes later."""
    try:
        text = extended(
            contest,
            key=request.POST.get("window", ""),
            closes=_instant(request.POST.get("closes", ""), contest),
            follow=request.POST.get("follow") == "1",
            notice_number=request.POST.get("notice_number", "").strip(),
        )
        return propose_text(request, contest, text)
    except Refused as error:
        return _list(request, contest, error=error)


@require_POST
@organiser_only
def propose(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Show what a changed text would change."""
    return propose_text(request, contest, request.POST.get("text", ""))


@require_POST
@organiser_only
def reanswer(request: HttpRequest, contest: Contest, question: str) -> HttpResponse:
    """Show what another answer to a question of the notice would change."""
    try:
        answer = amending.Reanswer(
            question, request.POST.get("choice", ""), value_in(request, contest, question)
        )
        found = amending.propose(
            contest=contest, text=text_in_force(contest), at=timezone.now(), answer=answer
        )
    except Refused as error:
        return questions.page(request, contest, question=question, error=error)
    return propose_text(request, contest, found.text, answer=answer)


def propose_text(
    request: HttpRequest,
    contest: Contest,
    text: str,
    *,
    answer: amending.Reanswer | None = None,
    error: Refused | None = None,
) -> HttpResponse:
    """The page on which a proposal is read, signed and published."""
    answer = answer or _answer(request)
    context: dict[str, Any] = {
        "text": text,
        "answer": answer,
        "answer_value": json.dumps(answer.value, ensure_ascii=False) if answer else "",
        "notice_number": request.POST.get("notice_number", ""),
        "reason": request.POST.get("reason", ""),
    }
    try:
        context["proposal"] = amending.propose(
            contest=contest, text=text, at=timezone.now(), answer=answer
        )
    except Refused as refused:
        error = error or refused
    return show(request, contest, PLACE, "amendment_proposal", context, error=error)


@require_POST
@organiser_only
def publish(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Publish the proposal that was shown."""
    text = request.POST.get("text", "")
    try:
        made = amending.amend_contest(
            contest=contest,
            text=text,
            expected=whole_number(request.POST.get("expected")),
            confirmed=request.POST.get("confirmed", ""),
            notice_number=request.POST.get("notice_number", ""),
            reason=request.POST.get("reason", ""),
            by=actor(request),
            at=timezone.now(),
            answer=_answer(request),
        )
    except Stale as stale:
        # The other amendment is published already: what was written is set against it anew.
        return propose_text(request, contest, text, error=stale)
    except Refused as refused:
        return propose_text(request, contest, text, error=refused)
    messages.success(
        request,
        f"补充通知（{made.notice_number}）已发布，规则现为第 {made.after.number} 版。"
        "报送者的页面和活动公开页都会显示。",
    )
    return redirect("amendments", slug=contest.slug)


def _list(request: HttpRequest, contest: Contest, *, error: Refused | None = None) -> HttpResponse:
    page = amendments_page(contest, at=timezone.now())
    typed = request.POST if request.method == "POST" else {}
    return show(request, contest, PLACE, "amendments", {"page": page, "typed": typed}, error=error)


def _answer(request: HttpRequest) -> amending.Reanswer | None:
    """The other answer that the proposal's page carries along, if it is about one."""
    question = request.POST.get("question", "")
    if not question:
        return None
    try:
        value = json.loads(request.POST.get("value") or "null")
    except (ValueError, RecursionError):
        raise Refused("答复的内容没有完整传到，请回到问题页重新填写。") from None
    return amending.Reanswer(question, request.POST.get("choice", ""), value)


def _instant(text: str, contest: Contest) -> datetime:
    zone = ZoneInfo(rules_of(contest).timezone)
    try:
        found = datetime.fromisoformat(text.strip())
        found = found.replace(tzinfo=zone) if found.tzinfo is None else found
        found.astimezone(UTC)  # the last hours of the calendar are none elsewhere
    except (ValueError, OverflowError):
        raise Refused(
            "没有看懂新的截止时间，请按“2026-05-05 17:00”填写。",
            fields={"closes": "请填写日期和钟点"},
        ) from None
    return found
