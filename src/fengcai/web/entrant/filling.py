"""What stands beside an entry's form: links and things, the order of a set, labels and printed forms."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from fengcai.apps.entries import actions
from fengcai.apps.entries.owed import ASKED
from fengcai.apps.entries.queries import entry_page
from fengcai.apps.receipt import received_at
from fengcai.apps.refusals import Refused
from fengcai.web.entrant.printing import form_pdf, labels_pdf
from fengcai.web.shared.requests import MemberRequest
from fengcai.web.shared.texts import storable, whole_number

LAST = 10**6


@login_required
@require_POST
def item(request: MemberRequest, entry_id: UUID, slot: str) -> HttpResponse:
    """Keep a link or a thing, or take it out."""
    place = whole_number(request.POST.get("place")) or None
    now = received_at(request)
    try:
        if request.POST.get("action") == "remove":
            actions.remove_item(
                entry_id=entry_id, slot=slot, place=place or 0, by=request.user, at=now
            )
            messages.success(request, "已移除。")
        else:
            names = ("url", "title", *ASKED)
            values = {n: storable(request.POST.get(n, "")) for n in names if n in request.POST}
            actions.save_item(
                entry_id=entry_id, slot=slot, place=place, values=values, by=request.user, at=now
            )
            messages.success(request, "已保存。")
    except Refused as error:
        if error.status != Refused.status:
            raise
        messages.error(request, error.message)
    return redirect(reverse("entry", args=[entry_id]) + f"#slot-{slot}")


@login_required
@require_POST
def arrange(request: MemberRequest, entry_id: UUID, slot: str) -> HttpResponse:
    """Keep the order and the captions of a set; what is ticked is taken out."""
    sent = request.POST
    files, places = _ids(sent.getlist("file")), sent.getlist("place")
    captions = dict(zip(files, (storable(each) for each in sent.getlist("caption")), strict=False))
    out = set(_ids(sent.getlist("out")))
    wished = [whole_number(each, LAST) for each in places] + [LAST] * len(files)
    order = [each for _, each in sorted(zip(wished, files, strict=False), key=lambda p: p[0])]
    try:
        actions.arrange_files(
            entry_id=entry_id,
            slot=slot,
            order=[each for each in order if each not in out],
            captions=captions,
            by=request.user,
            at=received_at(request),
        )
        messages.success(request, "顺序和说明已保存。")
    except Refused as error:
        if error.status != Refused.status:
            raise
        messages.error(request, error.message)
    return redirect(reverse("entry", args=[entry_id]) + f"#slot-{slot}")


@login_required
@never_cache
@require_safe
def labels(request: MemberRequest, entry_id: UUID) -> HttpResponse:
    """Labels for the things of a work, a QR code each, for the back of the original."""
    page = entry_page(entry_id=entry_id, user=request.user)
    target = request.build_absolute_uri(reverse("review", args=[entry_id]))
    return _pdf(labels_pdf(page, url=target, at=timezone.now()), f"标签-{page.card.title}")


@login_required
@never_cache
@require_safe
def form(request: MemberRequest, entry_id: UUID, slot: str) -> HttpResponse:
    """A form of the contest filled in with what stands in the entry, to be signed on paper."""
    page = entry_page(entry_id=entry_id, user=request.user)
    content, name = form_pdf(page, slot, at=timezone.now())
    return _pdf(content, f"{name}-{page.card.title}")


def _pdf(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = "inline; filename*=UTF-8''" + quote(f"{name}.pdf")
    return answer


def _ids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
