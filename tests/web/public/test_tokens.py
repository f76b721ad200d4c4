"""One's own keys: shown once, listed by their beginning, taken back; nobody else's."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fengcai.apps.people.actions import create_account
from fengcai.apps.people.models import ApiToken, User
from fengcai.apps.people.tokens.actions import create_token
from tests.web.shared.conftest import front_end

__all__ = ["front_end"]

pytestmark = pytest.mark.django_db
PAGE = "/me/tokens/"
PASSWORD = "yizhangtongzhi-1"
ASKED = {"name": "OA 每晚同步", "scopes": ["entries:read", "results:read"], "days": "90"}


@pytest.fixture
def officer() -> User:
    return create_account(username="office", name="宣传科", password=PASSWORD)


def come_in(user: User, *, proved: bool = True) -> Client:
    """Signed in; `proved` says that the password was given within the last minutes."""
    client = Client()
    client.force_login(user)
    if proved:
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def test_a_token_is_shown_once_and_works(officer: User) -> None:
    client = come_in(officer)
    answer = client.post(PAGE, ASKED)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    key = re.search(r'id="key" value="(fc_[\w-]{43})"', answer.content.decode())
    assert key is not None
    listed = client.get(PAGE).content.decode()
    assert key[1] not in listed
    assert key[1][:7] + "…" in listed
    assert "OA 每晚同步" in listed
    assert "没有用过" in listed
    token = ApiToken.objects.get()
    assert token.scopes == ["entries:read", "results:read"]
    assert timedelta(days=89) < token.expires_at - timezone.now() <= timedelta(days=90)
    asked = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {key[1]}"})
    assert asked.json()["name"] == "宣传科"

    gone = client.post(f"{PAGE}{token.pk}/revoke/", follow=True)
    assert "已停用" in gone.content.decode()
    asked = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {key[1]}"})
    assert asked.status_code == 401


def test_making_one_asks_for_the_password_again(officer: User) -> None:
    client = come_in(officer, proved=False)
    assert client.get(PAGE).status_code == 200
    answer = client.post(PAGE, ASKED)
    assert answer.status_code == 302
    assert "/reauthenticate/" in answer.headers["Location"]
    assert not ApiToken.objects.exists()
    wrong = client.post(answer.headers["Location"], {"password": "wrong"})
    assert "fc_" not in wrong.content.decode()
    made = client.post(answer.headers["Location"], {"password": PASSWORD})
    assert 'id="key" value="fc_' in made.content.decode()
    assert f'action="{PAGE}"' in made.content.decode()
    assert ApiToken.objects.get().name == ASKED["name"]


def test_what_is_missing_is_said_and_the_rest_is_kept(officer: User) -> None:
    answer = come_in(officer).post(PAGE, {"name": "OA <b>", "days": "400"})
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "请至少选一项" in said
    assert 'value="OA &lt;b&gt;"' in said
    assert not ApiToken.objects.exists()


def test_another_ones_token_is_neither_seen_nor_taken_back(officer: User) -> None:
    other = create_account(username="other", name="别人", password="yizhangtongzhi-2")
    token, _ = create_token(
        user=other,
        name="别人的令牌",
        scopes=["jobs:read"],
        life=timedelta(days=1),
        by="user:1",
        at=timezone.now(),
    )
    client = come_in(officer)
    assert "别人的令牌" not in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}{token.pk}/revoke/").status_code == 404
    assert ApiToken.objects.get().revoked_at is None


def test_who_comes_by_a_link_alone_makes_none() -> None:
    guest = create_account(username="lly", name="联络员")
    client = come_in(guest, proved=False)
    assert "个人链接进入" in client.get(PAGE).content.decode()
    answer = client.post(PAGE, ASKED)
    assert answer.status_code == 422
    assert not ApiToken.objects.exists()


def test_strangers_are_asked_to_sign_in() -> None:
    for answer in (Client().get(PAGE), Client().post(PAGE), Client().post(f"{PAGE}1/revoke/")):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/")
