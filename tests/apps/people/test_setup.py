"""The first administrator: made once, by whoever holds the newest key."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fengcai.apps.people.actions import create_account
from fengcai.apps.people.models import Installation, User
from fengcai.apps.people.setup import (
    make_first_administrator,
    make_setup_key,
    setup_digest_of,
    setup_is_open,
)
from fengcai.apps.refusals import NotPermitted, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.intake]

NOW = datetime(2026, 4, 30, 16, tzinfo=UTC)
PASSWORD = "zhong-yi-yuan-2026"


def first(digest: str, username: str = "guanli", password: str = PASSWORD) -> User:
    return make_first_administrator(
        digest=digest, username=username, name="管理员", password=password, at=NOW
    )


@pytest.mark.clause("U7")
def test_the_key_opens_once_and_a_newer_one_voids_it() -> None:
    old, key = make_setup_key(), make_setup_key()
    assert len(key.replace("-", "")) == 20
    assert setup_digest_of(old) == setup_digest_of("") == setup_digest_of("-") == ""
    digest = setup_digest_of(f" {key.lower().replace('-', ' ')} ")
    assert setup_is_open(digest)
    assert not setup_is_open("")
    assert key not in Installation.objects.get().setup_digest
    with pytest.raises(Refused, match="密码不合要求"):
        first(digest, password="1234")
    user = first(digest)
    assert user.is_staff
    assert not user.is_superuser
    assert not setup_is_open(digest)
    assert make_setup_key() == ""
    with pytest.raises(NotPermitted, match="失效"):
        first(digest, "second")
    assert User.objects.count() == 1


def test_nobody_becomes_administrator_beside_one_or_without_a_key() -> None:
    with pytest.raises(NotPermitted):
        first("")
    key = make_setup_key()
    digest = setup_digest_of(key)
    create_account(username="boss", name="管理员", administrator=True)
    assert setup_digest_of(key) == ""
    with pytest.raises(NotPermitted, match="已经有系统管理员"):
        first(digest)
    Installation.objects.update(setup_digest="")
    with pytest.raises(NotPermitted):
        first("")
