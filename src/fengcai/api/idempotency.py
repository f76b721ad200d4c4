"""`Idempotency-Key`: a POST that is sent again gets the answer of the first time.

The answer is kept in the transaction of the effect. What was refused left no effect, so it is not
kept: the same key may be tried again. How: `people.answers`; here it is bound to a view.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Schema
from ninja.responses import NinjaJSONEncoder

from fengcai.api.bearer import caller
from fengcai.api.problems import Trouble, invalid
from fengcai.apps.people.answers import Kept, claim, keep

HEADER = "Idempotency-Key"
KEY = re.compile(r"[\x21-\x7e]{1,64}")
IN_HAND_S = 60


def once(
    status: int = 200, *, keep_answer: bool = True
) -> Callable[[Callable[..., Schema]], Callable[..., HttpResponse]]:
    """Make a view answer the same to the same key. It returns a schema; `url` there, if it has
    one, becomes the Location of a 201.

    `keep_answer=False` is for a view that changes nothing and whose answer is a secret: it is made
    anew rather than stored; that the key stands for this request is still checked.
    """

    def bind(view: Callable[..., Schema]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def served(request: HttpRequest, **arguments: Any) -> HttpResponse:
            key = request.headers.get(HEADER)
            if key is None:
                return _response(_kept(view(request, **arguments), status))
            if not KEY.fullmatch(key):
                raise invalid(
                    f"header.{HEADER}",
                    "应为 1 至 64 个可见的 ASCII 字符",
                    "1 to 64 visible ASCII characters",
                )
            return _once(view, request, arguments, key, status, keep_answer=keep_answer)

        # Ninja reads the annotations; as texts they would be looked up in this module.
        served.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
        return served

    return bind


def _once(
    view: Callable[..., Schema],
    request: HttpRequest,
    arguments: dict[str, Any],
    key: str,
    status: int,
    *,
    keep_answer: bool,
) -> HttpResponse:
    user = caller(request)
    in_hand = f"api:key:{user.pk}:{hashlib.sha256(key.encode()).hexdigest()}"
    # Whoever comes while the first is at work is told so at once where the cache is shared; where
    # it is not, the database makes him wait and gives him the first one's answer.
    if not cache.add(in_hand, 1, timeout=IN_HAND_S):
        raise Trouble("key-in-use", headers={"Retry-After": "1"})
    try:
        with transaction.atomic():
            kept = claim(user=user, key=key, fingerprint=_fingerprint(request), at=timezone.now())
            if kept is not None:
                return _response(kept, again=True)
            kept = _kept(view(request, **arguments), status)
            if keep_answer:
                keep(user=user, key=key, kept=kept)
            return _response(kept)
    finally:
        cache.delete(in_hand)


def _kept(made: Schema, status: int) -> Kept:
    body = json.dumps(made.model_dump(), cls=NinjaJSONEncoder, ensure_ascii=False)
    location = str(getattr(made, "url", "")) if status == 201 else ""
    return Kept(status, body, location)


def _response(kept: Kept, *, again: bool = False) -> HttpResponse:
    response = HttpResponse(
        kept.body, status=kept.status, content_type="application/json; charset=utf-8"
    )
    if kept.location:
        response["Location"] = kept.location
    if again:
        response["Idempotency-Replayed"] = "true"
    return response


def _fingerprint(request: HttpRequest) -> str:
    said = f"{request.method} {request.get_full_path()}\n".encode("utf-8", "surrogatepass")
    return hashlib.sha256(said + request.body).hexdigest()
