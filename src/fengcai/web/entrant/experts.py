"""A unit asks experts for their opinion on a work: a link each, shown once; and takes links back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from fengcai.apps.entries.actions.opinions import ask_expert, void_opinion
from fengcai.apps.entries.snapshots import snapshot_file
from fengcai.apps.refusals import Refused
from fengcai.engines.storage import ranged_response
from fengcai.web.entrant.views import shown_form
from fengcai.web.shared.requests import MemberRequest
from fengcai.web.shared.texts import whole_number


@login_required
@require_POST
@never_cache
@sensitive_variables("token", "link")
def ask(request: MemberRequest, entry_id: UUID) -> HttpResponse:
    """Invite an expert; the page shows the link this once."""
    said = {part: request.POST.get(f"expert_{part}", "") for part in ("name", "post", "unit")}
    try:
        row, token = ask_expert(entry_id=entry_id, by=request.user, at=timezone.now(), **said)
    except Refused as error:
        if error.status != Refused.status:
            raise
        return shown_form(request, entry_id, error)
    link = request.build_absolute_uri(reverse("opinion", args=[token]))
    return shown_form(request, entry_id, expert=(row.name, link))


@login_required
@require_POST
def void(request: MemberRequest, entry_id: UUID, opinion: int) -> HttpResponse:
    """Take a link back, or set an opinion aside."""
    void_opinion(entry_id=entry_id, opinion=opinion, by=request.user, at=timezone.now())
    messages.success(request, "已收回。记录仍然保留。")
    return redirect(reverse("entry", args=[entry_id]) + "#opinions")


@login_required
@require_safe
def snapshot(request: MemberRequest, entry_id: UUID, number: int) -> HttpResponseBase:
    """A kept page, as a download: what a stranger's server sent is never shown in the browser."""
    row = snapshot_file(user=request.user, entry_id=entry_id, snapshot=whole_number(str(number)))
    return ranged_response(
        request, row.key, content_type="application/octet-stream",
        filename=f"网页存档-{row.at:%Y%m%d}.bin", download=True,
    )  # fmt: skip
