"""A round of judging from the office's side: opened, watched, mended, sealed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from fengcai.apps.contests.queries import people_in
from fengcai.apps.contests.roles import Role
from fengcai.apps.judging.actions import (
    excuse_judge,
    fix_assignment,
    open_round,
    reopen_stack,
    seal_round,
    seat_judge,
)
from fengcai.apps.judging.manning import Seating
from fengcai.apps.judging.queries import round_of, round_progress
from fengcai.apps.refusals import NotFound, Refused
from fengcai.web.organiser.doorway import actor, not_open, organiser_only, show
from fengcai.web.organiser.pages.rounds import rounds_page
from fengcai.web.shared.texts import whole_number

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest
    from fengcai.apps.people.models import User


@require_safe
@organiser_only
def rounds(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Each round with its panel and how far every judge is."""
    if not contest.is_open:
        return not_open(request, contest, "office-round", "评审")
    return page(request, contest)


@require_POST
@organiser_only
def begin(request: HttpRequest, contest: Contest, round_id: str) -> HttpResponse:
    """Seat the judges on their panels and take every accepted work in."""
    chosen, seating = _chosen(request), _seating(request)

    def act() -> str:
        opened = open_round(
            contest=contest,
            round_id=round_id,
            by=actor(request),
            at=timezone.now(),
            early=request.POST.get("early") == "yes",
            panel=chosen,
            seating=seating,
            short=request.POST.get("short", ""),
        )
        works = opened.entries.count()
        return f"评审已启动，{works} 件作品交给评委。请把个人链接发给评委。"

    typed = {
        "round": round_id,
        "act": "open",
        "chosen": chosen,
        "seating": seating,
        "short": request.POST.get("short", ""),
        "early": request.POST.get("early") == "yes",
    }
    return _done(request, contest, act, typed=typed)


@require_POST
@organiser_only
def seat(request: HttpRequest, contest: Contest, round_id: str) -> HttpResponse:
    """Add a judge to the panel, or take an excused one back."""

    def act() -> str:
        judge = _candidate(contest, request.POST.get("judge", ""))
        seat_judge(
            round=round_of(contest, round_id), judge=judge, by=actor(request), at=timezone.now()
        )
        return f"{judge} 已加入评委席。"

    return _done(request, contest, act)


@require_POST
@organiser_only
def share(request: HttpRequest, contest: Contest, round_id: str) -> HttpResponse:
    """Fix who marks what, as the page shows it, or give out what is missing."""
    reason = request.POST.get("reason", "")

    def act() -> str:
        made = fix_assignment(
            round=round_of(contest, round_id),
            plan=request.POST.get("plan", ""),
            reason=reason,
            by=actor(request),
            at=timezone.now(),
        )
        return f"分工已确定，给出 {len(made)} 份评分任务，评委现在可以看到自己要评的作品。"

    return _done(request, contest, act, typed={"act": "share", "reason": reason})


@require_POST
@organiser_only
def seal(request: HttpRequest, contest: Contest, round_id: str) -> HttpResponse:
    """Close the round for good."""

    def act() -> str:
        sealed = seal_round(
            round=round_of(contest, round_id),
            by=actor(request),
            at=timezone.now(),
            without_missing=request.POST.get("without_missing") == "yes",
        )
        return f"评审已封存，评分表校验值 {sealed.hash[:16]}……请计算评奖结果。"

    return _done(request, contest, act, to="office-awards")


@require_POST
@organiser_only
def reopen(request: HttpRequest, contest: Contest, round_id: str, judge: int) -> HttpResponse:
    """Give a judge's stack back to be changed."""

    def act(reason: str) -> str:
        who = seated(request, contest, round_id, judge)
        reopen_stack(
            round=round_of(contest, round_id),
            judge=who,
            reason=reason,
            by=actor(request),
            at=timezone.now(),
        )
        return f"已把评分退回给 {who}，原签名作废，改好后须重新签名提交。"

    return _with_reason(request, contest, act, judge=judge, name="reopen")


@require_POST
@organiser_only
def excuse(request: HttpRequest, contest: Contest, round_id: str, judge: int) -> HttpResponse:
    """Take a judge off the panel."""

    def act(reason: str) -> str:
        who = seated(request, contest, round_id, judge)
        excuse_judge(
            round=round_of(contest, round_id),
            judge=who,
            reason=reason,
            by=actor(request),
            at=timezone.now(),
        )
        return f"{who} 已退出本轮评审，其评分保留但不计入。"

    return _with_reason(request, contest, act, judge=judge, name="excuse")


def _with_reason(
    request: HttpRequest, contest: Contest, act: Callable[[str], str], *, judge: int, name: str
) -> HttpResponse:
    reason = request.POST.get("reason", "")
    typed = {"judge": judge, "act": name, "reason": reason}
    return _done(request, contest, lambda: act(reason), typed=typed)


def _done(
    request: HttpRequest,
    contest: Contest,
    act: Callable[[], str],
    *,
    typed: Mapping[str, Any] | None = None,
    to: str = "office-round",
) -> HttpResponse:
    """Do it and say so; a refusal gives the page back with what was typed."""
    try:
        said = act()
    except Refused as error:
        return page(request, contest, error=error, typed=typed)
    messages.success(request, said)
    return redirect(to, slug=contest.slug)


def _chosen(request: HttpRequest) -> set[int] | None:
    """The judges picked for a round; None where the page did not ask."""
    if request.POST.get("panel") != "chosen":
        return None
    return {whole_number(pk) for pk in request.POST.getlist("judges")} - {0}


def _seating(request: HttpRequest) -> dict[int, Seating]:
    """The panel and the kinds chosen for each judge, as far as the page asked."""
    keys = [key.partition("-") for key in request.POST]
    found = {whole_number(pk) for name, _, pk in keys if name in ("panel", "kinds")} - {0}
    return {
        pk: Seating(request.POST.get(f"panel-{pk}", ""), tuple(request.POST.getlist(f"kinds-{pk}")))
        for pk in found
    }


def page(
    request: HttpRequest,
    contest: Contest,
    *,
    error: Refused | None = None,
    typed: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The rounds' page; `typed` is what a refused form held."""
    context = rounds_page(
        contest,
        user=actor(request),
        at=timezone.now(),
        typed=typed or {},
        fields=error.fields if error else None,
    )
    return show(request, contest, "office-round", "round", context, error=error)


def _candidate(contest: Contest, pk: str) -> User:
    for held in people_in(contest, Role.JUDGE):
        if str(held.user_id) == pk:
            return held.user
    raise Refused("请选择要加入的评委。", fields={"judge": "请选择"})


def seated(request: HttpRequest, contest: Contest, round_id: str, pk: int) -> User:
    """The judge with this pk on a round's panel. Raises `NotFound`."""
    for progress in round_progress(contest=contest, user=actor(request)):
        for row in progress.judges:
            if progress.rule.id == round_id and row.judge.pk == pk:
                return row.judge
    raise NotFound("这位评委不在本轮评委名单中。")
