"""Sessions and addresses: the list, signing out elsewhere, fixation, where `next` may lead, which
pages there are, and that nothing changes without POST and token."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from fengcai.apps.audit.queries import records
from fengcai.apps.people.access import reset_second_factor, set_password
from fengcai.apps.people.actions import (
    create_account,
    issue_personal_link,
    redeem_personal_link,
)
from fengcai.apps.people.models import User
from fengcai.apps.people.tokens.actions import create_token, use_token
from fengcai.apps.refusals import Refused
from tests.web.shared.accounts.conftest import PASSWORD, log_of

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/109.0 Safari/537.36"
WECHAT = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/111 MicroMessenger/8.0.42"


def alive(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def test_the_list_names_devices_and_signs_the_others_out(person: User, sign_in: SignIn) -> None:
    desk = sign_in(Client(headers={"user-agent": CHROME}))
    link = issue_personal_link(user=person, by=None, at=timezone.now())
    phone = Client(headers={"user-agent": WECHAT}, REMOTE_ADDR="203.0.113.5")
    assert phone.post(f"/enter/{link}/")["Location"] == "/me/"
    tablet = sign_in(Client(headers={"user-agent": "x"}))
    page = desk.get("/accounts/security/").content.decode()
    for words in (
        "Windows 电脑上的Chrome",
        "安卓手机上的微信",
        "203.0.113.5",
        "就是这台",
        "让其他 2 处都退出",
    ):
        assert words in page
    assert "密码" in page
    assert "专属链接" in page
    desk.post("/accounts/security/sessions/")
    assert (alive(desk), alive(phone), alive(tablet)) == (True, False, False)
    assert log_of(person) == ["signed_in", "signed_in", "signed_in", "sessions_ended"]


def test_no_shared_cache_keeps_a_page_with_somebody_s_name(person: User, sign_in: SignIn) -> None:
    assert "Cache-Control" not in Client().get("/").headers
    assert sign_in().get("/").headers["Cache-Control"] == "private, no-cache"
    assert "no-store" in sign_in().get("/me/").headers["Cache-Control"]


def test_one_device_is_signed_out_by_itself(person: User, sign_in: SignIn) -> None:
    desk, other, third = sign_in(), sign_in(), sign_in()
    row = UserSession.objects.get(session_key=other.session.session_key)
    desk.post("/accounts/security/sessions/", {"session": row.pk})
    assert (alive(desk), alive(other), alive(third)) == (True, False, True)


def test_nobody_ends_somebody_else_s_session(person: User, sign_in: SignIn) -> None:
    create_account(username="other", name="别人", password=PASSWORD)
    mine, theirs = sign_in(), sign_in(username="other")
    row = UserSession.objects.get(session_key=theirs.session.session_key)
    mine.post("/accounts/security/sessions/", {"session": row.pk})
    mine.post("/accounts/security/sessions/")
    assert alive(theirs)


def test_a_session_laid_under_a_victim_is_worth_nothing(person: User, sign_in: SignIn) -> None:
    attacker = Client()
    attacker.get("/accounts/login/")
    session = attacker.session
    session["laid"] = "here"
    session.save()
    planted = session.session_key
    victim = Client()
    victim.cookies["sessionid"] = planted
    sign_in(victim)
    assert alive(victim)
    assert victim.session.session_key != planted
    attacker.cookies["sessionid"] = planted
    assert not alive(attacker)


@pytest.mark.parametrize(
    "bad",
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)",
        "https:evil.example", "\thttps://evil.example", "http://testserver@evil.example/",
    ],
)  # fmt: skip
def test_next_leads_nowhere_but_here(bad: str, person: User) -> None:
    form = {"login": "zuzhi", "password": PASSWORD, "next": bad}
    assert Client().post("/accounts/login/", form)["Location"] == "/me/"
    assert Client().post(f"/accounts/login/?next={bad}", form)["Location"] == "/me/"


def test_next_leads_on_here(person: User) -> None:
    form = {"login": "zuzhi", "password": PASSWORD, "next": "/accounts/security/"}
    assert Client().post("/accounts/login/", form)["Location"] == "/accounts/security/"


ABSENT = (
    "", "signup/", "email/", "password/reset/", "password/set/", "confirm-email/", "3rdparty/",
    "3rdparty/signup/", "3rdparty/login/error/", "social/connections/", "login/code/confirm/",
    "2fa/trust/", "2fa/webauthn/signup/", "sessions/", "openid_connect/", "oidc/oidc/login/",
    "oidc/other/login/callback/",
)  # fmt: skip


@pytest.mark.parametrize("path", ABSENT)
def test_the_libraries_other_pages_are_not_there(path: str, person: User, sign_in: SignIn) -> None:
    for client in (Client(), sign_in()):
        for answer in (client.get(f"/accounts/{path}"), client.post(f"/accounts/{path}", {})):
            there = answer.get("Location", "") if answer.status_code == 302 else ""
            assert answer.status_code == 404 or (path == "" and there), path


@pytest.mark.parametrize(
    "path",
    [
        "login/", "logout/", "reauthenticate/", "password/change/", "security/sessions/",
        "security/unlink/", "2fa/authenticate/", "2fa/totp/activate/", "2fa/totp/deactivate/",
        "2fa/recovery-codes/generate/", "2fa/webauthn/add/", "2fa/webauthn/login/", "oidc/login/",
    ],
)  # fmt: skip
def test_nothing_changes_without_the_page_s_token(path: str, person: User, sign_in: SignIn) -> None:
    client = sign_in(Client(enforce_csrf_checks=False))
    client.handler.enforce_csrf_checks = True
    assert client.post(f"/accounts/{path}", {}).status_code == 403


@pytest.mark.parametrize("path", ["security/sessions/", "security/unlink/"])
def test_looking_ends_nothing(path: str, person: User, sign_in: SignIn) -> None:
    assert sign_in().get(f"/accounts/{path}").status_code == 405


def test_strangers_see_none_of_it(person: User) -> None:
    for path in (
        "security/", "password/change/", "2fa/totp/activate/", "2fa/totp/deactivate/",
        "2fa/recovery-codes/", "2fa/recovery-codes/download/", "2fa/webauthn/add/", "reauthenticate/",
        "2fa/webauthn/keys/1/remove/", "2fa/authenticate/",
    ):  # fmt: skip
        answer = Client().get(f"/accounts/{path}")
        assert answer.status_code == 302, path
        assert answer["Location"].startswith("/accounts/login/"), path


def test_a_new_password_signs_out_everywhere_else(person: User, sign_in: SignIn) -> None:
    desk, phone = sign_in(), sign_in()
    fresh = {
        "oldpassword": PASSWORD,
        "password1": "xin-de-mi-ma-88",
        "password2": "xin-de-mi-ma-88",
    }
    weak = desk.post("/accounts/password/change/", fresh | {"password1": "1", "password2": "1"})
    assert "至少要 10 位" in weak.content.decode()
    assert "忘记" not in weak.content.decode()
    desk.post("/accounts/password/change/", fresh)
    assert (alive(desk), alive(phone)) == (True, False)
    assert log_of(person)[-1] == "password_changed"


def test_the_office_sets_a_password_and_every_session_ends(person: User, sign_in: SignIn) -> None:
    desk = sign_in()
    with pytest.raises(Refused, match="至少要 10 位"):
        set_password(username="zuzhi", password="short", at=timezone.now())
    assert alive(desk)
    set_password(username="zuzhi", password="xin-de-mi-ma-88", at=timezone.now())
    assert not alive(desk)
    assert alive(sign_in(password="xin-de-mi-ma-88"))
    assert log_of(person) == ["signed_in", "password_set", "signed_in"]


def test_the_office_takes_a_lost_factor_away(
    with_code: tuple[Client, str, list[str]], person: User, sign_in: SignIn
) -> None:
    desk, _, _ = with_code
    gone, closed = reset_second_factor(username="zuzhi", at=timezone.now())
    assert (gone, str(closed)) == (["动态验证码"], "")
    assert not alive(desk)
    back = sign_in()
    assert alive(back)
    assert "管理员撤销第二步验证" in back.get("/accounts/security/").content.decode()
    with pytest.raises(Refused, match="没有可撤销的"):
        reset_second_factor(username="zuzhi", at=timezone.now())


@pytest.mark.parametrize("way", ["password", "factor"])
def test_what_the_office_resets_closes_links_and_tokens_too(
    with_code: tuple[Client, str, list[str]], person: User, way: str
) -> None:
    now = timezone.now()
    link = issue_personal_link(user=person, by=None, at=now)
    made = [
        create_token(user=person, name=name, scopes=["jobs:read"], life=timedelta(days=life),
                     by="user:1", at=now - timedelta(days=2))
        for name, life in (("甲", 90), ("乙", 366), ("过期", 1))
    ]  # fmt: skip
    keys = [key for _, key in made]
    assert [use_token(key=key, at=now) is not None for key in keys] == [True, True, False]
    if way == "password":
        closed = set_password(username="zuzhi", password="xin-de-mi-ma-88", at=now)
    else:
        closed = reset_second_factor(username="zuzhi", at=now)[1]
    assert (closed.links, closed.tokens) == (1, 2)
    assert [use_token(key=key, at=now) for key in keys] == [None] * 3
    with pytest.raises(Refused, match="无效或已过期"):
        redeem_personal_link(token=link, at=now)
    newest = person.events.latest("pk")
    assert newest.detail.endswith("管理员，命令行；停用1 个个人链接、2 个接口令牌")
    acts = [(one.action, one.actor) for one in records("people")]
    assert acts.count(("people.revoke_token", "system:command")) == 2


def test_a_closed_account_is_told_so(person: User, sign_in: SignIn) -> None:
    person.is_active = False
    person.save()
    client = sign_in()
    assert not alive(client)
