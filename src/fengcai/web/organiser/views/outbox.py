"""The outbox: what went out and what did not, decided about; the group's robot."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from fengcai.apps.messages import deciding, robots
from fengcai.apps.refusals import Refused
from fengcai.web.organiser.doorway import actor, organiser_only, show
from fengcai.web.organiser.pages.outbox import message_page, outbox_page
from fengcai.web.organiser.views.jobs import administrator_only

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

PLACE = "office-outbox"
ACTS = {
    "again": (deciding.send_again, "已重新排队，几秒到几分钟内发出。"),
    "cancel": (deciding.cancel, "已取消，不会发出。"),
    "settle": (deciding.count_as_sent, "已记为已发出。"),
}


@require_safe
@organiser_only
def outbox(request: HttpRequest, contest: Contest) -> HttpResponse:
    """One contest's."""
    return show(
        request, contest, PLACE, "outbox", outbox_page(contest, actor(request), request.GET)
    )


@require_safe
@organiser_only
def message(request: HttpRequest, contest: Contest, message_id: UUID) -> HttpResponse:
    """One message of a contest."""
    page = message_page(contest, actor(request), message_id)
    return show(request, contest, PLACE, "outbox_message", page)


@require_POST
@organiser_only
def act(request: HttpRequest, contest: Contest, message_id: UUID, act: str) -> HttpResponse:
    """Once more, not any more, or sent after all."""
    _act(request, contest.pk, message_id, act)
    return redirect("office-outbox-message", contest.slug, message_id)


@require_POST
@organiser_only
def release(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Queue everything that waited for something to be set up."""
    count = deciding.release(contest=contest.pk, by=actor(request), at=timezone.now())
    if count:
        messages.success(request, f"{count} 条消息已排队，陆续发出。")
    else:
        messages.info(request, "没有可以一并发出的消息；不确定是否发出的，请逐条决定。")
    return redirect("office-outbox", contest.slug)


@require_POST
@organiser_only
def cancel_bulk(request: HttpRequest, contest: Contest, bulk: int) -> HttpResponse:
    """Stop what of a bulk has not gone out."""
    count = deciding.cancel_bulk(
        bulk=bulk, contest=contest.pk, by=actor(request), at=timezone.now()
    )
    messages.success(request, f"已取消 {count} 条还没有发出的消息；已发出的收不回来。")
    return redirect("office-outbox", contest.slug)


@sensitive_post_parameters("robot")
@require_POST
@organiser_only
def robot(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Set the group's robot, try it, or take it away."""
    by, what = actor(request), request.POST.get("what", "")
    try:
        if what == "remove":
            robots.remove_robot(contest=contest.pk, by=by, at=timezone.now())
            messages.success(request, "已移除群机器人。")
        elif what == "try":
            robots.try_robot(contest=contest.pk, title=contest.title, by=by)
            messages.success(request, "测试消息已发到群里，请到群里看一看。")
        else:
            pasted = request.POST.get("robot", "")[:500]
            robots.set_robot(contest=contest.pk, pasted=pasted, by=by, at=timezone.now())
            messages.success(request, "群机器人已保存。建议发一条测试消息。")
    except Refused as error:
        page = outbox_page(contest, by, request.GET)
        return show(request, contest, PLACE, "outbox", page, error=error)
    return redirect("office-outbox", contest.slug)


@require_safe
@administrator_only
def everybodys(request: HttpRequest) -> HttpResponse:
    """The installation's, of all contests and of none."""
    return render(
        request, "organiser/outbox_everybodys.html", outbox_page(None, actor(request), request.GET)
    )


@require_safe
@administrator_only
def everybodys_message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One of any contest's."""
    page = message_page(None, actor(request), message_id)
    return render(request, "organiser/outbox_everybodys_message.html", page)


@require_POST
@administrator_only
def everybodys_act(request: HttpRequest, message_id: UUID, act: str) -> HttpResponse:
    """A decision about one of any contest's."""
    _act(request, None, message_id, act)
    return redirect("outbox-message", message_id)


def _act(request: HttpRequest, contest: int | None, message_id: UUID, act: str) -> None:
    if act not in ACTS:
        raise Http404
    decide, said = ACTS[act]
    try:
        decide(message=message_id, contest=contest, by=actor(request), at=timezone.now())
    except Refused as error:
        if error.status != 422:
            raise
        messages.error(request, error.message)
    else:
        messages.success(request, said)
