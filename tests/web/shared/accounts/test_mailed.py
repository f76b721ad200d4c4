"""Signing in by an address, setting a forgotten password by a mailed link, proving an address."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from fengcai.apps.messages.models import Message
from fengcai.apps.people.actions import create_account
from fengcai.apps.people.models import User
from fengcai.engines.delivery.mail import server_of
from fengcai.engines.jobs import run_pending
from tests.web.shared.accounts.conftest import PASSWORD, log_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.intake]

SITE = "https://fengcai.example.cn"
NEW = "xin-de-mi-ma-2027"


@pytest.fixture(autouse=True)
def mails(settings: Any) -> None:
    settings.FENGCAI_MAIL = server_of("console:")
    settings.FENGCAI_PUBLIC_URL = SITE


@pytest.fixture
def person(person: User) -> User:
    person.email = "zuzhi@example.cn"
    person.save()
    return person


def link_in(capfd: pytest.CaptureFixture[str]) -> str:
    """The path of the newest link that the console printed."""
    run_pending(reraise=True)
    found = re.findall(rf"{SITE}(/accounts/\S+)", capfd.readouterr().err)
    return str(found[-1]) if found else ""


def test_an_address_that_one_account_has_signs_in(client: Client, person: User) -> None:
    form = {"login": "ZuZhi@example.cn", "password": PASSWORD}
    assert client.post("/accounts/login/", form)["Location"] == "/me/"
    create_account(username="other", name="别人", password=PASSWORD)
    User.objects.filter(username="other").update(email="zuzhi@example.cn")
    assert Client().post("/accounts/login/", form).status_code == 200  # whose is it?
    assert Client().post("/accounts/login/", {**form, "login": "zuzhi"})["Location"] == "/me/"


def test_wrong_passwords_by_name_and_by_address_are_counted_together(
    client: Client, person: User
) -> None:
    for login in ("zuzhi", "zuzhi@example.cn", "zuzhi", "ZUZHI@example.cn"):
        client.post("/accounts/login/", {"login": login, "password": "wrong"})
    last = client.post("/accounts/login/", {"login": "zuzhi@example.cn", "password": "wrong"})
    assert last.status_code == 429
    shut = client.post("/accounts/login/", {"login": "zuzhi", "password": PASSWORD})
    assert shut.status_code == 429


@pytest.mark.clause("U7")
def test_a_forgotten_password_is_set_once_by_the_mailed_link(
    client: Client, person: User, sign_in: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    elsewhere = sign_in()
    client.post("/accounts/password/forgotten/", {"login": "zuzhi@example.cn"})
    path = link_in(capfd)
    assert SITE not in Message.objects.get().body  # the outbox keeps no way in
    assert "给账号 zuzhi 设一个新密码" in client.get(path).content.decode()
    weak = client.post(path, {"password1": "12345", "password2": "12345"})
    assert (weak.status_code, "密码不合要求" in weak.content.decode()) == (422, True)
    done = client.post(path, {"password1": NEW, "password2": NEW})
    assert done["Location"] == "/accounts/login/?way=password"
    assert client.get(path).status_code == 410
    assert client.post(path, {"password1": PASSWORD, "password2": PASSWORD}).status_code == 410
    assert elsewhere.get("/me/").status_code == 302  # signed out
    assert sign_in(password=NEW).get("/me/").status_code == 200
    assert "password_reset" in log_of(person)


def test_the_answer_is_the_same_for_everybody(client: Client, person: User) -> None:
    create_account(username="nomail", name="没有邮箱", password=PASSWORD)
    told = {
        re.sub(r'<span class="code">[^<]+</span>|[\w-]{60,}|datetime="[^"]+"', "", page)
        for login in ("zuzhi", "nomail", "nobody", "nobody@example.cn")
        for page in [
            client.post("/accounts/password/forgotten/", {"login": login}).content.decode()
        ]
    }
    assert len({re.sub(r"\s+|now=\S+", "", page) for page in told}) == 1
    assert Message.objects.count() == 1


def test_at_most_five_links_are_mailed(client: Client, person: User) -> None:
    for _ in range(7):
        page = client.post("/accounts/password/forgotten/", {"login": "zuzhi"})
        assert page.status_code == 200
    assert Message.objects.count() == 5


def test_a_link_of_another_account_or_made_up_opens_nothing(
    client: Client, person: User, capfd: pytest.CaptureFixture[str]
) -> None:
    client.post("/accounts/password/forgotten/", {"login": "zuzhi"})
    token = link_in(capfd).rpartition("/")[2]
    other = create_account(username="other", name="别人", password=PASSWORD)
    from django.utils.http import int_to_base36

    for path in (f"{int_to_base36(other.pk)}/{token}", f"zzzzzzzzzzzzzzz/{token}", "1/x", "-/x-y"):
        assert client.get(f"/accounts/password/reset/{path}").status_code == 410


def test_an_address_is_the_accounts_only_after_the_mailed_link_was_opened(
    person: User, sign_in: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    client = sign_in()
    client.post("/accounts/security/email/", {"email": "new@example.cn"})
    path = link_in(capfd)
    stranger = create_account(username="other", name="别人", password=PASSWORD)
    thief = sign_in(username="other")
    assert thief.post(path).status_code == 410
    client.get(path)
    person.refresh_from_db()
    assert person.email == "zuzhi@example.cn"  # a look changes nothing
    assert client.post(path)["Location"] == "/accounts/security/"
    person.refresh_from_db()
    stranger.refresh_from_db()
    assert (person.email, stranger.email) == ("new@example.cn", "")
    assert client.post(path).status_code == 410
    assert client.post("/accounts/security/email/", {"email": "no"}).status_code == 422


def test_without_mail_or_address_of_the_site_there_is_no_such_page(
    client: Client, settings: Any
) -> None:
    settings.FENGCAI_PUBLIC_URL = ""
    assert client.get("/accounts/password/forgotten/").status_code == 404
    assert "忘了密码" not in client.get("/accounts/login/").content.decode()
