"""One person with a password, and the codes that an authenticator app would show."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from fengcai.apps.people.actions import create_account
from fengcai.apps.people.models import AccountEvent, User

PASSWORD = "zhong-yi-yuan-2026"


def code_of(secret: str, at: float | None = None) -> str:
    """RFC 6238 with SHA-1, six digits, thirty seconds."""
    step = int((time.time() if at is None else at) // 30)
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 15
    (number,) = struct.unpack(">I", digest[offset : offset + 4])
    return f"{(number & 0x7FFFFFFF) % 10**6:06}"


def log_of(user: User) -> list[str]:
    """The kinds of the account's log, the oldest first."""
    return list(
        AccountEvent.objects.filter(user=user).order_by("pk").values_list("kind", flat=True)
    )


@pytest.fixture(autouse=True)
def quick_hashes(settings: Any) -> None:
    """A real hash takes half a second by design, and these tests send hundreds of passwords."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def patient_doors() -> None:
    """All tests come from one address; what one has asked does not count for the next."""
    caches["process"].clear()


@pytest.fixture
def person() -> User:
    return create_account(username="zuzhi", name="组织者", password=PASSWORD)


@pytest.fixture
def sign_in() -> Callable[..., Client]:
    """`sign_in(client?, username=, password=)` -> the client after the password was sent."""

    def send(
        client: Client | None = None, username: str = "zuzhi", password: str = PASSWORD
    ) -> Client:
        client = client or Client()
        client.last = client.post(  # type: ignore[attr-defined]
            "/accounts/login/", {"login": username, "password": password}
        )
        return client

    return send


@pytest.fixture
def with_code(person: User, sign_in: Callable[..., Client]) -> tuple[Client, str, list[str]]:
    """A signed-in browser, the app's secret, and the recovery codes: set up by the pages."""
    client = sign_in()
    page = client.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 302
    assert page["Location"].startswith("/accounts/reauthenticate/")
    done = client.post(page["Location"], {"password": PASSWORD}, follow=True)
    secret = re.search(r'data-copy="([A-Z2-7]{32})"', done.content.decode())
    assert secret is not None
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret[1])})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    shown = client.get(answer["Location"]).content.decode()
    codes = re.findall(r'<li class="code">(\d{8})</li>', shown)
    assert len(codes) == 10
    return client, secret[1], codes
