"""A letter's own page for its sender: what came, and a place to send what is still missing.

Whoever has the address may use it; it signs nobody in and shows nothing of the work.
"""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from fengcai.apps.mailbox.actions import grant_for
from fengcai.apps.mailbox.queries import senders_case, senders_page, unfinished_uploads
from fengcai.apps.refusals import NotFound
from fengcai.web.shared.pace import paced
from fengcai.web.shared.texts import whole_number


@paced("letters", limit=240, seconds=60)
@sensitive_variables("token")
@never_cache
@require_safe
def letter(request: HttpRequest, token: str) -> HttpResponse:
    """What came with the letter, and what is awaited; for htmx that part alone."""
    try:
        page = senders_page(token, timezone.now())
    except NotFound as gone:
        return render(request, "public/letter.html", {"gone": gone.message}, status=410)
    context = {"page": page, "token": token, "contest": page.contest}
    part = request.headers.get("HX-Request") == "true"
    return render(request, "public/_letter_state.html" if part else "public/letter.html", context)


@paced("letters", limit=240, seconds=60)
@sensitive_variables("token")
@require_POST
def grant(request: HttpRequest, token: str) -> HttpResponse:
    """A signed permission to send one file for the letter."""
    now = timezone.now()
    case = senders_case(token, now)
    pending = whole_number(request.GET.get("file")) or None
    return JsonResponse(grant_for(case=case, pending=pending, at=now))


@paced("letters", limit=240, seconds=60)
@sensitive_variables("token")
@never_cache
@require_safe
def unfinished(request: HttpRequest, token: str) -> HttpResponse:
    """Uploads for this letter that were begun and may be gone on with."""
    case = senders_case(token, timezone.now())
    rows = unfinished_uploads(case, whole_number(request.GET.get("file")) or None)
    return JsonResponse({"uploads": [asdict(row) for row in rows]})
