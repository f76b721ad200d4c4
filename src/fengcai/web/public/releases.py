"""Signing a release by a personal link, without an account: read, sign or say no, keep a copy, withdraw.

Whoever holds the link may do what it is for; no session has any part in it, so these pages need no
cookie and no token against forgery: without the link there is nothing to forge.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fengcai.apps.contests.queries import contest_by_slug
from fengcai.apps.refusals import NotFound, Refused
from fengcai.apps.releases import actions
from fengcai.apps.releases.queries import SignPage, sign_page
from fengcai.engines.documents.release_papers import ReleasePaper, release_paper
from fengcai.web.shared.address import client_address
from fengcai.web.shared.pace import paced
from fengcai.web.shared.shell import Shell

LONGEST_TOKEN = 64


@csrf_exempt
@paced("release", limit=120, seconds=60)
@sensitive_variables("token")
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, token: str) -> HttpResponse:
    """The release as it stands; POST signs it, or says no."""
    at = timezone.now()
    if request.method != "POST":
        return _page(request, token)
    asked = request.POST
    try:
        if asked.get("do") == "refuse":
            actions.refuse(token=token, reason=asked.get("reason", ""), at=at)
        else:
            drawing = asked.get("drawing", "")
            actions.sign(
                token=token,
                text_hash=asked.get("text_hash", ""),
                purposes=asked.getlist("purposes"),
                name=asked.get("name", ""),
                relation=asked.get("relation", ""),
                drawing=drawing,
                typed="typed" in asked and not drawing,
                address=client_address(request),
                at=at,
            )
    except NotFound:
        return _page(request, token)
    except Refused as error:
        return _page(request, token, error)
    return redirect("release", token=token)


@csrf_exempt
@paced("release", limit=120, seconds=60)
@sensitive_variables("token")
@never_cache
@require_POST
def withdraw(request: HttpRequest, token: str) -> HttpResponse:
    """Take the release back: the work leaves the showcase with the next request."""
    try:
        actions.withdraw(token=token, reason=request.POST.get("reason", ""), at=timezone.now())
    except NotFound:
        return _page(request, token)
    except Refused as error:
        return _page(request, token, error)
    return redirect("release", token=token)


@paced("release-copy", limit=30, seconds=60)
@sensitive_variables("token")
@never_cache
@require_safe
def copy(request: HttpRequest, token: str) -> HttpResponse:
    """The signed release as a PDF, for the signer to keep."""
    page = sign_page(_whole(token), at=timezone.now())
    if page.answered_at is None or page.way != "e_sign":
        raise NotFound("这份同意书还没有签署，没有可以保存的文件。")
    minor = page.capacity == "guardian"
    signer = f"{page.guardian}（{page.relation}）" if minor else page.name
    pdf = release_paper(
        ReleasePaper(
            paragraphs=page.paragraphs,
            uses=[(name, agreed) for _, name, _, agreed in page.uses],
            signer=signer,
            drawing=page.drawing,
            box=page.box,
            statement=page.statement,
            answered=page.answered_at,
            until=page.until,
            seal=page.seal,
            ended=page.ended_at,
            demo=contest_by_slug(page.contest_slug).demo,
        )
    )
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="release.pdf"'
    return _private(answer)


def _page(request: HttpRequest, token: str, error: Refused | None = None) -> HttpResponse:
    try:
        page = sign_page(_whole(token), at=timezone.now())
    except NotFound as gone:
        return _private(
            render(request, "public/release.html", {"gone": gone.message, "shell": Shell()},
                   status=410)
        )  # fmt: skip
    context = {
        "page": page,
        "typed": request.POST if error else None,
        "chosen": request.POST.getlist("purposes") if error else (),
        "error": error,
        "shell": _shell(page),
    }
    status = error.status if error else 410 if page.state == "late" else 200
    return _private(render(request, "public/release.html", context, status=status))


def _shell(page: SignPage) -> Shell:
    return Shell(title=page.contest, url=f"/c/{page.contest_slug}/", accent=page.accent)


def _whole(token: str) -> str:
    if len(token) > LONGEST_TOKEN:
        raise NotFound("这个链接不完整，打不开。请从收到的消息里重新打开，或扫二维码。")
    return token


def _private(answer: HttpResponse) -> HttpResponse:
    """Neither found by searching nor told to where the signer goes next."""
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
