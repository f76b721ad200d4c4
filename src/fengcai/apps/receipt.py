"""When a request had come in: the one instant by which pages and the API judge whether it is in time.

A letter brings its own instant (`mailbox.works.counted_at`), an import the other system's
(`exchange.taking`); all of them go to the same actions as `at`. It decides nothing itself.
"""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

RECEIVED = "fengcai.received"
"""Where the ASGI handler notes in a request's scope when it had come in whole."""


def received_at(request: HttpRequest) -> datetime:
    """The instant at which the request had arrived here: what decides whether it is in time. In the
    last minute hundreds wait for a thread; nobody is late for having waited."""
    scope = getattr(request, "scope", None) or {}
    found = scope.get(RECEIVED)
    return found if isinstance(found, datetime) else timezone.now()
