"""The contact hands the unit over: a link for the successor, shown once, taken back at will."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from fengcai.apps.contests.handover import LIFE, offer_handover, open_offers, withdraw_handover
from fengcai.apps.contests.queries import contest_by_slug, units_for
from fengcai.apps.contests.roles import Role
from fengcai.apps.messages.ways import address_of_site
from fengcai.apps.refusals import NotFound, NotPermitted, Refused
from fengcai.engines.documents import qr
from fengcai.web.shared.requests import MemberRequest
from fengcai.web.shared.texts import whole_number


@sensitive_variables("token", "link")
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def handover(request: MemberRequest, slug: str) -> HttpResponse:
    """My units, each with the offers still open; POST makes one, whose link the answer shows."""
    contest = contest_by_slug(slug)
    units = units_for(request.user, contest, Role.CONTACT)
    if not units:
        raise NotPermitted("只有联络员可以办理交接。")
    made: dict[str, Any] = {}
    if request.method == "POST":
        unit = next((u for u in units if u.pk == whole_number(request.POST.get("unit"))), None)
        if unit is None:
            raise NotFound("您不是这个单位的联络员。")
        now = timezone.now()
        token = offer_handover(contest=contest, unit=unit, by=request.user, at=now)
        path = reverse("handover-take", args=[token])
        link = address_of_site(path) or request.build_absolute_uri(path)
        picture = qr.svg(link, border=4).decode()
        made = {
            "unit": unit,
            "link": link,
            "expires": now + LIFE,
            "qr": mark_safe(picture),  # noqa: S308  (drawn by our own engine from our own address)
        }
    now = timezone.now()
    offers = {u.pk: list(open_offers(u, now).filter(leaving=request.user)) for u in units}
    rows = [(u, offers[u.pk]) for u in units]
    page = {"contest": contest, "rows": rows, "made": made}
    return render(request, "entrant/handover.html", page)


@login_required
@require_POST
def withdraw(request: MemberRequest, slug: str, handover: int) -> HttpResponse:
    """Take an offer back."""
    try:
        withdraw_handover(handover=handover, by=request.user, at=timezone.now())
        messages.success(request, "交接链接已作废。")
    except Refused as error:
        if error.status != Refused.status:
            raise
        messages.error(request, error.message)
    return redirect("handover", slug=slug)
