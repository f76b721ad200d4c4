"""Coming on board: the first pages of an installation, and 系统设置 for administrators afterwards.

Before there is an administrator the pages are opened by the key that the server printed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from fengcai.apps.contests.founding import administers
from fengcai.apps.messages.trying import check_server, send_test_mail
from fengcai.apps.people.erasing import erase_account
from fengcai.apps.people.privacy.actions import answer_request, describe_installation
from fengcai.apps.people.privacy.queries import installation, request_in, requests_to_answer
from fengcai.apps.people.queries import has_administrator
from fengcai.apps.people.setup import make_first_administrator, setup_digest_of, setup_is_open
from fengcai.apps.refusals import NotPermitted, Refused
from fengcai.engines.delivery.mail import is_address, server_of
from fengcai.web.organiser.doorway import actor
from fengcai.web.organiser.pages.setup import (
    address_found,
    doors_to_set,
    engines_found,
    room,
    snippet,
    steps,
)
from fengcai.web.shared.accounts.entrance import come_in
from fengcai.web.shared.accounts.limits import Tries
from fengcai.web.shared.pace import paced

KEY = "setup"
SMTP = ("smtps://", "smtp://", "smtp+plain://")


def on_board(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Lets administrators in; before there is one, the session that has entered the key."""

    @never_cache
    @wraps(view)
    def inside(request: HttpRequest, **rest: Any) -> HttpResponse:
        if administers(request.user) or setup_is_open(request.session.get(KEY, "")):
            return view(request, **rest)
        if not has_administrator():
            return redirect("setup-key")
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        raise NotPermitted("系统设置只对系统管理员开放。")

    return inside


@never_cache
@sensitive_post_parameters("key")
@sensitive_variables("digest")
@paced("setup", limit=20, seconds=60)
@require_http_methods(["GET", "HEAD", "POST"])
def key(request: HttpRequest) -> HttpResponse:
    """The key that the server printed. Without one there is nothing to see."""
    if has_administrator():
        return redirect("setup")
    page: dict[str, Any] = {}
    if request.method == "POST":
        # By address alone: the key cannot be guessed, and nobody may shut its reader out.
        tries = Tries("setup", "key", request, everywhere=10**9)
        digest = "" if tries.closed() else setup_digest_of(request.POST.get("key", ""))
        if digest:
            request.session.cycle_key()
            request.session[KEY] = digest
            return redirect("setup-step", step="organisation")
        tries.failed()
        page["error"] = (
            tries.closed() or "口令不对。请照服务器上最新打印的那一行输入，重启后旧的就作废了。"
        )
    return render(request, "organiser/setup_key.html", page, status=422 if page else 200)


@require_http_methods(["GET", "HEAD"])
@on_board
def setup(request: HttpRequest) -> HttpResponse:
    """Where everything stands; what people ask about their data comes first."""
    if not administers(request.user):
        return redirect("setup-step", step="organisation")
    page = {
        "steps": steps(),
        "requests": [row for row in requests_to_answer(None) if row.answered_at is None],
    }
    return render(request, "organiser/setup.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@on_board
def step(request: HttpRequest, step: str) -> HttpResponse:
    """One question; POST answers it where the answer lives in the database, or tries it out."""
    if step not in PAGES:
        raise Http404
    return PAGES[step](request)


@require_POST
@on_board
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """An administrator answers what somebody asks about the own data."""
    if not administers(request.user):
        raise NotPermitted("请先建立管理员账号。")
    answer_request(
        pk=pk, answer=request.POST.get("answer", ""), by=actor(request), among=None,
        at=timezone.now(),
    )  # fmt: skip
    messages.success(request, "已答复，本人登录后会看到。")
    return redirect("setup")


@require_POST
@on_board
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """An administrator erases the data of whoever asks for it, whatever contests he had a part in."""
    if not administers(request.user):
        raise NotPermitted("请先建立管理员账号。")
    if "sure" not in request.POST:
        raise Refused("请先勾选“已核对是本人提出”，再删除。没有改动。")
    erase_account(pk=request_in(pk, among=None).user_id, by=actor(request), at=timezone.now())
    messages.success(request, "个人信息已删除，账号已停用，请求已记为办结。")
    return redirect("setup")


def _organisation(request: HttpRequest) -> HttpResponse:
    house = installation()
    names = ("name", "contact", "phone", "email")
    page: dict[str, Any] = {"typed": {name: getattr(house, name) for name in names}}
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in names}
        try:
            describe_installation(**given, at=timezone.now())
            return _onward(request, "organisation")
        except Refused as refusal:
            page = {"typed": given, "error": refusal}
    return _show(request, "organisation", page)


@sensitive_variables("given")
def _administrator(request: HttpRequest) -> HttpResponse:
    page: dict[str, Any] = {"made": has_administrator(), "typed": {}}
    if request.method == "POST" and not page["made"]:
        given = {
            name: request.POST.get(name, "").strip() for name in ("username", "name", "password1")
        }
        given["password1"] = request.POST.get("password1", "")
        try:
            if given["password1"] != request.POST.get("password2", ""):
                raise Refused("两次输入的密码不一样，请重输。")
            if not given["username"] or not given["name"]:
                raise Refused("请填账号名和姓名。")
            user = make_first_administrator(
                digest=request.session.get(KEY, ""),
                username=given["username"],
                name=given["name"],
                password=given["password1"],
                at=timezone.now(),
            )
        except Refused as refusal:
            page |= {"error": refusal, "typed": given}
        else:
            request.session.pop(KEY, None)
            messages.success(request, f"管理员“{user}”已建立，您已用它登录。")
            return come_in(request, user, "password", next=_url("address"))
    return _show(request, "administrator", page)


def _address(request: HttpRequest) -> HttpResponse:
    host = request.GET.get("host", "").strip().lower()[:200]
    if not host or any(not (sign.isalnum() or sign in "-.:") for sign in host):
        host = settings.FENGCAI_PUBLIC_URL.partition("://")[2] or request.get_host()
    page = {
        "found": address_found(request),
        "host": host,
        "snippet": snippet(
            {
                "public_url": f"https://{host}",
                "allowed_hosts": f"{host.partition(':')[0]},127.0.0.1,localhost",
                "https": True,
                "trusted_proxies": 1,
            }
        ),
    }
    return _show(request, "address", page)


@sensitive_variables("given", "server")
def _mail(request: HttpRequest) -> HttpResponse:
    names = ("url", "user", "sender", "to")
    given = {name: request.POST.get(name, "").strip()[:300] for name in names}
    page: dict[str, Any] = {
        "typed": given,
        "now": check_server() if _wants_check(request) else None,
    }
    page["on"] = settings.FENGCAI_MAIL is not None
    if request.method == "POST":
        page |= _tried(request, given)
    return _show(request, "mail", page)


@sensitive_variables("password", "server")
def _tried(request: HttpRequest, given: dict[str, str]) -> dict[str, Any]:
    """A real mail by the settings that were typed, or by the installation's own where none were."""
    by = actor(request) if administers(request.user) else None
    if not given["url"]:
        return {"tried": send_test_mail(to=given["to"], at=timezone.now(), by=by)}
    if not given["url"].startswith(SMTP):  # a file or the console would prove nothing
        return {"error": Refused("发信服务器要以 smtps://、smtp:// 或 smtp+plain:// 开头。")}
    if not is_address(given["sender"] or given["user"]):
        return {"error": Refused("还需要发件地址：请填在下面“发件地址”一栏。")}
    password = request.POST.get("password", "")
    try:
        server = server_of(
            given["url"], user=given["user"], password=password, sender=given["sender"]
        )
    except ValueError as error:
        return {"error": Refused(str(error))}
    tried = send_test_mail(to=given["to"], at=timezone.now(), by=by, server=server)
    return {
        "tried": tried,
        "snippet": snippet(
            {
                "mail_url": given["url"],
                "mail_user": given["user"],
                "mail_password": "照您刚才填的写",
                "mail_from": given["sender"],
            }
        )
        if tried.sent
        else None,
    }


def _wants_check(request: HttpRequest) -> bool:
    return request.method == "GET" and "check" in request.GET and settings.FENGCAI_MAIL is not None


def _storage(request: HttpRequest) -> HttpResponse:
    page = {**room(timezone.now()), "snippet": snippet({"storage": "/大磁盘上的目录"})}
    return _show(request, "storage", page)


def _engines(request: HttpRequest) -> HttpResponse:
    return _show(request, "engines", {"found": engines_found()})


def _signin(request: HttpRequest) -> HttpResponse:
    return _show(request, "signin", {"doors": doors_to_set(request)})


def _contest(request: HttpRequest) -> HttpResponse:
    return _show(request, "contest", {})


PAGES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "organisation": _organisation,
    "administrator": _administrator,
    "address": _address,
    "mail": _mail,
    "storage": _storage,
    "engines": _engines,
    "signin": _signin,
    "contest": _contest,
}


def _show(request: HttpRequest, key: str, page: dict[str, Any]) -> HttpResponse:
    """The step among the others; a refusal gives it its status."""
    every = steps()
    place = next(number for number, each in enumerate(every) if each.key == key)
    after = every[place + 1].key if place + 1 < len(every) else ""
    context = {"steps": every, "step": every[place], "number": place + 1, "after": after, **page}
    error = page.get("error")
    return render(
        request, f"organiser/setup_{key}.html", context, status=error.status if error else 200
    )


def _onward(request: HttpRequest, key: str) -> HttpResponse:
    messages.success(request, "已保存。")
    order = list(PAGES)
    after = order[order.index(key) + 1]
    if after == "administrator" and has_administrator():
        after = "address"
    return redirect("setup-step", step=after)


def _url(step: str) -> str:
    return f"/setup/{step}/"
