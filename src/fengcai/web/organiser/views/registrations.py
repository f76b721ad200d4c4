"""Units that put themselves down: looked through, let in, merged, asked back, refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from fengcai.apps.contests.queries import unit as unit_in
from fengcai.apps.refusals import NotFound, Refused
from fengcai.apps.registration import actions
from fengcai.apps.registration.papers import require_clean
from fengcai.apps.registration.queries import registration as one_of
from fengcai.engines.storage import ranged_response
from fengcai.web.organiser.doorway import actor, organiser_only, show
from fengcai.web.organiser.pages.registrations import list_page, registration_page
from fengcai.web.shared.texts import whole_number

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest
    from fengcai.apps.registration.models import Registration

PLACE = "office-registrations"
TYPES = {".pdf": "application/pdf", ".jpg": "image/jpeg", ".png": "image/png"}


@require_safe
@organiser_only
def registrations(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Those that wait, and by state those that do not."""
    page = list_page(contest, actor(request), request.GET.get("state", ""))
    return show(request, contest, PLACE, "registrations", page)


@require_safe
@organiser_only
def registration(request: HttpRequest, contest: Contest, id: UUID) -> HttpResponse:
    """One of them, with what may be the same unit."""
    page = registration_page(one_of(contest, id, user=actor(request)))
    return show(request, contest, PLACE, "registration", page)


@require_safe
@organiser_only
def proof(request: HttpRequest, contest: Contest, id: UUID) -> HttpResponseBase:
    """The paper, to save: never shown inside this site."""
    row = one_of(contest, id, user=actor(request))
    if not row.proof_key:
        raise NotFound("没有证明材料。")
    require_clean(row.proof_key)
    suffix = "." + row.proof_key.rpartition(".")[2]
    return ranged_response(
        request,
        row.proof_key,
        content_type=TYPES.get(suffix, "application/octet-stream"),
        filename=row.proof_name,
        download=True,
    )


@require_POST
@organiser_only
def decide(request: HttpRequest, contest: Contest, id: UUID, act: str) -> HttpResponse:
    """One of `ACTS`."""
    row = one_of(contest, id, user=actor(request))
    if act not in ACTS:
        raise NotFound("没有这个办法。")
    try:
        said = ACTS[act](request, contest, row)
    except Refused as error:
        page = registration_page(row, typed=request.POST.dict(), act=act, error=error)
        return show(request, contest, PLACE, "registration", page, error=error)
    messages.success(request, said)
    return redirect("office-registrations", slug=contest.slug)


def _accept(request: HttpRequest, contest: Contest, row: Registration) -> str:
    unit = actions.accept_registration(
        registration=row,
        unit_class=request.POST.get("unit_class", ""),
        district=request.POST.get("district", ""),
        by=actor(request),
        at=timezone.now(),
    )
    return f"已开通“{unit.name}”，并告知联系人。"


def _merge(request: HttpRequest, contest: Contest, row: Registration) -> str:
    into = whole_number(request.POST.get("into"))
    if not into:
        raise Refused("请选择是名单中的哪个单位。", fields={"into": "请选择"})
    unit = unit_in(contest, into)
    actions.merge_registration(registration=row, into=unit, by=actor(request), at=timezone.now())
    return f"已并入“{unit.name}”，联系人成为它的联络员。"


def _ask(request: HttpRequest, contest: Contest, row: Registration) -> str:
    words = request.POST.get("reason", "")
    actions.ask_back(registration=row, question=words, by=actor(request), at=timezone.now())
    return f"已请“{row.name}”补充。"


def _refuse(request: HttpRequest, contest: Contest, row: Registration) -> str:
    words = request.POST.get("reason", "")
    actions.refuse_registration(
        registration=row, reason=words, by=actor(request), at=timezone.now()
    )
    return f"已退回“{row.name}”的报名，并告知原因。"


def _confirm(request: HttpRequest, contest: Contest, row: Registration) -> str:
    actions.confirm_below(registration=row, by=actor(request), at=timezone.now())
    return f"已代上级单位确认“{row.name}”。"


ACTS: dict[str, Callable[[HttpRequest, Contest, Registration], str]] = {
    "accept": _accept,
    "merge": _merge,
    "ask": _ask,
    "refuse": _refuse,
    "confirm": _confirm,
}
