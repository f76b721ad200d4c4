"""Programs that call: each with a token of its own, in a contest that collects works."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from fengcai.apps.people.models import User
from fengcai.apps.people.tokens.actions import create_token
from fengcai.apps.people.tokens.scopes import Scope
from tests.factories.collecting import DAY, Collecting, collecting

ALL = tuple(Scope.values)


@dataclass
class Answer:
    """An answer with its JSON read."""

    status: int
    body: Any
    headers: Any

    @property
    def problem(self) -> str:
        """The name at the end of a problem's type."""
        assert self.headers["Content-Type"] == "application/problem+json"
        return str(self.body["type"]).rpartition("/")[2]


class Program:
    """Calls the API with one token."""

    def __init__(self, key: str) -> None:
        self.key = key
        self._client = Client()

    def get(self, address: str, **parameters: Any) -> Answer:
        return self._read(self._client.get(_at(address), parameters, headers=self._headers()))

    def post(self, address: str, body: Any = None, *, key: str = "") -> Answer:
        return self.send("POST", address, body, key=key)

    def patch(self, address: str, body: Any) -> Answer:
        return self.send("PATCH", address, body)

    def send(
        self,
        method: str,
        address: str,
        body: Any = None,
        *,
        key: str = "",
        content_type: str = "application/json",
    ) -> Answer:
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body)
        headers = self._headers() | ({"Idempotency-Key": key} if key else {})
        answer = self._client.generic(method, _at(address), data, content_type, headers=headers)
        return self._read(answer)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}

    def _read(self, answer: Any) -> Answer:
        text = getattr(answer, "content", b"").decode()
        spoken = answer.headers.get("Content-Type", "")
        body = json.loads(text) if "json" in spoken else text
        return Answer(answer.status_code, body, answer.headers)


def _at(address: str) -> str:
    return address if address.startswith("/") else f"/api/v1/{address}"


@pytest.fixture(autouse=True)
def clock(db: None) -> Iterator[None]:
    """The time for submission is running; the minute's counters are empty."""
    for cache in caches.all():
        cache.clear()
    with time_machine.travel(DAY, tick=True):
        yield


@pytest.fixture
def stage(db: None) -> Collecting:
    return collecting()


Calls = Callable[..., Program]


@pytest.fixture
def calls(db: None) -> Calls:
    """`calls(user, "entries:read", …)`: a program with a token of these scopes (default: all)."""

    def make(user: User, *scopes: str) -> Program:
        _, key = create_token(
            user=user,
            name="测试",
            scopes=scopes or ALL,
            life=timedelta(days=90),
            by=f"user:{user.pk}",
            at=timezone.now(),
        )
        return Program(key)

    return make
