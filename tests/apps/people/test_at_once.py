"""Two requests at the same moment: one code to a number, one first administrator."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fengcai.apps.people.models import User
from fengcai.apps.people.phones.actions import TooMany, new_code
from fengcai.apps.people.setup import make_first_administrator, make_setup_key, setup_digest_of
from fengcai.apps.refusals import NotPermitted
from tests.apps.meeting import at_once, two_writers

pytestmark = [*two_writers, pytest.mark.intake]

NOW = datetime(2026, 4, 30, 16, 0, 30, tzinfo=UTC)


def test_of_two_requests_at_once_one_sends() -> None:
    def ask() -> str:
        return new_code(number="13800001234", address="10.0.0.1", device="d", at=NOW)

    done = at_once(ask, ask, pause="fengcai.apps.people.phones.actions._require_room")
    assert sorted(isinstance(each, TooMany) for each in done) == [False, True]


def test_of_two_first_administrators_one_is_made() -> None:
    digest = setup_digest_of(make_setup_key())

    def make(username: str) -> User:
        return make_first_administrator(
            digest=digest, username=username, name=username, password="zhong-yi-yuan-26", at=NOW
        )

    done = at_once(
        lambda: make("one"), lambda: make("two"), pause="fengcai.apps.people.setup.create_account"
    )
    assert sorted(isinstance(each, NotPermitted) for each in done) == [False, True]
    assert User.objects.filter(is_staff=True).count() == 1
