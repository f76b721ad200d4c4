"""A person's own messages, and unsubscribing from invitations without an account."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from fengcai.apps.messages import unsubscribing
from fengcai.apps.messages.queries import mark_read, own_messages
from fengcai.web.shared.pace import paced
from fengcai.web.shared.requests import MemberRequest
from fengcai.web.shared.texts import whole_number


@login_required
@never_cache
@require_safe
def messages(request: MemberRequest) -> HttpResponse:
    """What was sent to me, newest first; what is shown counts as read from then on."""
    number = max(1, whole_number(request.GET.get("page"), 1))
    found, pages = own_messages(request.user, page=number)
    context = {"found": found, "numbers": range(1, pages + 1), "number": min(number, pages)}
    answer = render(request, "public/my_messages.html", context)
    new = [each.id for each in found if each.unread]
    if new:
        mark_read(user=request.user, messages=new, at=timezone.now())
    return answer


@paced("unsubscribe", limit=60, seconds=60)
@csrf_exempt  # a mail program posts here by itself (RFC 8058); the signed link is the permission
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """One click refuses further invitations; looking refuses nothing (mail gateways open links)."""
    if request.method != "POST":
        standing = unsubscribing.standing_of(token)
    elif request.POST.get("what") == "again":
        standing = unsubscribing.subscribe_again(token=token)
    else:
        standing = unsubscribing.unsubscribe(token=token, at=timezone.now())
    return render(request, "public/unsubscribe.html", {"standing": standing})
