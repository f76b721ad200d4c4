"""A token opens what its scopes and its account's roles both allow, until it ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fengcai.apps.contests.models import Membership
from fengcai.apps.people.models import ApiToken
from fengcai.apps.people.tokens.actions import create_token, revoke_token
from fengcai.apps.refusals import NotFound, Refused
from tests.api.conftest import Calls, Program
from tests.factories.collecting import DAY, Collecting


def test_without_a_token_nothing(stage: Collecting) -> None:
    answer = Program("").get("contests")
    assert (answer.status, answer.problem) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="fengcai"'


@pytest.mark.parametrize("key", ["fc_", "fc_" + "A" * 43, "x", "fc_" + "á" * 43, "fc_ " + "A" * 42])
def test_an_invented_token_opens_nothing(stage: Collecting, key: str) -> None:
    client = Client()
    answer = client.get("/api/v1/contests", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_session_is_no_token(stage: Collecting) -> None:
    client = Client()
    client.force_login(stage.organiser)
    assert client.get("/api/v1/contests").status_code == 401


def test_a_token_ends_with_its_time_its_revocation_and_its_account(
    stage: Collecting, calls: Calls
) -> None:
    program = calls(stage.organiser)
    assert program.get("me").status == 200
    with time_machine.travel(DAY + timedelta(days=89), tick=False):
        assert program.get("me").status == 200
    with time_machine.travel(DAY + timedelta(days=91), tick=False):
        assert program.get("me").status == 401
    stage.organiser.is_active = False
    stage.organiser.save()
    assert program.get("me").status == 401
    stage.organiser.is_active = True
    stage.organiser.save()
    assert program.get("me").status == 200
    token = ApiToken.objects.get()
    revoke_token(token_id=token.pk, owner=stage.organiser, by="user:1", at=timezone.now())
    assert program.get("me").status == 401


def test_a_scope_that_was_not_given_is_refused(stage: Collecting, calls: Calls) -> None:
    program = calls(stage.organiser, "contests:read")
    assert program.get("contests").status == 200
    answer = program.get(f"contests/{stage.contest.slug}/entries")
    assert (answer.status, answer.problem) == (403, "scope-missing")
    assert "entries:read" in answer.body["detail"]
    assert "entries:read" in answer.body["detail_en"]
    assert 'scope="entries:read"' in answer.headers["WWW-Authenticate"]


def test_a_role_that_ended_ends_for_the_token_too(stage: Collecting, calls: Calls) -> None:
    program = calls(stage.organiser)
    assert program.get(f"contests/{stage.contest.slug}").status == 200
    Membership.objects.filter(user=stage.organiser).update(until=timezone.now())
    assert program.get(f"contests/{stage.contest.slug}").problem == "not-found"
    assert program.get("contests").body == {"items": [], "next": None}


def test_the_key_is_not_in_the_database(stage: Collecting, calls: Calls) -> None:
    key = calls(stage.organiser).key
    row = ApiToken.objects.values().get()
    assert key not in str(row)
    assert row["hint"] == key[:7]


def test_use_is_noted_once_a_minute(
    stage: Collecting, calls: Calls, django_assert_num_queries
) -> None:
    program = calls(stage.organiser)
    with time_machine.travel(DAY + timedelta(hours=1), tick=False) as now:
        program.get("problems")
        program.get("me")
        first = ApiToken.objects.get().last_used_at
        assert first == timezone.now()
        now.shift(59)
        with django_assert_num_queries(2):  # the token, the seats
            program.get("me")
        assert ApiToken.objects.get().last_used_at == first
        now.shift(1)
        program.get("me")
        assert ApiToken.objects.get().last_used_at == first + timedelta(minutes=1)


def test_too_many_requests_wait_and_another_token_does_not(
    stage: Collecting, calls: Calls, settings
) -> None:
    settings.FENGCAI_API_REQUESTS_A_MINUTE = 3
    program, other = calls(stage.organiser), calls(stage.organiser)
    with time_machine.travel(DAY.replace(second=20), tick=False) as now:
        assert [program.get("me").status for _ in range(4)] == [200, 200, 200, 429]
        answer = program.get("me")
        assert (answer.problem, answer.headers["Retry-After"]) == ("too-many", "41")
        assert other.get("me").status == 200
        now.shift(41)
        assert program.get("me").status == 200


def test_making_and_taking_back_are_recorded_without_the_name(stage: Collecting) -> None:
    from fengcai.apps.audit.models import AuditRecord
    from fengcai.apps.audit.queries import verify_chain

    token, _ = create_token(
        user=stage.organiser,
        name="  OA  同步 ",
        scopes=["entries:read", "contests:read"],
        life=timedelta(days=1),
        by="user:1",
        at=DAY,
    )
    assert (token.name, token.scopes) == ("OA 同步", ["contests:read", "entries:read"])
    for _ in range(2):
        revoke_token(token_id=token.pk, owner=None, by="system:command", at=DAY)
    rows = AuditRecord.objects.filter(chain="people")
    assert [(r.action, r.actor, r.subject) for r in rows.order_by("sequence")] == [
        ("people.create_token", "user:1", f"token:{token.pk}"),
        ("people.revoke_token", "system:command", f"token:{token.pk}"),
    ]
    assert "OA" not in str([r.details for r in rows])
    assert verify_chain("people").ok


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "长" * 61}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["root"]}, "scopes"),
        ({"life": timedelta(0)}, "days"),
        ({"life": timedelta(days=367)}, "days"),
    ],
)
def test_a_token_has_a_purpose_a_scope_and_an_end(
    stage: Collecting, change: dict, field: str
) -> None:
    right = {"name": "OA", "scopes": ["jobs:read"], "life": timedelta(days=30)}
    with pytest.raises(Refused) as refused:
        create_token(user=stage.organiser, by="user:1", at=DAY, **{**right, **change})
    assert list(refused.value.fields) == [field]
    assert not ApiToken.objects.exists()


def test_twenty_tokens_are_enough(stage: Collecting, calls: Calls) -> None:
    for _ in range(20):
        calls(stage.organiser, "jobs:read")
    with pytest.raises(Refused, match="最多有 20 个"):
        calls(stage.organiser, "jobs:read")
    calls(stage.reviewer, "jobs:read")


def test_nobody_takes_back_another_ones_token(stage: Collecting, calls: Calls) -> None:
    program = calls(stage.organiser)
    token = ApiToken.objects.get()
    with pytest.raises(NotFound):
        revoke_token(token_id=token.pk, owner=stage.reviewer, by="user:2", at=DAY)
    assert program.get("me").status == 200


def test_a_token_is_held_to_the_second_factor_of_its_account(
    stage: Collecting, calls: Calls, settings: Any
) -> None:
    """Made by command, it goes round the page that leads people to set one up."""
    settings.FENGCAI_SECOND_FACTOR_FOR = frozenset({"organiser"})
    program, other = calls(stage.organiser), calls(stage.reviewer)
    for _ in range(2):
        answer = program.get("me")
        assert (answer.status, answer.problem) == (403, "second-factor-missing")
        assert "“账号安全”启用后再试" in answer.body["detail"]
    assert program.post("contests/x/entries", {"unit": 1}).problem == "second-factor-missing"
    assert other.get("me").status == 200
    TOTP.activate(stage.organiser, "A" * 32)
    assert program.get("me").status == 200
    with CaptureQueriesContext(connection) as again:
        assert program.get("me").status == 200
    assert not any("mfa_authenticator" in row["sql"] for row in again)
