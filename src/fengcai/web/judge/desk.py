"""The judge's desk: the promise, the stack of works, recusals, the signature under all sheets."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fengcai.apps.contests.queries import contest_by_slug
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.judging import actions
from fengcai.apps.judging.queries import (
    Desk,
    Stack,
    judge_desk,
    judge_rounds,
    judge_stack,
    round_at,
)
from fengcai.apps.refusals import NotFound, Refused
from fengcai.web.judge.pages import filled_sheets, hand_in_page, stack_page
from fengcai.web.shared.requests import MemberRequest
from fengcai.web.shared.texts import whole_number


@login_required
@never_cache
@require_safe
def rounds(request: MemberRequest, slug: str) -> HttpResponse:
    """The rounds of this contest in which I judge; a single one opens at once."""
    contest = contest_by_slug(slug)
    mine = [row for row in judge_rounds(request.user) if row.contest.pk == contest.pk]
    if len(mine) == 1:
        return redirect("judge-stack", slug=slug, round_id=mine[0].round.round_id)
    if not mine:
        require_role(request.user, contest, Role.JUDGE)
    return render(request, "judge/rounds.html", {"contest": contest, "rounds": mine})


@login_required
@never_cache
@require_safe
def stack(request: MemberRequest, slug: str, round_id: str) -> HttpResponse:
    """My works in this round; before the promise is signed, the promise and nothing else."""
    return _stack(request, _desk(request, slug, round_id))


@login_required
@require_POST
def commitment(request: MemberRequest, slug: str, round_id: str) -> HttpResponse:
    """Sign the promise of confidentiality."""
    round = round_at(slug, round_id)
    try:
        actions.sign_commitment(
            round=round,
            signed_name=request.POST.get("signed_name", ""),
            by=request.user,
            at=timezone.now(),
        )
    except Refused as error:
        return _stack(request, _desk(request, slug, round_id), error)
    messages.success(request, "保密承诺已签署，可以开始评审了。")
    return redirect("judge-stack", slug=slug, round_id=round_id)


@login_required
@require_POST
def conflict(request: MemberRequest, slug: str, round_id: str) -> HttpResponse:
    """Recuse myself from a work, or take that back."""
    round = round_at(slug, round_id)
    withdrawn = request.POST.get("withdraw") == "yes"
    now = timezone.now()
    try:
        entry_id = _work_id(request.POST.get("work", ""))
        if withdrawn:
            actions.withdraw_conflict(round=round, entry_id=entry_id, by=request.user, at=now)
        else:
            actions.declare_conflict(
                round=round,
                entry_id=entry_id,
                reason=request.POST.get("reason", ""),
                by=request.user,
                at=now,
            )
    except Refused as error:
        return _stack(request, _desk(request, slug, round_id), error)
    said = "已撤回回避声明，这件作品回到您的待评作品中。"
    messages.success(request, said if withdrawn else "已声明回避，这件作品不再由您评分。")
    return redirect("judge-stack", slug=slug, round_id=round_id)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def hand_in(request: MemberRequest, slug: str, round_id: str) -> HttpResponse:
    """Everything that I marked in one table, what is missing, and my signature; POST locks it."""
    found = _promised(request, slug, round_id)
    error = None
    if request.method == "POST":
        try:
            actions.hand_in(
                round=found.round,
                signed_name=request.POST.get("signed_name", ""),
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refused:
            error = refused
        else:
            messages.success(request, "已签名提交，评分已锁定。感谢您的评审。")
            return redirect("judge-stack", slug=slug, round_id=round_id)
    context = {
        "contest": found.contest,
        "error": error,
        "signed_name": request.POST.get("signed_name", ""),
        "page": hand_in_page(found, filled_sheets(found), error=error),
    }
    return render(request, "judge/hand_in.html", context, status=error.status if error else 200)


@login_required
@never_cache
@require_safe
def sheets(request: MemberRequest, slug: str, round_id: str) -> HttpResponse:
    """My filled score sheets on paper, with a place to sign."""
    found = _promised(request, slug, round_id)
    context = {
        "contest": found.contest,
        "stack": found,
        "rows": filled_sheets(found),
        "judge": request.user,
    }
    return render(request, "judge/sheets.html", context)


def _mine(request: MemberRequest, slug: str, round_id: str) -> Stack:
    return judge_stack(round=round_at(slug, round_id), user=request.user)


def _desk(request: MemberRequest, slug: str, round_id: str) -> Desk:
    page = whole_number(request.GET.get("page"), 1)
    round = round_at(slug, round_id)
    return judge_desk(round=round, user=request.user, page=page)


def _promised(request: MemberRequest, slug: str, round_id: str) -> Stack:
    found = _mine(request, slug, round_id)
    if not found.promised:
        raise NotFound("请先签署保密承诺，签署后才能看到参评作品。")
    return found


def _stack(request: MemberRequest, found: Desk, error: Refused | None = None) -> HttpResponse:
    status = error.status if error else 200
    context = {"contest": found.contest, "stack": found, "error": error, "sent": request.POST}
    if not found.promised:
        return render(request, "judge/commitment.html", context, status=status)
    context["page"] = stack_page(found)
    return render(request, "judge/stack.html", context, status=status)


def _work_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused("请先选择要回避的作品。", fields={"work": "请选择一件作品"}) from None
