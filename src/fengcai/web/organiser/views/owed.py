"""Those who owe (催报): the list with telephones, reminders in bulk, the plan by which they go alone."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fengcai.apps.intake import reminder_words, reminders
from fengcai.apps.refusals import Refused
from fengcai.engines.documents.tables import write_xlsx
from fengcai.web.organiser.doorway import actor, attachment, not_open, organiser_only, show
from fengcai.web.organiser.pages.coverage import Asked
from fengcai.web.organiser.pages.exports import XLSX, stamp
from fengcai.web.organiser.pages.owed import (
    draft_page,
    owed_page,
    owed_sheets,
    plan_page,
    unpacked,
)
from fengcai.web.shared.texts import whole_number

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

PLACE = "office-owed"


@require_safe
@organiser_only
def owed(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Who owes, whom to call, when they were last reminded."""
    if not contest.is_open:
        return not_open(request, contest, PLACE, "催报")
    page = owed_page(contest, asked=Asked.of(request.GET), page=request.GET.get("page"))
    return show(request, contest, PLACE, "owed", {**page, **_usual(page)})


@require_safe
@organiser_only
def owed_xlsx(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The list as a workbook."""
    made = write_xlsx(owed_sheets(contest, Asked.of(request.GET)))
    return attachment(made, f"{contest.title} 催报名单 {stamp()}.xlsx", XLSX)


@require_POST
@organiser_only
def preview(request: HttpRequest, contest: Contest) -> HttpResponse:
    """What would be sent to whom. Nothing is sent yet."""
    sent = _sent(request)
    try:
        found = reminders.draft(
            contest=contest, by=actor(request), at=timezone.now(), **_words(sent)
        )
    except Refused as error:
        page = owed_page(contest, asked=Asked.of(request.GET), page=None)
        return show(request, contest, PLACE, "owed", {**page, **_typed(sent)}, error=error)
    return show(request, contest, PLACE, "owed_preview", draft_page(contest, found, sent))


@require_POST
@organiser_only
def send(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Send what was previewed; a second press sends nothing again."""
    try:
        sent = unpacked(contest, request.POST.get("parcel", ""))
        done = reminders.remind_now(
            contest=contest,
            by=actor(request),
            at=timezone.now(),
            occasion=sent["occasion"],
            **_words(sent),
        )
    except Refused as error:
        page = owed_page(contest, asked=Asked(), page=None)
        return show(request, contest, PLACE, "owed", {**page, **_usual(page)}, error=error)
    messages.success(
        request,
        f"已为 {done} 个单位排好催报，正在发出。发没发到，在催报记录里看。"
        if done
        else "这一次催报先前已经发过，没有重复发送。",
    )
    return redirect("office-reminders", slug=contest.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@organiser_only
def plan(request: HttpRequest, contest: Contest) -> HttpResponse:
    """When units are reminded by themselves, by which ways, in which words; and the log."""
    if not contest.is_open:
        return not_open(request, contest, PLACE, "自动催报")
    typed: dict[str, Any] | None = None
    error = None
    if request.method == "POST":
        typed = {
            "on": request.POST.get("on") == "1",
            "days": request.POST.get("days", ""),
            "hour": request.POST.get("hour", ""),
            "channels": request.POST.getlist("channels"),
            "subject": request.POST.get("subject", ""),
            "text": request.POST.get("text", ""),
        }
        try:
            reminders.save_plan(
                contest=contest,
                by=actor(request),
                at=timezone.now(),
                **{**typed, "days": _days(typed["days"]), "hour": whole_number(typed["hour"], 99)},
            )
            messages.success(
                request, "自动催报已保存。" if typed["on"] else "自动催报已关闭，设置保留着。"
            )
            return redirect("office-reminders", slug=contest.slug)
        except Refused as refused:
            error = refused
    page = plan_page(contest, typed, error)
    return show(request, contest, PLACE, "reminders", page, error=error)


def _sent(request: HttpRequest) -> dict[str, Any]:
    return {
        "units": sorted({whole_number(each) for each in request.POST.getlist("unit")} - {0}),
        "channels": [
            each for each in reminders.CHANNELS if each in request.POST.getlist("channels")
        ],
        "subject": request.POST.get("subject", ""),
        "text": request.POST.get("text", ""),
        "occasion": f"manual:{uuid.uuid4().hex}",
    }


def _words(sent: dict[str, Any]) -> dict[str, Any]:
    return {key: sent[key] for key in ("units", "channels", "subject", "text")}


def _usual(page: dict[str, Any]) -> dict[str, Any]:
    plan = page["plan"]
    return {
        "ways": list(reminders.CHANNELS.items()),
        "wordings": list(reminder_words.FIELDS.items()),
        "typed": {
            "channels": plan.channels,
            "subject": plan.subject,
            "text": plan.text,
            "units": [],
        },
        "fields": {},
    }


def _typed(sent: dict[str, Any]) -> dict[str, Any]:
    return {
        "ways": list(reminders.CHANNELS.items()),
        "wordings": list(reminder_words.FIELDS.items()),
        "typed": sent,
        "fields": {},
    }


def _days(text: str) -> list[int]:
    """The numbers in what was typed: 7、3、1、0. A word that is no number makes the plan wrong."""
    parts = [each for each in re.split(r"[、，,;；\s]+", text) if each]
    return [whole_number(each, -1) for each in parts]
