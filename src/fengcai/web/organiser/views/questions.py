"""The open questions of the notice: answered one by one, then the contest is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from fengcai.apps.contests import actions
from fengcai.apps.contests.queries import book_of
from fengcai.apps.refusals import Refused
from fengcai.web.organiser.doorway import actor, organiser_only, show
from fengcai.web.organiser.pages.questions import questions_page

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest


@require_safe
@organiser_only
def questions(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Every open question with its options, and what has been answered."""
    return page(request, contest)


@require_POST
@organiser_only
def answer(request: HttpRequest, contest: Contest, question: str) -> HttpResponse:
    """Record one answer; a refused one keeps what was typed."""
    try:
        choice = request.POST.get("choice", "")
        value = value_in(request, contest, question)
        if not choice and value is None:
            raise Refused("请先选一种做法，或填写自定的内容。", fields={"choice": "请选择"})
        actions.answer_question(
            contest=contest,
            question=question,
            choice=choice,
            value=value,
            reason=request.POST.get("reason", ""),
            by=actor(request),
            at=timezone.now(),
        )
    except Refused as error:
        return page(request, contest, question=question, error=error)
    messages.success(request, f"问题 {question} 的答复已记下，启动前还可以改。")
    return redirect(reverse("office-questions", args=[contest.slug]) + "#next")


@require_POST
@organiser_only
def open_now(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Freeze the rules and start."""
    try:
        opened = actions.open_contest(contest=contest, by=actor(request), at=timezone.now())
    except Refused as error:
        return page(request, contest, error=error)
    version = opened.version
    assert version is not None
    messages.success(request, f"活动已启动，规则已冻结，校验值 {version.hash[:16]}……")
    return redirect("office", slug=contest.slug)


def page(
    request: HttpRequest, contest: Contest, *, question: str = "", error: Refused | None = None
) -> HttpResponse:
    """The page; `question` is the one whose refused answer was sent."""
    typed = request.POST if question else None
    context = questions_page(contest, asked=question, typed=typed, error=error)
    return show(request, contest, "office-questions", "questions", context, error=error)


def value_in(request: HttpRequest, contest: Contest, question: str) -> dict[str, Any] | None:
    """The gaps filled by hand. Several lines, or a bracket, are read in the rulebook's notation."""
    asked = {q.id: q for q in book_of(contest).questions}.get(question)
    found: dict[str, Any] = {}
    for name in asked.free if asked else ():
        text = request.POST.get(f"free-{name}", "").strip()
        if text:
            found[name] = _read(name, text)
    return found or None


def _read(name: str, text: str) -> Any:
    if "\n" not in text and not text.startswith(("{", "[")):
        return text
    try:
        return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  (only texts, lists and maps)
    except yaml.YAMLError:
        raise Refused(
            "自定的内容读不懂：多行内容请按“名称: 值”逐行书写，缩进一致。",
            fields={f"free-{name}": "请检查冒号和缩进"},
        ) from None
