"""Who takes part: appointed, given a personal link or a printed card, dismissed."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from fengcai.apps.contests.actions import appoint, dismiss
from fengcai.apps.contests.queries import membership, people_in, unit
from fengcai.apps.contests.roles import Role
from fengcai.apps.people.actions import create_account
from fengcai.apps.refusals import Refused
from fengcai.web.organiser.doorway import actor, attachment, organiser_only, show
from fengcai.web.organiser.links import cards_pdf, issue, mail_link
from fengcai.web.organiser.pages.exports import PDF, stamp
from fengcai.web.organiser.pages.people import link_page, people_page, sheet_page
from fengcai.web.shared.browser import cannot_download, on_iphone
from fengcai.web.shared.texts import whole_number

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest
    from fengcai.apps.people.models import User


@require_http_methods(["GET", "HEAD", "POST"])
@organiser_only
def people(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The people by role; POST appoints one. A refused form keeps every character."""
    error = None
    if request.method == "POST":
        try:
            _appoint(request, contest)
            return redirect(_back(request, contest))
        except Refused as refused:
            error = refused
    page = people_page(contest, role=request.GET.get("role", ""), typed=request.POST, error=error)
    return show(request, contest, "office-people", "people", page, error=error)


@require_POST
@organiser_only
def link(request: HttpRequest, contest: Contest, pk: int) -> HttpResponse:
    """A new personal link for one person, shown this once; the ones before it are void."""
    seat = membership(contest, pk)
    [card] = issue(contest, [seat], by=actor(request), at=timezone.now(), site=_site(request))
    return show(request, contest, "office-people", "link", link_page(seat, card))


@require_POST
@organiser_only
def mailed(request: HttpRequest, contest: Contest, pk: int) -> HttpResponse:
    """A new personal link for one person, by mail."""
    seat = membership(contest, pk)
    try:
        site = settings.FENGCAI_PUBLIC_URL
        mail_link(contest, seat, by=actor(request), at=timezone.now(), site=site)
    except Refused as error:
        page = people_page(contest, role=request.GET.get("role", ""), typed={}, error=None)
        return show(request, contest, "office-people", "people", page, error=error)
    messages.success(request, f"个人链接已交给邮件发送，{seat.user} 原有的链接随即失效。")
    return redirect(_back(request, contest))


@require_http_methods(["GET", "HEAD", "POST"])
@organiser_only
def sheet(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Cards for everybody of a role (of a class of units): how many first, then the PDF. Where the PDF
    would be swallowed (WeChat on Android) nothing is issued: the links of before would be void for it."""
    sent = request.POST if request.method == "POST" else request.GET
    page = sheet_page(contest, role=sent.get("role", ""), unit_class=sent.get("unit_class", ""))
    page["swallowed"] = swallowed = cannot_download(request) and not on_iphone(request)
    page["address"] = request.build_absolute_uri()
    error = None
    if request.method == "POST":
        try:
            if swallowed:
                raise Refused(
                    "微信里存不下 PDF，没有签发，原有的链接都还能用。请照下面在浏览器打开。"
                )
            made = cards_pdf(
                contest, page["seats"], by=actor(request), at=timezone.now(), site=_site(request)
            )
            name = f"{contest.title} {page['role_name']}入口卡 {stamp()}.pdf"
            return attachment(made, name, PDF)
        except Refused as refused:
            error = refused
    return show(request, contest, "office-people", "sheet", page, error=error)


@require_POST
@organiser_only
def leave(request: HttpRequest, contest: Contest, pk: int) -> HttpResponse:
    """End a role from now on."""
    seat = membership(contest, pk)
    try:
        dismiss(seat=seat, by=actor(request), at=timezone.now())
    except Refused as error:
        page = people_page(contest, role=request.GET.get("role", ""), typed={}, error=None)
        return show(request, contest, "office-people", "people", page, error=error)
    messages.success(
        request, f"已撤去 {seat.user} 的“{Role(seat.role).label}”身份，以往的记录仍在。"
    )
    return redirect(_back(request, contest))


def _appoint(request: HttpRequest, contest: Contest) -> None:
    sent = request.POST
    role, name = sent.get("role", ""), " ".join(sent.get("name", "").split())
    if role not in Role.values:
        raise Refused("请选择身份。", fields={"role": "请选择"})
    number = whole_number(sent.get("unit"))
    where = unit(contest, number) if number else None
    with transaction.atomic():
        who = _known(contest, sent.get("person", "")) or _new(name, sent.get("phone", ""))
        appoint(
            contest=contest, user=who, role=role, unit=where, by=actor(request), at=timezone.now()
        )
    messages.success(
        request, f"已聘任 {who} 为{Role(role).label}。请签发个人链接，交给本人登录使用。"
    )


def _known(contest: Contest, pk: str) -> User | None:
    if not pk:
        return None
    for seat in people_in(contest):
        if str(seat.user_id) == pk:
            return seat.user
    raise Refused("所选的人不在本活动中，请重新选择。", fields={"person": "请重新选择"})


def _new(name: str, phone: str) -> User:
    if not name:
        raise Refused("请填写姓名或岗位。", fields={"name": "请填写"})
    if len(name) > 60:
        raise Refused("姓名或岗位最多 60 字。", fields={"name": f"现有 {len(name)} 字"})
    return create_account(
        username=f"u{secrets.token_hex(6)}", name=name, phone=" ".join(phone.split())[:40]
    )


def _site(request: HttpRequest) -> str:
    return settings.FENGCAI_PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")


def _back(request: HttpRequest, contest: Contest) -> str:
    role = request.POST.get("role", "") or request.GET.get("role", "")
    url = reverse("office-people", args=[contest.slug])
    return f"{url}?role={role}" if role in Role.values else url
