"""The office's door: who may come in, where one is, and how a file is handed over the counter.

Every page of the organiser passes here; it decides nothing about a contest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache

from fengcai.apps.contests.queries import contest_by_slug
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.refusals import Refused

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest
    from fengcai.apps.people.models import User

TABS = (
    ("office", "今天"),
    ("office-today", "待办"),
    ("office-works", "作品"),
    ("office-exchange", "导出导入"),
    ("office-mailbox", "来信"),
    ("office-likenesses", "相似作品"),
    ("office-inspection", "检测"),
    ("office-compliance", "宣传用语"),
    ("office-releases", "出镜同意"),
    ("rulebook", "规则书"),
    ("office-questions", "规则与答复"),
    ("office-units", "单位"),
    ("office-owed", "催报"),
    ("office-registrations", "报名"),
    ("office-people", "人员"),
    ("office-bulletin", "公告答疑"),
    ("office-round", "评审"),
    ("office-awards", "评奖"),
    ("office-publication", "公布"),
    ("office-outbox", "消息"),
    ("office-privacy", "个人信息"),
    ("office-jobs", "后台任务"),
    ("office-audit", "记录"),
)

COUNTED = {"office-today": "office-today-count"}
"""Tabs with a number, and where it comes from."""


@dataclass(frozen=True)
class Tab:
    """A place in the office; `current` where one is."""

    label: str
    url: str
    current: bool
    count_url: str = ""
    """Where its number is fetched from after the page, if it has one."""


def organiser_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Lets in the contest's organisers and nobody else; the view gets the contest for its slug."""

    @never_cache
    @login_required
    @wraps(view)
    def inside(request: HttpRequest, slug: str, **rest: Any) -> HttpResponseBase:
        contest = contest_by_slug(slug)
        require_role(request.user, contest, Role.ORGANISER)
        return view(request, contest, **rest)

    return inside


def actor(request: HttpRequest) -> User:
    """The organiser at the counter; behind `organiser_only` there is always one."""
    return cast("User", request.user)


def show(
    request: HttpRequest,
    contest: Contest,
    place: str,
    template: str,
    context: Mapping[str, Any],
    *,
    error: Refused | None = None,
) -> HttpResponse:
    """A page of the office with its tabs; a refusal gives it its status and its words."""
    return render(
        request,
        f"organiser/{template}.html",
        {
            "contest": contest,
            "tabs": [
                Tab(
                    label,
                    reverse(name, args=[contest.slug]),
                    name == place,
                    reverse(COUNTED[name], args=[contest.slug]) if name in COUNTED else "",
                )
                for name, label in TABS
            ],
            "error": error,
            **context,
        },
        status=error.status if error else 200,
    )


def not_open(request: HttpRequest, contest: Contest, place: str, title: str) -> HttpResponse:
    """What stands on a page that has a meaning only once the contest is open."""
    return show(request, contest, place, "not_open", {"title": title})


def attachment(content: bytes, filename: str, content_type: str) -> HttpResponse:
    """A file to save, under a Chinese name (RFC 6266)."""
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = content_disposition_header(True, filename)
    return answer
