"""全部活动: contests by edition, a new one begun from a notice, an example, a file or last year's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fengcai.apps.contests import founding
from fengcai.apps.contests.actions import create_contest
from fengcai.apps.contests.copying import copy_contest
from fengcai.apps.contests.notices import (
    LARGEST,
    create_from_notice,
    keep_notice,
    notice_of,
    read_notice,
)
from fengcai.apps.people.queries import account
from fengcai.apps.refusals import Refused
from fengcai.web.organiser.doorway import actor, organiser_only, show
from fengcai.web.organiser.pages.manage import example_text, examples, manage_page
from fengcai.web.shared.pace import paced
from fengcai.web.shared.requests import MemberRequest
from fengcai.web.shared.texts import whole_number

if TYPE_CHECKING:
    from django.http import HttpRequest

    from fengcai.apps.contests.models import Contest

LARGEST_BOOK = 1024 * 1024


@login_required
@never_cache
@require_safe
def manage(request: MemberRequest) -> HttpResponse:
    """Every contest of mine, by edition."""
    return _list(request)


@paced("notice", limit=30, seconds=60)
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: MemberRequest) -> HttpResponse:
    """Begin a contest from a notice, an example or a rulebook's file."""
    founding.require_founder(request.user)
    error: Refused | None = None
    if request.method == "POST":
        try:
            return _begun(request)
        except Refused as refused:
            error = refused
    context = {
        "examples": examples(),
        "typed": request.POST,
        "error": error,
        "largest": LARGEST // 1024**2,
    }
    return render(request, "organiser/new.html", context, status=error.status if error else 200)


def _begun(request: MemberRequest) -> HttpResponse:
    slug, source = request.POST.get("slug", "").strip(), request.POST.get("source", "")
    now = timezone.now()
    if source == "notice":
        contest, draft = create_from_notice(
            brought=_brought(request), slug=slug, by=request.user, at=now
        )
        messages.success(
            request,
            f"由通知草拟了 {len(draft.proposals)} 项规则，通知没有写明的 {len(draft.questions)} 处列为问题。"
            "请逐条对照通知核对。",
        )
        return redirect("rulebook", slug=contest.slug)
    if source == "example":
        text = example_text(request.POST.get("example", ""))
    elif source == "file":
        text = _book(request)
    else:
        raise Refused("请先选一种开始的办法。", fields={"source": "请选择"})
    contest = create_contest(
        slug=slug, rulebook_text=text, organiser=request.user, by=request.user, at=now
    )
    messages.success(request, "活动已建立，请逐步核对规则。")
    return redirect("rulebook", slug=contest.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@organiser_only
def copy(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Begin the next edition from this one."""
    error: Refused | None = None
    if request.method == "POST":
        try:
            made = copy_contest(
                contest=contest,
                slug=request.POST.get("slug", "").strip(),
                years=whole_number(request.POST.get("years")),
                roster=request.POST.get("roster") == "1",
                organiser=actor(request),
                by=actor(request),
                at=timezone.now(),
            )
            messages.success(
                request, "新一届已建立：日期已顺延，问题要重新答复，上一届的答复列在旁边。"
            )
            return redirect("office-questions", slug=made.slug)
        except Refused as refused:
            error = refused
    context = {"typed": request.POST, "may": founding.may_found(request.user)}
    return show(request, contest, "rulebook", "copy", context, error=error)


@require_POST
@login_required
def grant(request: MemberRequest) -> HttpResponse:
    """Give somebody the right to begin contests."""
    name = request.POST.get("account", "").strip()
    try:
        user = account(name)
        if user is None:
            raise Refused(f"没有账号“{name}”。", fields={"account": "请核对账号名"})
        founding.grant_office(user=user, by=request.user, at=timezone.now())
    except Refused as error:
        return _list(request, error=error)
    messages.success(request, f"已给“{user}”开通建立活动的权限。")
    return redirect("manage")


@require_POST
@login_required
def end(request: MemberRequest, right: int) -> HttpResponse:
    """Take the right back."""
    founding.end_office(right=right, by=request.user, at=timezone.now())
    messages.success(request, "已收回；他办理中的活动照旧。")
    return redirect("manage")


@paced("notice", limit=30, seconds=60)
@require_http_methods(["GET", "HEAD", "POST"])
@organiser_only
def notice(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The notice kept beside the rulebook, and the way to bring one in."""
    error: Refused | None = None
    if request.method == "POST":
        try:
            brought = _brought(request)
            keep_notice(contest=contest, brought=brought, by=actor(request), at=timezone.now())
            for warning in brought.document.warnings:
                messages.info(request, warning)
            messages.success(request, "通知已放在规则旁边，可以逐句对照。")
            return redirect("rulebook", slug=contest.slug)
        except Refused as refused:
            error = refused
    kept, paragraphs = notice_of(contest)
    context: dict[str, Any] = {
        "notice": kept,
        "paragraphs": paragraphs,
        "largest": LARGEST // 1024**2,
    }
    return show(request, contest, "rulebook", "notice", context, error=error)


def _list(request: MemberRequest, *, error: Refused | None = None) -> HttpResponse:
    context = {"page": manage_page(request.user), "error": error, "typed": request.POST}
    return render(request, "organiser/manage.html", context, status=error.status if error else 200)


def _brought(request: HttpRequest):  # type: ignore[no-untyped-def]
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Refused(
            "请先选择通知文件（.docx、.pdf、.html 或 .txt）。", fields={"file": "请选择文件"}
        )
    if (file.size or 0) > LARGEST:
        raise Refused(
            f"“{file.name}”超过 {LARGEST // 1024**2} MB，没有读取。请删去图片，另存后再上传。",
            fields={"file": "文件太大"},
        )
    return read_notice(file.read(), file.name or "通知")


def _book(request: HttpRequest) -> str:
    file = request.FILES.get("book")
    if not isinstance(file, UploadedFile):
        raise Refused("请先选择规则书文件（.yaml）。", fields={"book": "请选择文件"})
    if (file.size or 0) > LARGEST_BOOK:
        raise Refused("规则书超过 1 MB，没有建立活动。", fields={"book": "文件太大"})
    try:
        return file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(
            "这个文件不是 UTF-8 文本，没有建立活动。请另存为 UTF-8 编码。",
            fields={"book": "编码不对"},
        ) from None
