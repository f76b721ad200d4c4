"""The request as views see it: behind `login_required` its user is one of ours; when it came is known
from before it waited for its turn."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils import timezone

if TYPE_CHECKING:
    from fengcai.apps.people.models import User


class MemberRequest(HttpRequest):
    """A request whose user has signed in. A type for annotations; Django makes the instances."""

    user: User


RECEIVED = "fengcai.received"
"""Where the ASGI handler notes in a request's scope when it had come in whole."""


def received_at(request: HttpRequest) -> datetime:
    """The instant at which the request had arrived here: what decides whether it is in time. In the
    last minute hundreds wait for a thread; nobody is late for having waited."""
    scope = getattr(request, "scope", None) or {}
    found = scope.get(RECEIVED)
    return found if isinstance(found, datetime) else timezone.now()
