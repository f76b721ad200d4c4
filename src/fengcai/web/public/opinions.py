"""An expert looks at a work and says so, by a link and without an account.

Whoever holds the link may do what it is for; no session has a part in it, so nothing can be forged
without the link itself.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from fengcai.apps.assets.queries import part_of
from fengcai.apps.entries.actions.opinions import give_opinion
from fengcai.apps.entries.opinions import Invitation, file_for_expert, invitation
from fengcai.apps.judging.showing import films_of, shown_slots, texts_of
from fengcai.apps.refusals import NotFound, Refused
from fengcai.apps.releases.standing import STOPPED, may_be_watched
from fengcai.engines.storage import ranged_response
from fengcai.web.shared.pace import paced
from fengcai.web.shared.shell import Shell

PARTS = ("verdict", "science", "appeal", "harm", "name", "post", "unit")


@csrf_exempt
@paced("opinion", limit=60, seconds=60)
@sensitive_variables("token")
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def opinion(request: HttpRequest, token: str) -> HttpResponse:
    """The work and the form; POST gives the opinion, once. A refused one keeps every word."""
    at = timezone.now()
    error = None
    if request.method == "POST":
        said = {part: request.POST.get(part, "") for part in PARTS}
        try:
            give_opinion(token=token, at=at, **said)
            return redirect("opinion", token=token)
        except NotFound:
            pass
        except Refused as refused:
            error = refused
    try:
        found = invitation(token=token, at=at)
    except NotFound as gone:
        context: dict[str, Any] = {"gone": gone.message, "shell": Shell()}
        return _private(render(request, "public/opinion.html", context, status=410))
    context = _context(found, token) | {"error": error, "typed": request.POST if error else None}
    return _private(
        render(request, "public/opinion.html", context, status=error.status if error else 200)
    )


@paced("opinion-file", limit=600, seconds=60)
@sensitive_variables("token")
@require_safe
def file(request: HttpRequest, token: str, asset_id: UUID) -> HttpResponseBase:
    """A file of the work, while the link is open."""
    at = timezone.now()
    found = invitation(token=token, at=at)
    if not may_be_watched(found.entry.pk, at):
        raise NotFound(STOPPED)
    slots = frozenset(shown_slots(found.rules, found.entry.track, "judges"))
    asset = file_for_expert(token=token, asset_id=asset_id, slots=slots, at=at)
    stored = part_of(asset, "film")
    return ranged_response(
        request, stored.key, content_type=stored.content_type, filename=stored.filename,
        download="download" in request.GET,
    )  # fmt: skip


def _context(found: Invitation, token: str) -> dict[str, Any]:
    entry, rules = found.entry, found.rules
    films = films_of(rules, {entry.pk: entry.track}, "judges")[entry.pk] if found.open else ()
    return {
        "found": found,
        "films": [
            {"name": f.name, "kind": f.kind, "filename": f.filename,
             "url": reverse("opinion-file", args=[token, f.asset_id])}
            for f in films
        ],
        "stopped": "" if films or may_be_watched(entry.pk, timezone.now()) else STOPPED,
        "texts": texts_of(rules, entry.track, entry.fields, "judges"),
        "shell": Shell(title=rules.title, url=f"/c/{entry.contest.slug}/", accent=rules.accent),
    }  # fmt: skip


def _private(answer: HttpResponse) -> HttpResponse:
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer
