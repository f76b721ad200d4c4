"""The privacy notice, and everybody's own page: consents, a copy of one's data, requests."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fengcai.apps.contests.judges import profiles_about
from fengcai.apps.contests.queries import contest_by_slug, seats_of, units_for
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.cards import cards
from fengcai.apps.messages.queries import own_messages
from fengcai.apps.people.identities import NAMES, ties_of
from fengcai.apps.people.privacy.actions import (
    answer_notice,
    give_consent,
    request_about_data,
    withdraw_consent,
)
from fengcai.apps.people.privacy.queries import (
    consents_of,
    copy_of,
    is_to_be_asked,
    notice,
    requests_of,
)
from fengcai.apps.people.privacy.wording import PURPOSES, REQUESTS
from fengcai.apps.refusals import Refused
from fengcai.web.shared.accounts.errands import safe_next
from fengcai.web.shared.requests import MemberRequest

MOST_PAGES_OF_MESSAGES = 20


@require_safe
def public(request: HttpRequest, slug: str = "") -> HttpResponse:
    """The notice of the installation, or of a contest that has its own."""
    contest = contest_by_slug(slug) if slug else None
    page = {"notice": notice(contest.pk if contest else 0), "contest": contest}
    return render(request, "public/privacy.html", page | {"purposes": PURPOSES})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def asked(request: MemberRequest) -> HttpResponse:
    """The notice once, with a tick of its own for each purpose; none is needed to go on."""
    next = safe_next(request, request.POST.get("next") or request.GET.get("next")) or "/me/"
    if request.method == "POST":
        sent = request.POST.get("version", "")
        answer_notice(
            user=request.user,
            agreed=frozenset(request.POST.getlist("agree")),
            version=int(sent) if sent.isdecimal() and len(sent) < 9 else -1,
            at=timezone.now(),
        )
        messages.success(request, "已保存。以后可以在“我的事项 → 个人信息”里改。")
        return redirect(next)
    page = {"notice": notice(), "purposes": PURPOSES, "next": next}
    return render(request, "public/privacy_asked.html", page)


@login_required
@never_cache
@require_safe
def mine(request: MemberRequest) -> HttpResponse:
    """My consents, my data, my requests."""
    return _mine(request)


@login_required
@require_POST
def consent(request: MemberRequest, purpose: str) -> HttpResponse:
    """Give or take back one consent."""
    if "withdraw" in request.POST:
        if withdraw_consent(user=request.user, purpose=purpose, at=timezone.now()):
            messages.success(request, "已撤回，并已通知组织者。撤回不影响之前已做的处理。")
    else:
        give_consent(user=request.user, purpose=purpose, at=timezone.now())
        messages.success(request, "已同意。随时可以撤回。")
    return redirect("my-privacy")


@login_required
@require_POST
def ask(request: MemberRequest) -> HttpResponse:
    """A request to the office; a refused form keeps every character."""
    try:
        request_about_data(
            user=request.user,
            kind=request.POST.get("kind", ""),
            text=request.POST.get("text", ""),
            at=timezone.now(),
        )
    except Refused as refusal:
        return _mine(request, error=refusal)
    messages.success(request, "请求已提交，组织者会在这里答复您。")
    return redirect("my-privacy")


@login_required
@never_cache
@require_safe
def copy(request: MemberRequest) -> HttpResponse:
    """Everything that is kept about me, as a file that other systems read (§45)."""
    told = json.dumps(_everything(request), ensure_ascii=False, indent=2)
    answer = HttpResponse(told, content_type="application/json; charset=utf-8")
    if "inline" not in request.GET:
        name = f"personal-data-{timezone.localdate():%Y%m%d}.json"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _mine(request: MemberRequest, *, error: Refused | None = None) -> HttpResponse:
    page: dict[str, Any] = {
        "notice": notice(),
        "consents": consents_of(request.user),
        "requests": requests_of(request.user),
        "kinds": REQUESTS,
        "to_be_asked": is_to_be_asked(request.user),
        "error": error,
        "typed": request.POST if error else {},
    }
    status = error.status if error else 200
    return render(request, "public/my_privacy.html", page, status=status)


def _everything(request: MemberRequest) -> dict[str, object]:
    """What the contexts keep, by their public queries."""
    user = request.user
    seats = seats_of(user)
    return {
        "说明": "这是风采系统保存的与这个账号有关的个人信息。时间为 ISO 8601。",
        "导出于": timezone.now().isoformat(),
        **copy_of(user),
        "绑定的登录方式": [
            {"方式": NAMES.get(key, key), "绑定于": tie.since.isoformat()}
            for key, tie in ties_of(user).items()
        ],
        "角色": [
            {
                "活动": seat.contest.title,
                "角色": seat.role_name,
                "单位": seat.unit.name if seat.unit else None,
            }
            for seat in seats
        ],
        "评委资料": profiles_about(user),
        "作品": [
            {"活动": seat.contest.title, "单位": card.unit, "作品": card.title, "编号": card.number}
            for seat in _one_for_each_contest(seats)
            for card in cards(
                seat.contest, units=units_for(user, seat.contest, Role.CONTACT, Role.HEAD)
            )
        ],
        "收到的消息": _messages(user),
    }


def _one_for_each_contest(seats: list[Any]) -> list[Any]:
    held = [seat for seat in seats if seat.role in (Role.CONTACT, Role.HEAD)]
    return list({seat.contest.pk: seat for seat in held}.values())


def _messages(user: Any) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    rows, pages = own_messages(user)
    for page in range(1, min(pages, MOST_PAGES_OF_MESSAGES) + 1):
        rows = rows if page == 1 else own_messages(user, page=page)[0]
        found += [
            {"时间": row.sent_at.isoformat(), "标题": row.subject, "内容": row.body} for row in rows
        ]
    return found
