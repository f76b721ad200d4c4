"""The office's bulletin board: announcements, and the questions that people ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fengcai.apps.bulletin import announcing, answering, queries
from fengcai.apps.entries.naming import named_in
from fengcai.apps.refusals import NotFound, Refused
from fengcai.web.organiser.doorway import actor, organiser_only, show
from fengcai.web.shared.texts import whole_number

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

PLACE = "office-bulletin"
STATES = (("open", "待答复"), ("answered", "已答复"), ("closed", "不予答复"))


@require_http_methods(["GET", "HEAD", "POST"])
@organiser_only
def bulletin(request: HttpRequest, contest: Contest) -> HttpResponse:
    """All announcements; POST writes a new one, as a draft."""
    error = None
    if request.method == "POST":
        try:
            return _saved(request, contest, None)
        except Refused as refused:
            error = refused
    rows = queries.announcements_all(contest, by=actor(request))
    context = {"rows": rows, "typed": request.POST if error else None}
    return show(request, contest, PLACE, "bulletin", context, error=error)


@require_http_methods(["GET", "HEAD", "POST"])
@organiser_only
def announcement(request: HttpRequest, contest: Contest, pk: int) -> HttpResponse:
    """One announcement to change, publish, pin, end or send; what sending would do is shown first."""
    error = None
    if request.method == "POST":
        try:
            return _saved(request, contest, pk)
        except Refused as refused:
            error = refused
    row = queries.announcement(contest, pk, by=actor(request))
    told: Any = None
    if "send" in request.GET and row.told_at is None:
        try:
            told = announcing.telling(contest, pk, by=actor(request))
        except Refused as refused:
            error = error or refused
    context: dict[str, Any] = {"row": row, "told": told, "typed": request.POST or None}
    context["unagreed"] = named_in(contest, f"{row.title}\n{row.text}")
    return show(request, contest, PLACE, "announcement", context, error=error)


@require_POST
@organiser_only
def act(request: HttpRequest, contest: Contest, pk: int, what: str) -> HttpResponse:
    """Publish, end, pin, unpin or send an announcement."""
    who: dict[str, Any] = {
        "contest": contest, "announcement_id": pk, "by": actor(request), "at": timezone.now(),
    }  # fmt: skip
    if what == "publish":
        announcing.publish_announcement(**who)
        said = "已发布，活动首页和各单位的“我的作品”页都能看到。"
    elif what == "end":
        announcing.end_announcement(**who)
        said = "已结束，公开页面不再显示。"
    elif what in ("pin", "unpin"):
        announcing.pin_announcement(**who, pinned=what == "pin")
        said = "已置顶。" if what == "pin" else "已取消置顶。"
    elif what == "send":
        said = f"正在发送给 {announcing.tell_announcement(**who)} 人，进度见“消息”。"
    else:
        raise NotFound("没有这个操作。")
    messages.success(request, said)
    return redirect("office-announcement", slug=contest.slug, pk=pk)


@require_safe
@organiser_only
def asked(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The questions, those without an answer first."""
    states = dict(STATES)
    state = request.GET.get("state", "open")
    state = state if state in states else "open"
    rows = queries.questions_in(contest, by=actor(request), state=state)
    return show(request, contest, PLACE, "asked", {"rows": rows, "state": state, "states": STATES})


@require_http_methods(["GET", "HEAD", "POST"])
@organiser_only
def answer(request: HttpRequest, contest: Contest, question_id: UUID) -> HttpResponse:
    """One question; POST answers it, to its asker or to everybody, or sets it aside."""
    error, sent = None, request.POST
    if request.method == "POST":
        who: dict[str, Any] = {
            "contest": contest, "question_id": question_id, "by": actor(request),
            "at": timezone.now(),
        }  # fmt: skip
        try:
            if sent.get("do") == "close":
                answering.close_question(**who)
                messages.success(request, "已记为不予答复。")
            else:
                answering.answer_question(
                    **who,
                    answer=sent.get("answer", ""),
                    faq="faq" in sent,
                    faq_text=sent.get("faq_text", ""),
                    section=sent.get("section", ""),
                    words=sent.get("words", ""),
                )
                messages.success(request, "已答复。" + ("问答已公开。" if "faq" in sent else ""))
            return redirect("office-questions-asked", slug=contest.slug)
        except Refused as refused:
            error = refused
    row = queries.question(contest, question_id, by=actor(request))
    context = {"row": row, "typed": sent if error else None}
    return show(request, contest, PLACE, "answer", context, error=error)


def _saved(request: HttpRequest, contest: Contest, pk: int | None) -> HttpResponse:
    row = announcing.save_announcement(
        contest=contest,
        announcement_id=pk,
        title=request.POST.get("title", ""),
        text=request.POST.get("text", ""),
        expected_version=whole_number(request.POST.get("version")),
        by=actor(request),
        at=timezone.now(),
    )
    said = (
        "已保存，公开页面同时更新。" if row.state == "published" else "草稿已保存，发布后才会公开。"
    )
    messages.success(request, said)
    return redirect("office-announcement", slug=contest.slug, pk=row.pk)
