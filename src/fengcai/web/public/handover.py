"""The successor's side of a handover: what one takes over, from whom; a tap takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from fengcai.apps.contests.handover import offered, take_handover
from fengcai.apps.refusals import Refused
from fengcai.web.shared.accounts.entrance import come_in
from fengcai.web.shared.pace import paced

if TYPE_CHECKING:
    from fengcai.apps.people.models import User


@never_cache
@paced("handover", limit=60, seconds=60)
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def handover(request: HttpRequest, token: str) -> HttpResponse:
    """Looking at the link takes nothing over (chat programs fetch links); the form does."""
    found, error = offered(token, at=timezone.now()), None
    me: User | None = request.user if request.user.is_authenticated else None
    if me is not None and found is not None and me.pk == found.leaving_id:
        me = None
    if request.method == "POST" and found is not None:
        try:
            user = take_handover(
                token=token,
                name=request.POST.get("name", ""),
                phone=request.POST.get("phone", ""),
                email=request.POST.get("email", ""),
                user=me,
                at=timezone.now(),
            )
        except Refused as refused:
            error = refused
        else:
            if me is not None:
                return redirect("works", slug=found.contest.slug)
            return come_in(request, user, "personal_link")
    page = {
        "offer": found,
        "me": me,
        "typed": request.POST,
        "error": error,
        "fields": error.fields if error else {},
        "contest": found.contest if found else None,
    }
    status = error.status if error else 200 if found else 410
    return render(request, "public/handover.html", page, status=status)
