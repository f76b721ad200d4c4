"""Codes of an app, recovery codes, and what a reader of the database finds of them."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client

from fengcai.apps.people.actions import issue_personal_link
from fengcai.apps.people.models import User
from tests.web.shared.accounts.conftest import code_of, log_of

pytestmark = pytest.mark.django_db
HERE = "/accounts/2fa/authenticate/"
SetUp = tuple[Client, str, list[str]]
SignIn = Callable[..., Client]


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_password_alone_no_longer_opens(with_code: SetUp, sign_in: SignIn) -> None:
    _, secret, _ = with_code
    client = sign_in()
    assert client.last["Location"] == HERE  # type: ignore[attr-defined]
    assert not signed_in(client)
    assert client.get("/me/").status_code == 302
    page = client.get(HERE).content.decode()
    assert "第二步验证" in page
    assert "通行密钥" not in page.split("<main")[1]  # there is none yet
    with time_machine.travel(time.time() + 60):
        assert client.post(HERE, {"code": code_of(secret)})["Location"] == "/me/"
    assert signed_in(client)


def test_who_chose_the_wrong_account_gets_out_of_the_second_step(
    with_code: SetUp, sign_in: SignIn
) -> None:
    client = sign_in()
    assert "换个账号" in client.get(HERE).content.decode()
    left = client.post("/accounts/logout/", {"next": "/accounts/login/"})
    assert left["Location"] == "/accounts/login/"
    assert client.get("/accounts/login/").status_code == 200
    assert client.get(HERE)["Location"].startswith("/accounts/login/")


def test_a_wrong_code_stays_outside_and_is_noted(
    with_code: SetUp, sign_in: SignIn, person: User
) -> None:
    client = sign_in()
    answer = client.post(HERE, {"code": "12345678"})
    assert answer.status_code == 200
    assert "验证码不对" in answer.content.decode()
    assert not signed_in(client)
    assert log_of(person)[-1] == "factor_failed"


def test_a_code_is_good_once_even_a_minute_later(with_code: SetUp, sign_in: SignIn) -> None:
    _, secret, _ = with_code
    now = time.time() // 30 * 30 + 300
    with time_machine.travel(now, tick=False):
        code = code_of(secret)
        assert sign_in().post(HERE, {"code": code}).status_code == 302
    with time_machine.travel(now + 31, tick=False):
        assert sign_in().post(HERE, {"code": code}).status_code == 200
        assert sign_in().post(HERE, {"code": code_of(secret)}).status_code == 302


def test_a_telephone_half_a_minute_off_is_let_in_but_not_five(
    with_code: SetUp, sign_in: SignIn
) -> None:
    _, secret, _ = with_code
    now = time.time() // 30 * 30 + 3000
    with time_machine.travel(now, tick=False):
        assert sign_in().post(HERE, {"code": code_of(secret, now - 300)}).status_code == 200
        assert sign_in().post(HERE, {"code": code_of(secret, now + 30)}).status_code == 302


def test_a_recovery_code_opens_once(with_code: SetUp, sign_in: SignIn, person: User) -> None:
    _, _, codes = with_code
    client = sign_in()
    assert client.post(HERE, {"code": codes[3]})["Location"] == "/me/"
    assert log_of(person)[-2:] == ["code_used", "signed_in"]
    again = sign_in()
    assert again.post(HERE, {"code": codes[3]}).status_code == 200
    assert not signed_in(again)
    page = client.get("/accounts/security/").content.decode()
    assert "还剩 9 个" in page
    assert "使用一个恢复码" in page


def test_guessing_codes_is_braked(with_code: SetUp, sign_in: SignIn) -> None:
    client = sign_in()
    said = ""
    for number in range(21):
        said = client.post(HERE, {"code": f"{number:08}"}).content.decode()
    assert "登录失败次数太多" in said


def test_a_personal_link_does_not_go_round_the_second_step(with_code: SetUp, person: User) -> None:
    from django.utils import timezone

    token = issue_personal_link(user=person, by=None, at=timezone.now())
    client = Client()
    assert client.post(f"/enter/{token}/")["Location"] == HERE
    assert not signed_in(client)


def test_the_database_holds_no_secret_in_the_clear(with_code: SetUp) -> None:
    _, secret, codes = with_code
    kept = str(list(Authenticator.objects.values()))
    assert secret not in kept
    assert not any(code in kept for code in codes)


def test_changing_factors_asks_for_the_person_again(with_code: SetUp, sign_in: SignIn) -> None:
    _, _, codes = with_code
    client = sign_in()
    client.post(HERE, {"code": codes[0]})
    for place in (
        "totp/deactivate/", "recovery-codes/", "recovery-codes/generate/", "webauthn/add/"
    ):  # fmt: skip
        answer = client.get(f"/accounts/2fa/{place}")
        assert answer.status_code == 302, place
        assert "reauthenticate" in answer["Location"], place
        assert client.post(f"/accounts/2fa/{place}", {}).status_code in (302, 405), place
    assert Authenticator.objects.count() == 2


def test_taking_the_code_away_takes_the_recovery_codes_too(with_code: SetUp, person: User) -> None:
    client, _, _ = with_code
    assert client.post("/accounts/2fa/totp/deactivate/").status_code == 302
    assert Authenticator.objects.count() == 0
    assert log_of(person)[-2:] == ["totp_removed", "codes_removed"]
    assert "已停用动态验证码" in client.get("/accounts/security/").content.decode()


def test_new_recovery_codes_void_the_old(with_code: SetUp, sign_in: SignIn) -> None:
    client, _, codes = with_code
    client.post("/accounts/2fa/recovery-codes/generate/")
    text = client.get("/accounts/2fa/recovery-codes/download/").content.decode()
    assert codes[0] not in text
    fresh = [line for line in text.splitlines() if line.isdecimal()]
    assert len(fresh) == 10
    assert sign_in().post(HERE, {"code": codes[0]}).status_code == 200
    assert sign_in().post(HERE, {"code": fresh[0]}).status_code == 302


def test_the_second_step_says_what_to_do_where_passkeys_do_not_work(
    person: User, sign_in: SignIn
) -> None:
    for host, secure, words in (
        ("fengcai.example.cn", False, "普通 HTTP"),
        ("127.0.0.1", False, "IP 地址"),
        ("[::1]", True, "IP 地址"),
        ("localhost", False, ""),
        ("fengcai.example.cn", True, ""),
    ):
        client = Client(headers={"host": host})
        from django.test import override_settings

        with override_settings(ALLOWED_HOSTS=[host]):
            sign_in(client)
            page = client.get("/accounts/security/", secure=secure).content.decode()
        assert ("动态验证码（手机上的验证器应用）" in page) is bool(words), host
        assert words in page


@pytest.mark.parametrize(
    "credential",
    ["", "null", "[]", "{}", '"x"', '{"id": 1}', '{"response": {"userHandle": "MQ"}}', "不"],
)
def test_a_forged_passkey_is_refused_and_nothing_breaks(credential: str, person: User) -> None:
    client = Client(headers={"host": "localhost"})
    client.get("/accounts/2fa/webauthn/login/", headers={"accept": "application/json"})
    answer = client.post("/accounts/2fa/webauthn/login/", {"credential": credential})
    assert answer.status_code in (200, 302)
    assert not signed_in(client)
