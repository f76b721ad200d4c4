"""How often a password may be tried where axes does not count: at the hospital's directory.

Counted in the database's cache, which all processes share: by name and address, and by name alone.
"""

from __future__ import annotations

import hashlib

from django.core.cache import cache
from django.http import HttpRequest

from fengcai.web.shared.address import counted_address

HERE, EVERYWHERE = 5, 20
SECONDS, LONG = 15 * 60, 3600
CLOSED = "输错的次数太多，请过一刻钟再试，或换一种方式登录。"


class Tries:
    """The tries of one name from one address."""

    def __init__(
        self, kind: str, name: str, request: HttpRequest, *, everywhere: int = EVERYWHERE
    ) -> None:
        who = hashlib.sha256(name.strip().casefold().encode()).hexdigest()[:32]
        self._here = f"tries:{kind}:{who}:{counted_address(request)}"
        self._everywhere = f"tries:{kind}:{who}"
        self._most = everywhere

    def closed(self) -> str:
        """Why there may be no further try now; empty when there may be."""
        here, everywhere = cache.get(self._here, 0), cache.get(self._everywhere, 0)
        return CLOSED if here >= HERE or everywhere >= self._most else ""

    def failed(self) -> None:
        """Count a wrong one."""
        for key, seconds in ((self._here, SECONDS), (self._everywhere, LONG)):
            # Not `incr`, which would let the count run out after the cache's usual five minutes.
            cache.set(key, cache.get(key, 0) + 1, seconds)

    def right(self) -> None:
        """Forget the wrong ones of this address."""
        cache.delete(self._here)
