"""How often one address may ask for a page that anybody can open: a brake on machines, not a lock.

Counted in each process, without SQL; what must not be guessed is kept by its length instead.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.core.cache import caches
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from fengcai.web.shared.address import counted_address
from fengcai.web.shared.faults import too_many

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def paced(name: str, *, limit: int, seconds: int) -> Callable[[View], View]:
    """At most `limit` requests in `seconds` from one address; then 429."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if _count(f"pace:{name}:{counted_address(request)}", seconds) > limit:
                return too_many(request)
            return view(request, *args, **kwargs)

        return cast("View", answer)

    return decorate


def _count(key: str, seconds: int) -> int:
    counters = caches["process"]
    if counters.add(key, 1, seconds):
        return 1
    try:
        return counters.incr(key)
    except ValueError:  # it ran out between the two
        counters.set(key, 1, seconds)
        return 1
