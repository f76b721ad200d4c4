"""Signing in with a telephone number: from the number to the code that the console prints."""

from __future__ import annotations

import re
from typing import Any

import pytest
from captcha.models import CaptchaStore
from django.test import Client
from django.utils import timezone

from fengcai.apps.messages.models import Message
from fengcai.apps.people.actions import create_account
from fengcai.apps.people.models import PhoneCode, User
from fengcai.apps.people.phones.actions import verify_phone
from fengcai.engines.delivery.sms import Provider
from fengcai.engines.jobs import run_pending
from tests.web.shared.accounts.conftest import PASSWORD, log_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.intake]

NUMBER = "13800001234"
PHONE = "/accounts/phone/"


@pytest.fixture(autouse=True)
def texts(settings: Any) -> None:
    settings.FENGCAI_SMS = Provider("console")


@pytest.fixture
def contact() -> User:
    return create_account(username="u1", name="心内科联络员", phone="138 0000 1234")


def ask(client: Client, number: str = NUMBER, **more: str) -> Any:
    """Send the form with the picture read right."""
    page = client.get(PHONE)
    key = re.search(r'name="key" value="(\w+)"', page.content.decode())
    assert key is not None
    said = CaptchaStore.objects.get(hashkey=key[1]).response
    return client.post(PHONE, {"number": number, "key": key[1], "picture": said, **more})


def sent(capfd: pytest.CaptureFixture[str]) -> str:
    """The code of the newest text message that the console printed."""
    run_pending(reraise=True)
    found = re.findall(r"验证码：(\d{6})", capfd.readouterr().err)
    return str(found[-1]) if found else ""


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.clause("H6")
def test_a_number_of_the_roster_a_code_and_one_is_in(
    client: Client, contact: User, capfd: pytest.CaptureFixture[str]
) -> None:
    client.get("/")
    asked = ask(client, next="/me/privacy/")
    assert (asked.status_code, asked["Location"]) == (302, "/accounts/phone/code/")
    page = client.get("/accounts/phone/code/").content.decode()
    assert "138****1234" in page
    assert NUMBER not in page
    before = client.session.session_key
    came = client.post("/accounts/phone/code/", {"code": sent(capfd)})
    assert (came.status_code, came["Location"]) == (302, "/me/privacy/")
    assert client.session["_auth_user_id"] == str(contact.pk)
    assert client.session.session_key != before  # no session that somebody else may know
    assert log_of(contact) == ["phone_proved", "signed_in"]
    row = Message.objects.get()
    assert (row.user_id, row.state, re.search(r"\d{6}", row.body)) == (None, "sent", None)


def test_a_stranger_learns_nothing_before_the_code_and_what_to_do_after(
    client: Client, contact: User, capfd: pytest.CaptureFixture[str]
) -> None:
    known, unknown = Client(), Client()
    first, second = ask(known), ask(unknown, "13900005678")
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    pages = [
        re.sub(r'1\d\d\*{4}\d{4}|value="[\w-]{40,}"|content="[\w-]{40,}"', "", page)
        for page in (
            known.get("/accounts/phone/code/").content.decode(),
            unknown.get("/accounts/phone/code/").content.decode(),
        )
    ]
    dates = [re.sub(r'(now|datetime)="[^"]+"', "", page) for page in pages]
    assert dates[0] == dates[1]
    wrong = [
        each.post("/accounts/phone/code/", {"code": "x"}).status_code for each in (known, unknown)
    ]
    assert wrong == [422, 422]
    told = unknown.post("/accounts/phone/code/", {"code": sent(capfd)})
    assert told.status_code == 403
    assert "还没有账号登记了它" in told.content.decode()
    assert not signed_in(unknown)
    assert User.objects.count() == 1


def test_a_page_says_where_a_code_is_printed_only_where_none_is_sent(
    client: Client, settings: Any
) -> None:
    assert "终端窗口" in client.get(PHONE).content.decode()
    settings.FENGCAI_SMS = Provider("aliyun", "id", "secret", "某某医院", {"account.code": "SMS_1"})
    assert "终端窗口" not in client.get(PHONE).content.decode()


def test_the_picture_is_asked_each_time_and_good_once(client: Client, contact: User) -> None:
    page = client.get(PHONE).content.decode()
    key = re.search(r'name="key" value="(\w+)"', page)
    assert key is not None
    assert client.get(f"/accounts/phone/picture/{key[1]}.png")["Content-Type"] == "image/png"
    row = CaptchaStore.objects.get(hashkey=key[1])
    form = {"number": NUMBER, "key": key[1]}
    wrong = client.post(PHONE, {**form, "picture": "nope"})
    assert wrong.status_code == 422
    assert "数字不对" in wrong.content.decode()
    assert NUMBER in wrong.content.decode()  # what was typed stays
    assert client.post(PHONE, {**form, "picture": row.response}).status_code == 422
    assert client.post(PHONE, {"number": NUMBER, "picture": ""}).status_code == 422
    assert PhoneCode.objects.count() == 0
    assert Message.objects.count() == 0


def test_a_code_belongs_to_the_browser_that_asked_and_to_one_use(
    client: Client, contact: User, capfd: pytest.CaptureFixture[str]
) -> None:
    ask(client)
    code = sent(capfd)
    other = Client()
    assert other.post("/accounts/phone/code/", {"code": code})["Location"] == PHONE
    assert client.post("/accounts/phone/code/", {"code": code})["Location"] == "/me/"
    client.post("/accounts/logout/")
    again = Client()
    ask(again)
    assert again.post("/accounts/phone/code/", {"code": code}).status_code in (302, 422)
    assert not signed_in(again)


def test_a_second_request_within_a_minute_waits(client: Client, contact: User) -> None:
    ask(client)
    again = ask(client)
    assert again.status_code == 429
    assert "过一分钟再要" in again.content.decode()
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    "next", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_it_leads_to_no_other_site(
    client: Client, contact: User, capfd: pytest.CaptureFixture[str], next: str
) -> None:
    ask(client, next=next)
    assert client.post("/accounts/phone/code/", {"code": sent(capfd)})["Location"] == "/me/"


def test_who_has_several_accounts_chooses_among_the_own_only(
    client: Client, contact: User, capfd: pytest.CaptureFixture[str]
) -> None:
    ask(client)
    client.post("/accounts/phone/code/", {"code": sent(capfd)})
    PhoneCode.objects.all().delete()
    newer = create_account(username="u2", name="今年的联络员", phone=NUMBER)
    stranger = create_account(username="u3", name="别人", phone="13900005678")
    fresh = Client()
    ask(fresh)
    assert fresh.post("/accounts/phone/choose/", {"account": newer.pk})["Location"] == PHONE
    came = fresh.post("/accounts/phone/code/", {"code": sent(capfd)})
    assert came["Location"] == "/accounts/phone/choose/"
    page = fresh.get("/accounts/phone/choose/").content.decode()
    assert "今年的联络员" in page
    assert "心内科联络员" in page
    assert fresh.post("/accounts/phone/choose/", {"account": stranger.pk}).status_code == 200
    assert not signed_in(fresh)
    assert fresh.post("/accounts/phone/choose/", {"account": newer.pk})["Location"] == "/me/"
    assert fresh.session["_auth_user_id"] == str(newer.pk)


def test_the_second_step_stays(
    with_code: tuple[Client, str, list[str]], person: User, capfd: pytest.CaptureFixture[str]
) -> None:
    verify_phone(user=person, number=NUMBER, at=timezone.now())
    fresh = Client()
    ask(fresh)
    came = fresh.post("/accounts/phone/code/", {"code": sent(capfd)})
    assert came["Location"].startswith("/accounts/2fa/authenticate/")
    assert not signed_in(fresh)


def test_one_proves_another_number_from_the_account_and_forgets_it(
    person: User, sign_in: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    client = sign_in()
    page = client.get("/accounts/security/phone/").content.decode()
    key = re.search(r'name="key" value="(\w+)"', page)
    assert key is not None
    said = CaptchaStore.objects.get(hashkey=key[1]).response
    form = {"number": "13700009999", "key": key[1], "picture": said}
    assert client.post("/accounts/security/phone/", form).status_code == 302
    done = client.post("/accounts/phone/code/", {"code": sent(capfd)})
    assert done["Location"] == "/accounts/security/"
    assert "137****9999" in client.get("/accounts/security/").content.decode()
    client.post("/accounts/security/phone/forget/")
    assert log_of(person)[-2:] == ["phone_proved", "phone_removed"]


def test_without_a_provider_there_is_no_such_way(client: Client, settings: Any) -> None:
    settings.FENGCAI_SMS = None
    assert client.get(PHONE).status_code == 404
    assert "手机号登录" not in client.get("/accounts/login/").content.decode()
    assert 'name="password"' in client.get("/accounts/login/").content.decode()


def test_the_sign_in_page_asks_one_question(client: Client, person: User) -> None:
    page = client.get("/accounts/login/?next=/me/privacy/").content.decode()
    assert "您想怎样登录？" in page
    assert 'name="password"' not in page.replace('name="password" value', "")
    assert "/accounts/phone/?next=%2Fme%2Fprivacy%2F" in page
    form = client.get("/accounts/login/?way=password").content.decode()
    assert 'name="password"' in form
    came = client.post("/accounts/login/", {"login": "zuzhi", "password": PASSWORD})
    assert came["Location"] == "/me/"
