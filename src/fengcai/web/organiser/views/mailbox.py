"""The mail desk: the contest's letters, one letter with what is decided about it, the mailbox's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fengcai.apps.mailbox.actions import connect, disconnect, look_again
from fengcai.apps.mailbox.queries import case_file, case_of, connection_of, opened_file
from fengcai.apps.refusals import NotFound, Refused
from fengcai.engines.storage import ranged_response
from fengcai.web.organiser.doorway import actor, organiser_only, show
from fengcai.web.organiser.pages.mailbox import (
    ACTS,
    desk_page,
    letter_page,
    settings_page,
    settings_typed,
    streamed,
    tried,
)

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

TAB = "office-mailbox"


@require_safe
@organiser_only
def mailbox(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The letters, those that wait for a person first shown."""
    return show(request, contest, TAB, "mailbox", desk_page(contest, actor(request), request.GET))


@require_safe
@organiser_only
def letter(request: HttpRequest, contest: Contest, case_id: UUID) -> HttpResponse:
    """One letter: what it says, what came with it, whose it is and why."""
    return show(
        request, contest, TAB, "mailbox_letter", letter_page(contest, actor(request), case_id)
    )


@require_POST
@organiser_only
def act(request: HttpRequest, contest: Contest, case_id: UUID, act: str) -> HttpResponse:
    """A decision about one letter; a refused one keeps what was typed."""
    if act not in ACTS:
        raise NotFound("没有这个操作。")
    try:
        said = ACTS[act](contest, actor(request), case_id, request.POST)
    except Refused as error:
        if error.status == 404:
            raise
        context = letter_page(contest, actor(request), case_id, typed=request.POST)
        return show(request, contest, TAB, "mailbox_letter", context, error=error)
    messages.success(request, said)
    return redirect("office-mailbox-letter", contest.slug, case_id)


@require_safe
@organiser_only
def original(request: HttpRequest, contest: Contest, case_id: UUID) -> HttpResponseBase:
    """The letter as it came, to be saved."""
    case = case_of(contest=contest, user=actor(request), case_id=case_id)
    if not case.key:
        raise NotFound("这封信的原件已随个人信息删除。")
    name = f"来信 {timezone.localtime(case.received_at):%Y-%m-%d %H%M}.eml"
    kind = "application/octet-stream"
    return ranged_response(request, case.key, content_type=kind, filename=name, download=True)


@require_safe
@organiser_only
def file(request: HttpRequest, contest: Contest, case_id: UUID, file: int) -> HttpResponseBase:
    """One file of a letter, to be saved; never shown in the browser, whatever it says it is."""
    row = case_file(contest=contest, user=actor(request), case_id=case_id, file=file)
    answer = StreamingHttpResponse(
        streamed(opened_file(row)), content_type="application/octet-stream"
    )
    answer["Content-Disposition"] = content_disposition_header(True, row.name)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@organiser_only
def settings(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Where the contest's mailbox is; kept and looked into at once."""
    if request.method != "POST":
        return show(request, contest, TAB, "mailbox_settings", settings_page(contest))
    try:
        connect(contest=contest, by=actor(request), at=timezone.now(),
                **settings_typed(request.POST))  # fmt: skip
    except Refused as error:
        context = settings_page(contest, typed=request.POST)
        return show(request, contest, TAB, "mailbox_settings", context, error=error)
    messages.success(request, "邮箱设置已保存，正在第一次收信。")
    return redirect("office-mailbox-settings", contest.slug)


@require_POST
@organiser_only
def test(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Try the mailbox now and say what was found; nothing is fetched."""
    context = settings_page(contest) | tried(connection_of(contest))
    return show(request, contest, TAB, "mailbox_settings", context)


@require_POST
@organiser_only
def look(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Have it looked into now."""
    look_again(contest=contest, by=actor(request), at=timezone.now())
    messages.success(request, "正在收信，稍后刷新页面就能看到。")
    return redirect("office-mailbox", contest.slug)


@require_POST
@organiser_only
def stop(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Look into it no more, and forget its code."""
    disconnect(contest=contest, by=actor(request), at=timezone.now())
    messages.success(request, "已停止收信，授权码已删除；收到的来信都保留着。")
    return redirect("office-mailbox-settings", contest.slug)
