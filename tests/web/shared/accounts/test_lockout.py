"""Wrong passwords: who is locked, for how long, by which address, and how it is undone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.test import Client, override_settings
from django.utils import timezone

from fengcai.apps.people.access import unlock_account
from fengcai.apps.people.actions import create_account
from fengcai.apps.people.models import User
from fengcai.project.security import ATTEMPTS, COOL_OFF
from tests.web.shared.accounts.conftest import PASSWORD, log_of

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


def locked(sign_in: SignIn, times: int = ATTEMPTS, **where: object) -> Client:
    client = Client(**where)  # type: ignore[arg-type]
    for _ in range(times):
        sign_in(client, password="not-this-one")
    return client


def test_the_fifth_wrong_password_locks_and_says_until_when(person: User, sign_in: SignIn) -> None:
    before = timezone.now()
    almost = locked(sign_in, ATTEMPTS - 1)
    assert almost.last.status_code == 200  # type: ignore[attr-defined]
    answer = sign_in(almost, password="not-this-one").last  # type: ignore[attr-defined]
    assert answer.status_code == 429
    told = re.search(r"请在 (\d\d:\d\d) 之后再试", answer.content.decode())
    assert told is not None
    until = timezone.localtime(before + COOL_OFF)
    minutes = {f"{until + timedelta(seconds=more):%H:%M}" for more in (0, 59, 90)}
    assert told[1] in minutes
    assert 0 < int(answer["Retry-After"]) <= COOL_OFF.total_seconds()
    right = sign_in(almost).last  # type: ignore[attr-defined]
    assert right.status_code == 429, "the right password is not even tried"
    assert log_of(person) == ["locked"]


def test_it_opens_by_itself(person: User, sign_in: SignIn) -> None:
    client = locked(sign_in)
    with time_machine.travel(datetime.now().astimezone() + COOL_OFF + timedelta(seconds=5)):
        assert sign_in(client).last["Location"] == "/me/"  # type: ignore[attr-defined]
    assert not AccessAttempt.objects.filter(username="zuzhi").exists()


def test_trying_while_locked_does_not_prolong_it(person: User, sign_in: SignIn) -> None:
    client = locked(sign_in)
    now = datetime.now().astimezone()
    with time_machine.travel(now + COOL_OFF - timedelta(minutes=1)):
        assert sign_in(client).last.status_code == 429  # type: ignore[attr-defined]
    with time_machine.travel(now + COOL_OFF + timedelta(seconds=5)):
        assert sign_in(client).last.status_code == 302  # type: ignore[attr-defined]


def test_a_stranger_elsewhere_does_not_lock_the_owner_out(person: User, sign_in: SignIn) -> None:
    locked(sign_in, REMOTE_ADDR="203.0.113.9")
    assert sign_in().last["Location"] == "/me/"  # type: ignore[attr-defined]


def test_another_account_from_the_same_desk_is_not_locked(person: User, sign_in: SignIn) -> None:
    create_account(username="shenhe", name="审核员", password=PASSWORD)
    client = locked(sign_in)
    assert sign_in(client, username="shenhe").last["Location"] == "/me/"  # type: ignore[attr-defined]


def test_another_spelling_is_no_second_five_attempts(person: User, sign_in: SignIn) -> None:
    client = locked(sign_in, ATTEMPTS - 1)
    answer = sign_in(client, username=" ZuZhi ", password="not-this-one").last  # type: ignore[attr-defined]
    assert answer.status_code == 429


def test_another_browser_at_the_same_address_is_no_second_five_attempts(
    person: User, sign_in: SignIn
) -> None:
    locked(sign_in, ATTEMPTS - 1, headers={"user-agent": "one"})
    assert locked(sign_in, 1, headers={"user-agent": "two"}).last.status_code == 429  # type: ignore[attr-defined]


def test_a_name_that_is_nobody_s_locks_alike(sign_in: SignIn) -> None:
    client = Client()
    for _ in range(ATTEMPTS):
        sign_in(client, username="nobody", password="not-this-one")
    assert client.last.status_code == 429  # type: ignore[attr-defined]


def test_a_client_cannot_change_its_address_by_a_header(person: User, sign_in: SignIn) -> None:
    client = Client()
    for number in range(ATTEMPTS):
        client.last = client.post(  # type: ignore[attr-defined]
            "/accounts/login/",
            {"login": "zuzhi", "password": "not-this-one"},
            headers={"x-forwarded-for": f"198.51.100.{number}"},
        )
    assert client.last.status_code == 429  # type: ignore[attr-defined]


@override_settings(FENGCAI_TRUSTED_PROXIES=1)
def test_behind_our_proxy_each_client_has_his_own_attempts(person: User, sign_in: SignIn) -> None:
    locked(sign_in, headers={"x-forwarded-for": "9.9.9.9, 203.0.113.9"})
    other = Client(headers={"x-forwarded-for": "203.0.113.9, 198.51.100.7"})
    assert sign_in(other).last.status_code == 302  # type: ignore[attr-defined]
    again = Client(headers={"x-forwarded-for": "1.2.3.4, 203.0.113.9"})
    assert sign_in(again).last.status_code == 429  # type: ignore[attr-defined]


def test_one_account_tried_from_everywhere_is_braked(person: User, sign_in: SignIn) -> None:
    said = ""
    for number in range(21):
        client = Client(REMOTE_ADDR=f"203.0.113.{number + 1}")
        said = sign_in(client, password="not-this-one").last.content.decode()  # type: ignore[attr-defined]
    assert "登录失败次数太多" in said


def test_the_office_unlocks(person: User, sign_in: SignIn) -> None:
    for number in range(4):
        locked(sign_in, REMOTE_ADDR=f"203.0.113.{number + 1}")
    here = locked(sign_in)
    assert sign_in(here).last.status_code == 200, "twenty an hour from anywhere are spent"  # type: ignore[attr-defined]
    assert unlock_account(username="zuzhi", at=timezone.now()) == 4
    assert sign_in(here).last["Location"] == "/me/"  # type: ignore[attr-defined]
    assert log_of(person)[-2:] == ["unlocked", "signed_in"]


def test_a_script_is_told_in_json(person: User, sign_in: SignIn) -> None:
    client = locked(sign_in, headers={"accept": "application/json"})
    assert client.last.status_code == 429  # type: ignore[attr-defined]
    assert client.last.json()["code"] == "locked"  # type: ignore[attr-defined]
