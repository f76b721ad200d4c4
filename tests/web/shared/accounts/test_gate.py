"""Roles that must have a second factor, the connection's headers, and what a page costs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fengcai.apps.contests.models import Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.people.models import User
from fengcai.web.shared.accounts.gate import KNOWN
from tests.factories import judging as make
from tests.web.shared.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
ORGANISERS = override_settings(FENGCAI_SECOND_FACTOR_FOR=frozenset({"organiser"}))


@pytest.fixture
def organiser(person: User) -> User:
    stage = make.contest(works=1, judges=3)
    Membership.objects.create(
        contest=stage.contest, user=person, role=Role.ORGANISER, since=timezone.now()
    )
    return person


@ORGANISERS
def test_an_organiser_is_led_to_set_up_and_nowhere_else(organiser: User, sign_in: SignIn) -> None:
    client = sign_in()
    assert client.get("/me/")["Location"] == "/accounts/security/"
    assert client.post("/c/x/office/", {})["Location"] == "/accounts/security/"
    page = client.get("/accounts/security/").content.decode()
    assert "您的角色必须启用第二步验证" in page
    assert "启用动态验证码" in page
    for script in ({"accept": "application/json"}, {"hx-request": "true"}):
        answer = client.get("/me/", headers=script)
        assert (answer.status_code, answer.json()["code"]) == (403, "second-factor")
    assert client.get("/healthz").status_code == 200
    assert client.post("/accounts/logout/").status_code == 302


@ORGANISERS
def test_after_setting_up_the_way_is_free_and_is_closed_again_without(
    organiser: User, with_code: tuple[Client, str, list[str]]
) -> None:
    client, _, _ = with_code
    assert client.get("/me/").status_code == 200
    client.post("/accounts/2fa/totp/deactivate/")
    assert client.get("/me/")["Location"] == "/accounts/security/"


@ORGANISERS
def test_others_are_not_asked(person: User, sign_in: SignIn) -> None:
    client = sign_in()
    assert client.get("/me/").status_code == 200
    with CaptureQueriesContext(connection) as again:
        client.get("/me/")
    assert not any("mfa_authenticator" in row["sql"] for row in again)


@override_settings(FENGCAI_SECOND_FACTOR_FOR=frozenset({"administrator"}))
def test_administrators_need_no_contest(person: User, sign_in: SignIn) -> None:
    client = sign_in()
    assert client.get("/me/").status_code == 200
    person.is_superuser = True
    person.save()
    session = client.session
    del session[KNOWN]
    session.save()
    assert client.get("/me/")["Location"] == "/accounts/security/"


def test_where_nobody_must_the_gate_costs_nothing(person: User, sign_in: SignIn) -> None:
    client = sign_in()
    client.get("/me/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/me/")
    tables = [row["sql"].split('FROM "')[-1].split('"')[0] for row in queries]
    mine = [  # what the page itself shows
        "contests_membership", "contests_officeright", "outbox_message", "people_privacyanswer",
        "people_privacytext",
    ]  # fmt: skip
    assert sorted(tables) == sorted([*mine, "django_session", "people_user"])


def test_every_page_carries_the_policy(person: User, sign_in: SignIn) -> None:
    for path, status in (("/", 200), ("/nowhere/", 404), ("/me/", 302), ("/accounts/login/", 200)):
        answer = Client().get(path)
        assert answer.status_code == status
        policy = answer["Content-Security-Policy"]
        for part in (
            "default-src 'self'", "script-src 'self'", "style-src 'self'", "object-src 'none'",
            "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'",
        ):  # fmt: skip
            assert part in policy.split("; "), (path, part)
        assert "unsafe" not in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in answer["Permissions-Policy"]


HTTPS = override_settings(
    SECURE_SSL_REDIRECT=True,
    SECURE_HSTS_SECONDS=3600,
    SECURE_REDIRECT_EXEMPT=[r"^healthz$"],
    SESSION_COOKIE_SECURE=True,
)


@HTTPS
def test_with_https_plain_requests_are_sent_there_and_the_browser_remembers(person: User) -> None:
    plain = Client().get("/accounts/login/")
    assert (plain.status_code, plain["Location"]) == (301, "https://testserver/accounts/login/")
    assert "Strict-Transport-Security" not in plain
    assert Client().get("/healthz").status_code == 200
    client = Client()
    answer = client.get("/accounts/login/", secure=True)
    assert answer["Strict-Transport-Security"] == "max-age=3600"
    form = {"login": "zuzhi", "password": PASSWORD}
    client.post("/accounts/login/", form, secure=True, headers={"referer": "https://testserver/"})
    assert client.cookies["sessionid"]["secure"] is True
    assert client.cookies["sessionid"]["httponly"] is True


@HTTPS
def test_an_untrusted_proxy_that_speaks_https_makes_no_circle(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = Client().get("/accounts/login/", headers={"x-forwarded-proto": "https"})
    assert answer.status_code == 200
    assert "FENGCAI_TRUSTED_PROXIES" in caplog.text
