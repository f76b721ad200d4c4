"""The review desk: the queue, and one work with its checklist beside the playing film."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fengcai.apps.compliance.queries import remarks_of
from fengcai.apps.contests.queries import contest_by_slug
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.entries.actions import note_arrival, void_arrival
from fengcai.apps.intake import queries
from fengcai.apps.intake.actions import accept_entry, decide_point, inspect_again, return_entry
from fengcai.apps.likeness.obvious import twins_of
from fengcai.apps.likeness.queries import likenesses_of
from fengcai.apps.refusals import NotFound, NotPermitted, Refused
from fengcai.apps.releases.queries import panel_of
from fengcai.web.reviewer.pages import desk_page, sheet_page
from fengcai.web.shared.office import office_of
from fengcai.web.shared.requests import MemberRequest
from fengcai.web.shared.texts import whole_number
from fengcai.web.shared.works import partial

MENDING = timedelta(days=3)


@login_required
@never_cache
@require_safe
def desk(request: MemberRequest, slug: str) -> HttpResponse:
    """What waits for a decision, and by state what does not; for htmx the list alone."""
    contest = contest_by_slug(slug)
    roles = require_role(request.user, contest, Role.REVIEWER, Role.ORGANISER)
    context = {
        "contest": contest,
        "office": office_of(slug, roles, "review-desk", request.path),
        **desk_page(contest, request.GET),
    }
    return render(
        request, "shared/_works.html" if partial(request) else "reviewer/desk.html", context
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: MemberRequest, entry_id: UUID) -> HttpResponse:
    """One work; POST accepts it or returns it. A refused decision keeps every tick and note."""
    page = queries.review_sheet(entry_id=entry_id, user=request.user)
    error = None
    if request.method == "POST":
        try:
            _decide(request, page)
            return redirect("review-desk", slug=page.page.entry.contest.slug)
        except Refused as refused:
            error = refused
    return _shown(request, page, error)


@login_required
@never_cache
@require_POST
def point(request: MemberRequest, entry_id: UUID) -> HttpResponse:
    """Keep one judgement beside the machine's; everything else that was typed stays on the page.

    Without a point nothing is kept: that is what the Enter key sends.
    """
    requirement, _, rest = request.POST.get("point", "").partition(":")
    seen, _, says = rest.partition(":")
    error = None
    if not requirement:
        sheet = queries.review_sheet(entry_id=entry_id, user=request.user)
        return _shown(request, sheet, None)
    try:
        decide_point(
            entry_id=entry_id,
            requirement=requirement,
            says=says or request.POST.get(f"decision-{requirement}", ""),
            reason=request.POST.get(f"note-{requirement}", ""),
            seen=seen,
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, "这一项已记下。")
    except Refused as refused:
        if isinstance(refused, NotFound | NotPermitted):
            raise
        error = refused
    return _shown(request, queries.review_sheet(entry_id=entry_id, user=request.user), error)


def _shown(request: MemberRequest, page: queries.Sheet, error: Refused | None) -> HttpResponse:
    until = timezone.localtime(timezone.now() + MENDING).strftime("%Y-%m-%dT17:00")
    context = {
        "contest": page.page.entry.contest,
        "twins": twins_of(entry=page.page.entry, user=request.user),
        "likenesses": likenesses_of(entry=page.page.entry, user=request.user),
        "wordings": remarks_of(entry=page.page.entry, user=request.user),
        "mend_until": request.POST.get("mend_until", until),
        "panel": panel_of(page.page.entry, page.page.rules, page.page.roles, at=timezone.now()),
        **sheet_page(page, typed=request.POST, error=error),
    }
    return render(request, "reviewer/sheet.html", context, status=error.status if error else 200)


@login_required
@require_POST
def check_again(request: MemberRequest, entry_id: UUID) -> HttpResponse:
    """Queue the inspections of this work that were given up once more."""
    if inspect_again(entry_id=entry_id, by=request.user, at=timezone.now()):
        messages.success(request, "已重新排队检查。检查结束后刷新本页，就能看到结果。")
    else:
        messages.info(request, "没有需要再检查的文件：可能已有人处理，或检查正在进行。")
    return redirect("review", entry_id=entry_id)


@login_required
@require_POST
def received(request: MemberRequest, entry_id: UUID) -> HttpResponse:
    """Note that paper or a thing has arrived, or take a note back."""
    sent, now = request.POST, timezone.now()
    if void := whole_number(sent.get("void")):
        void_arrival(entry_id=entry_id, arrival=void, by=request.user, at=now)
        messages.success(request, "已撤销这条收件登记。")
        return redirect("review", entry_id=entry_id)
    try:
        note_arrival(
            entry_id=entry_id,
            what=sent.get("what", ""),
            count=whole_number(sent.get("count")),
            arrived_at=_day(sent.get("arrived_at", "")) if sent.get("arrived_at") else now,
            remark=sent.get("remark", ""),
            by=request.user,
            at=now,
        )
        messages.success(request, "已登记收件。")
    except Refused as error:
        if error.status != Refused.status:
            raise
        messages.error(request, error.message)
    return redirect("review", entry_id=entry_id)


def _decide(request: MemberRequest, page: queries.Sheet) -> None:
    sent = request.POST
    points = [point.requirement for point in page.points]
    common: dict[str, Any] = {
        "entry_id": page.page.entry.pk,
        "expected_version": whole_number(sent.get("version")),
        "decided": {p: sent.get(f"decision-{p}", "") for p in points},
        "notes": {p: sent.get(f"note-{p}", "") for p in points},
        "by": request.user,
        "at": timezone.now(),
    }
    if sent.get("decision") == "return":
        return_entry(
            **common,
            reasons=sent.get("reasons", ""),
            mend_until=_day(sent.get("mend_until", "")),
            parts=sent.getlist("parts"),
        )
        messages.success(request, f"已退回《{page.page.card.title}》，单位可在期限内修改。")
    else:
        review = accept_entry(**common)
        messages.success(
            request, f"《{page.page.card.title}》审核通过，编号 {review.entry.number}。"
        )


def _day(text: str) -> datetime:
    try:
        return timezone.make_aware(datetime.fromisoformat(text))
    except ValueError:
        raise Refused("请填写修改期限。", fields={"mend_until": "请选择日期和时间"}) from None
