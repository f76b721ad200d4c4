"""The count of wrong tries where axes does not count."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import RequestFactory

from fengcai.web.shared.accounts import limits


class Interrupted:
    """The cache; before its first write somebody else's wrong try comes in between."""

    def __init__(self, other: limits.Tries) -> None:
        self.other: limits.Tries | None = other

    def __getattr__(self, name: str) -> Any:
        if name not in ("add", "set"):
            return getattr(cache, name)

        def write(*values: Any) -> Any:
            if self.other is not None:
                other, self.other = self.other, None
                other.failed()
            return getattr(cache, name)(*values)

        return write


@pytest.mark.django_db
def test_two_wrong_tries_at_the_same_moment_are_two(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    tries = [limits.Tries("ldap", "zhang", RequestFactory().post("/")) for _ in range(limits.HERE)]
    for first, second in zip(tries[::2], tries[1::2], strict=False):
        monkeypatch.setattr(limits, "cache", Interrupted(second))
        first.failed()
    assert not tries[0].closed()
    tries[-1].failed()
    assert tries[0].closed() == limits.CLOSED
    tries[0].right()
    assert not tries[0].closed()
