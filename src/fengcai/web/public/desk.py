"""Coming in and finding one's place: personal links, and the page of what is mine to do."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from fengcai.apps.contests.founding import administers, may_found
from fengcai.apps.contests.roles import Role
from fengcai.apps.messages.queries import unread
from fengcai.apps.people.actions import redeem_personal_link
from fengcai.apps.people.privacy.queries import is_to_be_asked
from fengcai.apps.people.queries import owner_of_link
from fengcai.web.public.seats import my_seats
from fengcai.web.shared.accounts.entrance import come_in_by_link
from fengcai.web.shared.pace import paced
from fengcai.web.shared.requests import MemberRequest


@paced("enter", limit=120, seconds=60)
@sensitive_variables("token")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """A personal link: looking at it signs nobody in (chat programs fetch links); a tap does."""
    now = timezone.now()
    if request.method == "POST":
        user = redeem_personal_link(token=token, at=now)
        return come_in_by_link(request, user)
    owner = owner_of_link(token, at=now)
    return render(request, "public/enter.html", {"owner": owner}, status=200 if owner else 410)


@login_required
@never_cache
@require_safe
def me(request: MemberRequest) -> HttpResponse:
    """Every role of mine, with where it leads."""
    seats = my_seats(request.user)
    manages = any(seat.role_name == Role.ORGANISER.label for seat in seats)
    context = {
        "seats": seats,
        "manages": manages or may_found(request.user),
        "administers": administers(request.user),
        "unread": unread(request.user),
        "to_be_asked": is_to_be_asked(request.user),
    }
    return render(request, "public/me.html", context)
