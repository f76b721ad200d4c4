"""A unit puts itself down: the form with a picture to read, and its own page from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from captcha.models import CaptchaStore
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from fengcai.apps.contests.queries import contest_by_slug, rules_of, seats_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.receipt import received_at
from fengcai.apps.refusals import NotFound, Refused
from fengcai.apps.registration.actions import (
    Alike,
    Said,
    mend_registration,
    register_unit,
)
from fengcai.apps.registration.links import ENTRY_LIFE
from fengcai.apps.registration.papers import MOST_BYTES, Paper, paper
from fengcai.apps.registration.queries import by_token, door
from fengcai.web.shared.accounts.entrance import come_in
from fengcai.web.shared.address import counted_address
from fengcai.web.shared.pace import paced

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest
    from fengcai.apps.people.models import User
    from fengcai.apps.registration.models import Registration
    from fengcai.apps.registration.queries import Door

FIELDS = ("name", "unit_class", "district", "code", "parent", "contact", "phone", "email")


@never_cache
@paced("register", limit=60, seconds=60)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is the unit, whom to call? Sent, it gets a page of its own."""
    contest = contest_by_slug(slug)
    here = _door(contest)
    error: Refused | None = None
    if request.method == "POST":
        try:
            _check_picture(request)
            token = register_unit(
                contest=contest,
                said=_said(request),
                paper=_paper(request),
                sure=request.POST.get("sure") == "1",
                address=counted_address(request),
                at=received_at(request),
            )
            messages.success(request, "报名已提交。请保存这个页面的网址，以后凭它查看结果。")
            return redirect("registration", slug=slug, token=token)
        except Refused as refused:
            error = refused
    page = {
        **_form(contest, here, request.POST, error),
        "picture": CaptchaStore.generate_key(),
        "alike": isinstance(error, Alike),
    }
    return render(request, "public/register.html", page, status=error.status if error else 200)


@never_cache
@paced("registration", limit=120, seconds=60)
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def registration(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """How it stands; mended where the office asked back; once let in, the way in."""
    contest = contest_by_slug(slug)
    row = by_token(contest, token)
    error: Refused | None = None
    if request.method == "POST":
        try:
            if request.POST.get("enter"):
                return _enter(request, row)
            mend_registration(
                registration=row,
                said=_said(request),
                paper=_paper(request),
                answer=request.POST.get("answer", ""),
                at=received_at(request),
            )
            messages.success(request, "已补充提交，请等主办方审核。")
            return redirect("registration", slug=slug, token=token)
        except Refused as refused:
            error = refused
    typed = request.POST if error and row.state == row.State.ASKED else _stands(row)
    page = {
        **_form(contest, _door(contest), typed, error),
        "row": row,
        "may_enter": _may_enter(row),
    }
    return render(request, "public/registration.html", page, status=error.status if error else 200)


def _door(contest: Contest) -> Door:
    here = door(contest, at=timezone.now())
    if here is None and not contest.is_open:
        raise NotFound("活动还在筹备，启动后才能报名，请过些时候再来。如需了解，请联系主办方。")
    if here is None:
        raise NotFound("本活动由主办方拟定单位名单，不接受自行报名。如需参加，请联系主办方。")
    return here


def _form(contest: Contest, here: Door, typed: Any, error: Refused | None) -> dict[str, Any]:
    return {
        "contest": contest,
        "door": here,
        "classes": [(each.id, each.name) for each in here.classes],
        "typed": {key: typed.get(key, "") for key in (*FIELDS, "answer")},
        "error": error,
        "fields": error.fields if error else {},
        "contacts": rules_of(contest).contacts,
    }


def _stands(row: Registration) -> dict[str, str]:
    told = {key: str(getattr(row, key) or "") for key in FIELDS if key != "parent"}
    return {**told, "parent": str(row.parent_id or ""), "answer": row.answer}


def _said(request: HttpRequest) -> Said:
    return Said(**{key: request.POST.get(key, "")[:400] for key in FIELDS})


def _paper(request: HttpRequest) -> Paper | None:
    given = request.FILES.get("proof")
    if not isinstance(given, UploadedFile):
        return None
    return paper(given.name or "", given.read(MOST_BYTES + 1))


def _check_picture(request: HttpRequest) -> None:
    """The picture is good once, right or wrong."""
    said = request.POST.get("picture", "").strip().lower()
    row = CaptchaStore.objects.filter(hashkey=request.POST.get("key", "")[:40]).first()
    alive = False
    if row is not None:
        gone, _ = CaptchaStore.objects.filter(pk=row.pk).delete()
        alive = bool(gone) and row.expiration > timezone.now()
    if row is None or not alive or not constant_time_compare(row.response, said):
        raise Refused(
            "图中的数字不对，或图已过期，还没有提交。已换一张，您填写的内容都还在。",
            fields={"picture": "请照新图填写"},
        )


def _may_enter(row: Registration) -> bool:
    user = row.user
    return (
        user is not None
        and user.is_active
        and not user.is_staff
        and row.decided_at is not None
        and timezone.now() < row.decided_at + ENTRY_LIFE
        and _still_the_contact(row, user)
    )


def _still_the_contact(row: Registration, user: User) -> bool:
    """Whether the account acts for units of this contest and for nothing else: who handed over comes
    in no more, and a link never opens what an organiser may do."""
    seats = seats_of(user)
    own = (Role.CONTACT, Role.HEAD)
    return bool(seats) and all(
        seat.role in own and seat.contest.pk == row.contest_id for seat in seats
    )


def _enter(request: HttpRequest, row: Registration) -> HttpResponse:
    if not _may_enter(row) or row.user is None:
        raise Refused("这个链接已不能用来进入，请联系主办方签发个人链接。")
    return come_in(request, row.user, "personal_link")
