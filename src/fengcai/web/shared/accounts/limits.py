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
        self._here = f"tries:{kind}:{who}:{counted_address(request)}", HERE, SECONDS
        self._everywhere = f"tries:{kind}:{who}", everywhere, LONG

    def closed(self) -> str:
        """Why there may be no further try now; empty when there may be."""
        full = (
            len(cache.get_many(_slots(key, most))) >= most
            for key, most, _ in (self._here, self._everywhere)
        )
        return CLOSED if any(full) else ""

    def failed(self) -> None:
        """Count a wrong one. Each takes a slot, which only one can: two at the same moment are two."""
        for key, most, seconds in (self._here, self._everywhere):
            next((slot for slot in _slots(key, most) if cache.add(slot, 1, seconds)), None)

    def right(self) -> None:
        """Forget the wrong ones of this address."""
        key, most, _ = self._here
        cache.delete_many(_slots(key, most))


def _slots(key: str, most: int) -> list[str]:
    return [f"{key}:{n}" for n in range(min(most, EVERYWHERE))]
