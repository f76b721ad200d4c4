"""The rulebook in the browser: step by step, as text, its versions, its preview, its live check."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from fengcai.apps.contests import drafting, versions
from fengcai.apps.contests.rewriting import CannotRewrite, rewrite
from fengcai.apps.contests.texts import fit
from fengcai.apps.refusals import Refused, Stale
from fengcai.core import rulebook
from fengcai.core.rulebook.source import read
from fengcai.web.organiser.doorway import actor, attachment, organiser_only, show
from fengcai.web.organiser.pages.book import (
    QUESTIONS,
    STEPS,
    book_page,
    preview_page,
    verdict,
    versions_page,
)
from fengcai.web.organiser.pages.book_edits import edits_of
from fengcai.web.organiser.views.amendments import propose_text
from fengcai.web.shared.pace import paced
from fengcai.web.shared.texts import whole_number

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

PLACE = "rulebook"


@require_safe
@organiser_only
def book(request: HttpRequest, contest: Contest, step: str = STEPS[0][0]) -> HttpResponse:
    """One step of the sequence. The last one is the page of the open questions."""
    if step == QUESTIONS:
        return redirect("office-questions", slug=contest.slug)
    return _page(request, contest, step)


@require_POST
@organiser_only
def edit(request: HttpRequest, contest: Contest) -> HttpResponse:
    """A card was sent: the text is changed at that place and saved, or an amendment proposed."""
    sent = request.POST.dict()
    step = sent.get("step", STEPS[0][0])
    try:
        newest = contest.version if contest.is_open else versions.newest(contest)
        assert newest is not None
        edits = edits_of(_tree(newest.text), sent)
        if contest.is_open:
            return propose_text(request, contest, _rewritten(newest.text, edits))
        saved = drafting.edit_rulebook(
            contest=contest,
            edits=edits,
            expected=whole_number(sent.get("version")),
            by=actor(request),
            at=timezone.now(),
            note=_note(sent),
        )
    except Refused as error:
        return _page(request, contest, step, error=error, sent=sent)
    if saved.number == whole_number(sent.get("version")):
        messages.info(request, "内容没有变化。")
    else:
        messages.success(request, f"已保存为第 {saved.number} 版。")
    anchor = sent.get("anchor", "") if sent.get("do") != "remove" else ""
    return redirect(
        reverse("rulebook-step", args=[contest.slug, step]) + (f"#{anchor}" if anchor else "")
    )


@paced("rulebook-check", limit=240, seconds=60)
@require_POST
@organiser_only
def check(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The live check: of a whole `text`, or of the newest text with one card's values in it."""
    try:
        sent = json.loads(request.body) if request.content_type == "application/json" else None
        if not isinstance(sent, dict):
            raise TypeError
    except (ValueError, TypeError, RecursionError):
        raise Refused("检查的内容不完整，请刷新页面。") from None
    if isinstance(sent.get("text"), str):
        return JsonResponse(verdict(contest, fit(sent["text"])))
    card = {key: value for key, value in sent.items() if isinstance(value, str)}
    newest = contest.version if contest.is_open else versions.newest(contest)
    assert newest is not None
    text = _rewritten(newest.text, edits_of(_tree(newest.text), card))
    return JsonResponse(verdict(contest, text))


@require_http_methods(["GET", "HEAD", "POST"])
@organiser_only
def text(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The whole text for people who know the language; saved as a version, or proposed."""
    newest = contest.version if contest.is_open else versions.newest(contest)
    assert newest is not None
    context: dict[str, Any] = {"version": newest, "typed": newest.text, "theirs": None}
    error: Refused | None = None
    if request.method == "POST":
        typed = request.POST.get("text", "")
        try:
            if contest.is_open:
                return propose_text(request, contest, typed)
            saved = drafting.save_rulebook(
                contest=contest,
                text=typed,
                expected=whole_number(request.POST.get("version")),
                by=actor(request),
                at=timezone.now(),
                note=request.POST.get("note", ""),
            )
            messages.success(request, f"已保存为第 {saved.number} 版。")
            return redirect("rulebook-text", slug=contest.slug)
        except Stale as stale:
            error = stale
            theirs = str(stale.current.get("text", ""))
            context |= {"typed": typed, "theirs": theirs, "lines": versions.compared(theirs, fit(typed)),
                        "version": versions.newest(contest)}  # fmt: skip
        except Refused as refused:
            error = refused
            context["typed"] = typed
    context["problems"] = versions.examined(context["typed"], contest).problems
    return show(request, contest, PLACE, "rulebook_text", context, error=error)


@require_safe
@organiser_only
def schema(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The language's JSON Schema, for completion in the text."""
    answer = JsonResponse(rulebook.schema())
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


@require_safe
@organiser_only
def all_versions(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Every version: who, when, why."""
    return show(request, contest, PLACE, "rulebook_versions", versions_page(contest))


@require_safe
@organiser_only
def one_version(request: HttpRequest, contest: Contest, number: int) -> HttpResponse:
    """One version beside another (`?with=`, default: the one before)."""
    this = versions.version(contest, number)
    other = whole_number(request.GET.get("with")) or max(1, number - 1)
    before = versions.version(contest, other)
    context = {
        "version": this,
        "before": before,
        "lines": versions.compared(before.text, this.text) if before.pk != this.pk else [],
        "newest": versions.newest(contest),
        **versions_page(contest),
    }
    return show(request, contest, PLACE, "rulebook_version", context)


@require_GET
@organiser_only
def version_file(request: HttpRequest, contest: Contest, number: int) -> HttpResponse:
    """One version as a file."""
    this = versions.version(contest, number)
    return attachment(
        this.text.encode(),
        f"{contest.title} 规则书第{number}版.yaml",
        "application/yaml; charset=utf-8",
    )


@require_POST
@organiser_only
def restore(request: HttpRequest, contest: Contest, number: int) -> HttpResponse:
    """Bring an earlier version back, as a new one."""
    try:
        saved = drafting.restore_version(
            contest=contest,
            number=number,
            expected=whole_number(request.POST.get("version")),
            by=actor(request),
            at=timezone.now(),
        )
    except Refused as error:
        return show(
            request, contest, PLACE, "rulebook_versions", versions_page(contest), error=error
        )
    messages.success(
        request, f"已恢复第 {number} 版，存为第 {saved.number} 版；后来写的仍在列表里。"
    )
    return redirect("rulebook-versions", slug=contest.slug)


@require_safe
@organiser_only
def preview(request: HttpRequest, contest: Contest) -> HttpResponse:
    """What entrants and judges will see."""
    try:
        page = preview_page(contest)
    except Refused as error:
        return show(request, contest, PLACE, "rulebook_preview", {}, error=error)
    return show(request, contest, PLACE, "rulebook_preview", page)


def _page(
    request: HttpRequest,
    contest: Contest,
    step: str,
    *,
    error: Refused | None = None,
    sent: dict[str, str] | None = None,
) -> HttpResponse:
    if step not in {id for id, _, _ in STEPS} or step == QUESTIONS:
        step = STEPS[0][0]
    page = book_page(contest, step, error=error, sent=sent)
    return show(request, contest, PLACE, "rulebook", {"page": page}, error=error)


def _note(sent: dict[str, str]) -> str:
    done = {"add": "添加", "remove": "删除"}.get(sent.get("do", ""), "修改")
    return f"{done}：{sent.get('title', '')}"


def _rewritten(text: str, edits: Any) -> str:
    try:
        return rewrite(text, edits)
    except CannotRewrite as problem:
        raise Refused(f"没有改动：{problem}") from None
    except rulebook.RulebookError as error:
        raise Refused(f"规则书第 {error.problems[0].line} 行读不懂，请先在“文本”里改好。") from None


def _tree(text: str) -> Any:
    try:
        return read(text, name="规则书").value
    except rulebook.RulebookError as error:
        raise Refused(
            f"规则书第 {error.problems[0].line} 行读不懂，表单暂不能改写它。请先在“文本”里改好，或恢复前一版。"
        ) from None
