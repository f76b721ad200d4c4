"""Who is asking: a Bearer token, its scope, and how often it may ask.

No cookie is looked at, so no other site can ask in somebody's name. Roles are not asked here:
every action and query asks them of the account at the moment of the call.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import BaseCache, caches
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from fengcai.api.problems import Trouble
from fengcai.apps.contests.second_factor import lacks_second_factor
from fengcai.apps.people.tokens.actions import use_token
from fengcai.apps.people.tokens.scopes import Scope

if TYPE_CHECKING:
    from fengcai.apps.people.models import User

WINDOW_S = 60
KNOWN_FOR_S = 300
"""After a role is given, the door closes within this time."""


class Bearer(HttpBearer):
    """A token that is alive, of an account that is open, with `scope` if one is named."""

    openapi_bearerFormat = "fc_…"  # noqa: N815  (OpenAPI's own name)
    openapi_description = "在“我的令牌”页或由 fengcai token create 建立；只在建立时显示一次。"

    def __init__(self, scope: Scope | None = None) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """The token's row, which becomes `request.auth`. Raises `Trouble`."""
        found = use_token(key=token, at=timezone.now())
        if found is None:
            raise Trouble(
                "unauthenticated",
                headers={"WWW-Authenticate": 'Bearer realm="fengcai", error="invalid_token"'},
            )
        _count(found.pk)
        _second_factor(found.user)
        if self.scope is not None and self.scope.value not in found.scopes:
            raise Trouble(
                "scope-missing",
                detail=f"这个令牌没有“{self.scope.label}”（{self.scope.value}）权限，请另建一个。",
                detail_en=f"The token lacks the scope {self.scope.value}. Make another one.",
                headers={
                    "WWW-Authenticate": 'Bearer realm="fengcai", error="insufficient_scope", '
                    f'scope="{self.scope.value}"'
                },
            )
        return found


def _second_factor(user: User) -> None:
    """What pages ask of the account, its tokens keep too. Raises `Trouble`.

    A good answer holds for as long as it does on pages; 1 to 2 SQL then, none where nobody must.
    """
    if not settings.FENGCAI_SECOND_FACTOR_FOR:
        return
    cache, key = _cache(), f"api:second-factor:{user.pk}"
    if cache.get(key):
        return
    if lacks_second_factor(user):
        raise Trouble("second-factor-missing")
    cache.set(key, True, timeout=KNOWN_FOR_S)


def caller(request: HttpRequest) -> User:
    """The account in whose name the program asks."""
    account: User = request.auth.user  # type: ignore[attr-defined]
    return account


def _count(token_id: int) -> None:
    """Count this request in the minute's window. Raises `Trouble` beyond the limit.

    Each process counts for itself: a count in the database would cost more than most answers.
    """
    cache = _cache()
    now = time.time()
    key = f"api:rate:{token_id}:{int(now // WINDOW_S)}"
    cache.add(key, 0, timeout=2 * WINDOW_S)
    try:
        asked = cache.incr(key)
    except ValueError:  # the cache forgot the key between the two calls
        return
    if asked > settings.FENGCAI_API_REQUESTS_A_MINUTE:
        wait = int(WINDOW_S - now % WINDOW_S) + 1
        raise Trouble("too-many", headers={"Retry-After": str(wait)})


def _cache() -> BaseCache:
    return caches["process" if "process" in settings.CACHES else "default"]
