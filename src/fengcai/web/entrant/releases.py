"""The people on screen of one work: the register, links to pass on, scans, and what is still owed.

The unit's page; reviewers and the office look at it too, each with what they may do.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fengcai.apps.refusals import NotFound, Refused
from fengcai.apps.releases import actions
from fengcai.apps.releases.queries import page_of, scan_of, waiting_link
from fengcai.apps.releases.scanning import MOST_BYTES
from fengcai.core.consent import AGES, ON_SCREEN
from fengcai.engines.documents import qr
from fengcai.engines.storage import ranged_response
from fengcai.web.shared.requests import MemberRequest

if TYPE_CHECKING:
    from fengcai.apps.people.models import User

ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


@login_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: MemberRequest, entry_id: UUID) -> HttpResponse:
    """Who is on screen in a work; POST adds somebody, or says that there is nobody."""
    if request.method == "POST":
        try:
            said = _register(entry_id, request.POST, by=request.user, at=timezone.now())
        except Refused as error:
            return _page(request, entry_id, error=error)
        messages.success(request, said)
        return redirect("entry-releases", entry_id=entry_id)
    return _page(request, entry_id)


def _register(entry_id: UUID, asked: QueryDict, *, by: User, at: datetime) -> str:
    if asked.get("do") in ("nobody", "somebody"):
        nobody = asked.get("do") == "nobody"
        actions.say_nobody(entry_id=entry_id, nobody=nobody, by=by, at=at)
        return (
            "已记下：作品中没有可辨认的人。"
            if nobody
            else "已取消“没有可辨认的人”，请登记出镜人员。"
        )
    actions.add_person(
        entry_id=entry_id,
        name=asked.get("name", ""),
        role=asked.get("role", ""),
        age=asked.get("age", "adult"),
        guardian=asked.get("guardian", ""),
        where=asked.get("where", ""),
        by=by,
        at=at,
    )
    return "已登记。请把签署链接或二维码交给本人。"


@login_required
@sensitive_post_parameters()
@require_POST
def act(request: MemberRequest, entry_id: UUID, about: UUID, what: str) -> HttpResponse:
    """One act on one person or one release of the work."""
    act = _ACTS.get(what)
    if act is None:
        raise NotFound("没有这个操作。")
    try:
        said = act(about, request, request.user, timezone.now())
    except Refused as error:
        return _page(request, entry_id, error=error, about=about)
    messages.success(request, said)
    return redirect("entry-releases", entry_id=entry_id)


@login_required
@never_cache
@require_safe
def code(request: MemberRequest, release_id: UUID) -> HttpResponse:
    """The link of a release that waits, as a QR code to show on a screen or print."""
    link = request.build_absolute_uri(
        waiting_link(release_id=release_id, user=request.user, at=timezone.now())
    )
    return HttpResponse(qr.svg(link, border=4), content_type="image/svg+xml")


@login_required
@never_cache
@require_safe
def scan(request: MemberRequest, release_id: UUID) -> HttpResponseBase:
    """The scan of a signed paper, for the unit, reviewers and the office."""
    row = scan_of(release_id=release_id, user=request.user)
    name = f"同意书-{str(row.pk)[:8]}.{ENDINGS.get(row.scan_type, 'bin')}"
    return ranged_response(
        request, row.scan_key, content_type=row.scan_type, filename=name, download=True
    )


def _remove(about: UUID, request: MemberRequest, by: User, at: datetime) -> str:
    actions.remove_person(appearance_id=about, why=request.POST.get("reason", ""), by=by, at=at)
    return "已从名单中删除。"


def _again(about: UUID, request: MemberRequest, by: User, at: datetime) -> str:
    actions.ask_again(release_id=about, by=by, at=at)
    return "已换成新的链接，旧链接即刻失效。"


def _send(about: UUID, request: MemberRequest, by: User, at: datetime) -> str:
    actions.send_link(release_id=about, to=request.POST.get("to", ""), by=by, at=at)
    return "链接已交给系统发送；是否发出可以请活动组织者在“消息”里查看。"


def _scan(about: UUID, request: MemberRequest, by: User, at: datetime) -> str:
    file = request.FILES.get("scan")
    actions.keep_scan(
        release_id=about,
        data=file.read(MOST_BYTES + 1) if file is not None else b"",
        purposes=request.POST.getlist("purposes"),
        signed_on=_day(request.POST.get("signed_on", "")),
        by=by,
        at=at,
    )
    return "扫描件已收下，等待主办方核对。"


def _keep(about: UUID, request: MemberRequest, by: User, at: datetime) -> str:
    actions.keep_paper(
        release_id=about,
        purposes=request.POST.getlist("purposes"),
        signed_on=_day(request.POST.get("signed_on", "")),
        by=by,
        at=at,
    )
    return "已记下：签好的纸质同意书由本单位留存。"


def _check(about: UUID, request: MemberRequest, by: User, at: datetime) -> str:
    good = request.POST.get("do") == "good"
    reason = request.POST.get("reason", "")
    actions.check_scan(release_id=about, good=good, reason=reason, by=by, at=at)
    return "扫描件已核对通过。" if good else "扫描件已退回，单位会看到原因。"


def _withdraw(about: UUID, request: MemberRequest, by: User, at: datetime) -> str:
    reason = request.POST.get("reason", "")
    actions.withdraw_for(release_id=about, reason=reason, by=by, at=at)
    return "已记下撤回，作品即刻不再展播。"


def _erase(about: UUID, request: MemberRequest, by: User, at: datetime) -> str:
    actions.erase_person(appearance_id=about, by=by, at=at)
    return "个人信息已清除；签署过的时间和校验值保留作为凭证。"


_ACTS: dict[str, Callable[[UUID, MemberRequest, User, datetime], str]] = {
    "remove": _remove,
    "again": _again,
    "send": _send,
    "scan": _scan,
    "keep": _keep,
    "check": _check,
    "withdraw": _withdraw,
    "erase": _erase,
}


def _page(
    request: MemberRequest,
    entry_id: UUID,
    *,
    error: Refused | None = None,
    about: UUID | None = None,
) -> HttpResponse:
    panel = page_of(entry_id=entry_id, user=request.user, at=timezone.now())
    if panel is None:
        raise NotFound("本活动的规则没有要求逐人登记出镜人员。")
    context: dict[str, Any] = {
        "panel": panel,
        "contest": panel.entry.contest,
        "error": error,
        "about": about,
        "typed": request.POST if error else None,
        "roles": ON_SCREEN.items(),
        "ages": AGES.items(),
        "site": request.build_absolute_uri("/").rstrip("/"),
        "most_mb": MOST_BYTES // 1024 // 1024,
    }
    return render(request, "entrant/people.html", context, status=error.status if error else 200)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
