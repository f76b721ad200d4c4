"""Signing in through an identity provider, against a real one on the loopback."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client, override_settings
from django.utils import timezone

from fengcai.apps.people.access import link_identity, unlink_identity
from fengcai.apps.people.actions import create_account
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused
from fengcai.project.configuration import Configuration
from fengcai.project.security import settings_for
from tests.web.shared.accounts.conftest import PASSWORD, log_of
from tests.web.shared.accounts.provider import CLIENT_ID, CLIENT_SECRET, Issuer, provider

pytestmark = [pytest.mark.django_db, pytest.mark.engines]


def configured(issuer: Issuer, match: str = "link") -> Any:
    made = settings_for(
        Configuration(
            oidc_issuer=issuer.address,
            oidc_client_id=CLIENT_ID,
            oidc_client_secret=CLIENT_SECRET,
            oidc_name="本院统一认证",
        )
    )
    return override_settings(
        SOCIALACCOUNT_PROVIDERS=made["SOCIALACCOUNT_PROVIDERS"],
        FENGCAI_OIDC_NAME="本院统一认证",
        FENGCAI_OIDC_MATCH=match,
    )


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with provider() as running, configured(running):
        yield running


def round_trip(client: Client, process: str = "") -> Any:
    """From our button to the provider and back; the answer to the way back."""
    asked = client.post(f"/accounts/oidc/login/{process}")
    assert asked.status_code == 302, asked.content.decode()[:2000]
    sent = httpx.get(asked["Location"], follow_redirects=False)
    assert sent.status_code == 302
    back = urlsplit(sent.headers["Location"])
    assert back.path == "/accounts/oidc/callback/"
    return client.get(f"{back.path}?{back.query}")


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_tied_account_is_opened(issuer: Issuer, person: User) -> None:
    link_identity(username="zuzhi", subject="staff-7", at=timezone.now())
    client = Client()
    assert "用本院统一认证登录" in client.get("/accounts/login/").content.decode()
    assert round_trip(client)["Location"] == "/me/"
    assert client.session["_auth_user_id"] == str(person.pk)
    assert log_of(person) == ["linked", "signed_in"]
    (asked,) = issuer.asked
    assert asked["scope"].split() and set(asked["scope"].split()) == {"openid", "profile"}
    assert len(asked["nonce"]) >= 32
    kept = SocialAccount.objects.get().extra_data
    assert kept == {"id_token": {"sub": "staff-7", "preferred_username": "zuzhi", "name": None}}


def test_an_identity_that_nobody_tied_opens_nothing_and_makes_nothing(
    issuer: Issuer, person: User
) -> None:
    client = Client()
    answer = round_trip(client)
    assert answer.status_code == 403
    assert "没有与它绑定的账号" in answer.content.decode()
    assert not signed_in(client)
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 0)


def test_an_e_mail_address_proves_nothing(issuer: Issuer, person: User) -> None:
    person.email = "zuzhi@example.cn"
    person.save()
    issuer.person |= {"email": "zuzhi@example.cn", "email_verified": True}
    client = Client()
    assert round_trip(client).status_code == 403
    assert not signed_in(client)


def test_by_name_only_where_the_office_says_so_and_only_the_first_time(person: User) -> None:
    create_account(username="shenhe", name="审核员", password=PASSWORD)
    with provider() as issuer, configured(issuer, match="username"):
        client = Client()
        assert round_trip(client)["Location"] == "/me/"
        assert log_of(person) == ["linked", "signed_in"]
        # Somebody else gets the name at the provider: the account stays with the first.
        issuer.person = {"sub": "staff-8", "preferred_username": "zuzhi"}
        thief = Client()
        assert round_trip(thief).status_code == 403
        # The first is renamed at the provider: still his account, and nobody else's.
        issuer.person = {"sub": "staff-7", "preferred_username": "shenhe"}
        again = Client()
        round_trip(again)
        assert again.session["_auth_user_id"] == str(person.pk)
        issuer.person = {"sub": "staff-9", "preferred_username": "ZUZHI"}
        assert round_trip(Client()).status_code == 403


def test_who_is_signed_in_ties_his_own_identity_after_his_password(
    issuer: Issuer, person: User, sign_in: Callable[..., Client]
) -> None:
    client = sign_in()
    asked = round_trip(client, "?process=connect")
    assert asked["Location"] == "/accounts/reauthenticate/"
    assert SocialAccount.objects.count() == 0
    done = client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert done["Location"] == "/accounts/security/"
    assert SocialAccount.objects.get().uid == "staff-7"
    assert "已绑定" in client.get("/accounts/security/").content.decode()
    client.post("/accounts/security/unlink/")
    assert SocialAccount.objects.count() == 0
    assert log_of(person)[-2:] == ["linked", "unlinked"]


def test_an_identity_of_another_account_is_not_taken_over(
    issuer: Issuer, person: User, sign_in: Callable[..., Client]
) -> None:
    create_account(username="first", name="先来的", password=PASSWORD)
    link_identity(username="first", subject="staff-7", at=timezone.now())
    client = sign_in()
    round_trip(client, "?process=connect")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert SocialAccount.objects.get().user.username == "first"


def test_the_only_way_in_is_not_given_up(issuer: Issuer) -> None:
    person = create_account(username="nopass", name="无密码")
    link_identity(username="nopass", subject="staff-7", at=timezone.now())
    client = Client()
    round_trip(client)
    page = client.post("/accounts/security/unlink/", follow=True).content.decode()
    assert "唯一的登录方式" in page
    assert SocialAccount.objects.filter(user=person).exists()


def test_the_second_step_is_asked_for_all_the_same(
    issuer: Issuer, with_code: tuple[Client, str, list[str]]
) -> None:
    link_identity(username="zuzhi", subject="staff-7", at=timezone.now())
    client = Client()
    assert round_trip(client)["Location"] == "/accounts/2fa/authenticate/"
    assert not signed_in(client)


def without(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


def having(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda claims: claims | changes


@pytest.mark.parametrize(
    "spoilt",
    [
        having(nonce="of-another-request"), without("nonce"), having(aud="somebody-else"),
        having(aud=[CLIENT_ID, "other"]), having(azp="other"), having(iss="http://127.0.0.1:9"),
        having(exp=int(time.time()) - 3600), having(iat=int(time.time()) + 7200),
        without("exp"), without("sub"), without("aud"),
    ],
    ids=[
        "another nonce", "no nonce", "another audience", "several audiences", "another party",
        "another issuer", "expired", "from the future", "no expiry", "no subject", "no audience",
    ],
)  # fmt: skip
def test_a_spoilt_token_opens_nothing(
    issuer: Issuer, person: User, spoilt: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    link_identity(username="zuzhi", subject="staff-7", at=timezone.now())
    issuer.misbehave = spoilt
    client = Client()
    answer = round_trip(client)
    assert answer.status_code == 401
    assert "统一认证没有成功" in answer.content.decode()
    assert not signed_in(client)


@pytest.mark.parametrize("how", ["stranger", "none", "hmac", "unknown key", "no token"])
def test_a_token_that_the_provider_did_not_sign_opens_nothing(
    issuer: Issuer, person: User, how: str
) -> None:
    link_identity(username="zuzhi", subject="staff-7", at=timezone.now())
    signs: dict[str, Callable[[dict[str, Any]], str]] = {
        "stranger": lambda claims: jwt.encode(
            claims, issuer.stranger, algorithm="RS256", headers={"kid": "one"}
        ),
        "none": lambda claims: jwt.encode(claims, None, algorithm="none", headers={"kid": "one"}),
        "hmac": lambda claims: jwt.encode(
            claims, CLIENT_SECRET * 2, algorithm="HS256", headers={"kid": "one"}
        ),
        "unknown key": lambda claims: jwt.encode(
            claims, issuer.key, algorithm="RS256", headers={"kid": "two"}
        ),
        "no token": lambda claims: "",
    }
    issuer.sign = signs[how]
    client = Client()
    assert round_trip(client).status_code == 401
    assert not signed_in(client)


def test_userinfo_of_somebody_else_opens_nothing(issuer: Issuer, person: User) -> None:
    link_identity(username="zuzhi", subject="staff-7", at=timezone.now())
    issuer.person = {"sub": "staff-7"}
    issuer.userinfo = {"sub": "staff-8", "preferred_username": "zuzhi"}
    assert round_trip(Client()).status_code == 401
    issuer.userinfo = {"sub": "staff-7", "preferred_username": "zuzhi"}
    assert round_trip(Client())["Location"] == "/me/"


def test_the_way_back_belongs_to_the_browser_that_went(issuer: Issuer, person: User) -> None:
    link_identity(username="zuzhi", subject="staff-7", at=timezone.now())
    attacker, victim = Client(), Client()
    asked = attacker.post("/accounts/oidc/login/")
    back = urlsplit(httpx.get(asked["Location"]).headers["Location"])
    assert victim.get(f"{back.path}?{back.query}").status_code == 401
    assert not signed_in(victim)
    state = parse_qs(back.query)["state"][0]
    assert attacker.get(f"{back.path}?code=guessed&state={state}").status_code == 401


def test_who_turns_back_is_at_the_sign_in_page(issuer: Issuer) -> None:
    client = Client()
    asked = client.post("/accounts/oidc/login/")
    state = parse_qs(urlsplit(asked["Location"]).query)["state"][0]
    answer = client.get(f"/accounts/oidc/callback/?error=access_denied&state={state}")
    assert answer["Location"] == "/accounts/login/"
    assert "没有用统一认证登录" in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize(
    "document", [{"issuer": "http://127.0.0.1:9"}, {"token_endpoint": None}, {"jwks_uri": 7}]
)
def test_a_discovery_document_that_is_not_ours_is_refused(
    issuer: Issuer, document: dict[str, Any]
) -> None:
    issuer.discovery = document
    answer = Client().post("/accounts/oidc/login/")
    assert answer.status_code == 401
    assert "统一认证没有成功" in answer.content.decode()


def test_a_provider_that_is_away_is_said_so() -> None:
    with provider() as gone, configured(gone):
        settings = configured(gone)
    with settings:
        answer = Client().post("/accounts/oidc/login/")
    assert answer.status_code == 401
    assert "暂时连不上" in answer.content.decode()


def test_pages_at_another_address_are_one_more_tap_away(issuer: Issuer) -> None:
    issuer.discovery = {"authorization_endpoint": "https://login.example.cn/authorize"}
    answer = Client().post("/accounts/oidc/login/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'href="https://login.example.cn/authorize?' in page


def test_without_configuration_there_is_no_button_and_no_address(person: User) -> None:
    client = Client()
    assert "统一认证" not in client.get("/accounts/login/").content.decode()
    assert client.post("/accounts/oidc/login/").status_code == 404
    assert client.get("/accounts/oidc/callback/?code=x&state=y").status_code == 404


def test_the_office_ties_and_unties(person: User) -> None:
    now = timezone.now()
    create_account(username="other", name="别人")
    link_identity(username="zuzhi", subject="s", at=now)
    with pytest.raises(Refused, match="已绑定在账号“zuzhi”上"):
        link_identity(username="other", subject="s", at=now)
    with pytest.raises(Refused, match="已绑定另一个"):
        link_identity(username="zuzhi", subject="t", at=now)
    unlink_identity(username="zuzhi", at=now)
    with pytest.raises(Refused, match="没有绑定"):
        unlink_identity(username="zuzhi", at=now)
    assert log_of(person) == ["linked", "unlinked"]
