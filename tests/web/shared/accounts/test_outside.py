"""Signing in by what WeChat, 企业微信, CAS and a directory say: bound to one browser, once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from fengcai.apps.people.actions import create_account, issue_personal_link
from fengcai.apps.people.identities import account_for, tie
from fengcai.apps.people.models import User
from fengcai.engines.identity import Identity
from tests.engines.identity.fakes import CasFar, WeChatFar, WeComFar, serving
from tests.web.shared.accounts.conftest import PASSWORD, log_of

pytestmark = [pytest.mark.django_db, pytest.mark.intake]

WECHAT = (
    "Mozilla/5.0 (Linux; Android 13; V2148A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160065 MMWEBSDK/20231202 MicroMessenger/8.0.47.2560"
)
WECOM = WECHAT.replace("MicroMessenger/8.0.47", "wxwork/4.1.20 MicroMessenger/7.0.1")


@pytest.fixture
def wechat(settings: Any) -> Iterator[WeChatFar]:
    made = WeChatFar()
    with serving(made):
        settings.FENGCAI_DOORS = {
            "wechat": {"appid": "wx-service", "secret": "s1", "api": made.url},
            "wechat_site": {"appid": "wx-site", "secret": "s2", "inside": False, "api": made.url},
        }
        yield made


@pytest.fixture
def inside() -> Client:
    """A browser inside WeChat."""
    return Client(headers={"user-agent": WECHAT})


def state_in(answer: Any) -> str:
    """The `state` with which the browser was sent away."""
    assert answer.status_code == 302, answer.content.decode()[:500]
    address = answer["Location"].partition("#")[0]
    query = parse_qs(urlsplit(address).query)
    if "service" in query:
        query = parse_qs(urlsplit(query["service"][0]).query)
    return query["state"][0]


def come_back(client: Client, far: WeChatFar, answer: Any, **identity: Any) -> Any:
    """WeChat's way back, with a code that stands for `identity`."""
    code = f"c{len(far.codes)}"
    far.codes[code] = identity
    return client.get("/accounts/wechat/back/", {"code": code, "state": state_in(answer)})


def signed_in(client: Client) -> str:
    return str(client.session.get("_auth_user_id", ""))


def attach(client: Client) -> Any:
    """The button 绑定, and the password that it asks for once more."""
    asked = client.post("/accounts/security/attach/wechat/")
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    return client.post(asked["Location"], {"password": PASSWORD})


def tied(person: User, subject: str = "wx-service:oA", joint: str = "") -> None:
    from django.utils import timezone

    tie(user=person, identity=Identity("wechat", subject, joint=joint), at=timezone.now())


@pytest.mark.clause("H6")
def test_inside_wechat_a_tied_account_is_open_again_without_a_tap(
    inside: Client, wechat: WeChatFar, person: User
) -> None:
    tied(person)
    away = inside.get("/accounts/login/?next=/me/privacy/")
    assert away["Location"].startswith(
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx-service&redirect_uri="
    )
    assert away["Location"].endswith("#wechat_redirect")
    came = come_back(inside, wechat, away, openid="oA")
    assert (came.status_code, came["Location"]) == (302, "/me/privacy/")
    assert signed_in(inside) == str(person.pk)
    inside.cookies.clear()  # as WeChat's browser does
    again = come_back(inside, wechat, inside.get("/accounts/login/"), openid="oA")
    assert again["Location"] == "/me/"
    assert log_of(person) == ["linked", "signed_in", "signed_in"]


def test_who_signs_out_there_stays_out(inside: Client, wechat: WeChatFar, person: User) -> None:
    tied(person)
    come_back(inside, wechat, inside.get("/accounts/login/"), openid="oA")
    inside.post("/accounts/logout/")
    page = inside.get("/accounts/login/")
    assert page.status_code == 200
    assert page.content.decode().index("微信登录") < page.content.decode().index("账号密码登录")


@pytest.mark.clause("H6")
def test_an_unknown_wechat_makes_no_account_and_is_tied_after_another_way_in(
    inside: Client, wechat: WeChatFar, person: User
) -> None:
    came = come_back(inside, wechat, inside.get("/accounts/login/?next=/me/"), openid="oNew")
    assert came["Location"] == "/accounts/login/?asked=1&next=%2Fme%2F"
    page = inside.get(came["Location"])
    assert page.status_code == 200  # and does not go round in a circle
    assert "这个微信还没有绑定账号" in page.content.decode()
    assert User.objects.count() == 1
    inside.post("/accounts/login/", {"login": "zuzhi", "password": PASSWORD})
    assert "您是从微信来的" in inside.get("/me/").content.decode()
    assert SocialAccount.objects.count() == 0  # nothing without a word of the person
    assert "绑定到“组织者”" in inside.get("/accounts/link/").content.decode()
    assert inside.post("/accounts/link/")["Location"] == "/accounts/security/"
    assert account_for(Identity("wechat", "wx-service:oNew")) == person
    assert inside.post("/accounts/link/")["Location"] == "/me/"  # once


def test_who_came_in_long_ago_is_asked_for_the_password_before_tying(
    inside: Client, wechat: WeChatFar, person: User
) -> None:
    come_back(inside, wechat, inside.get("/accounts/login/"), openid="oNew")
    inside.post("/accounts/login/", {"login": "zuzhi", "password": PASSWORD})
    session = inside.session
    for step in session["account_authentication_methods"]:
        step["at"] -= 901
    session.save()
    asked = inside.post("/accounts/link/")
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert SocialAccount.objects.count() == 0


def test_who_says_no_is_not_asked_again(inside: Client, wechat: WeChatFar, person: User) -> None:
    come_back(inside, wechat, inside.get("/accounts/login/"), openid="oNew")
    inside.post("/accounts/login/", {"login": "zuzhi", "password": PASSWORD})
    inside.post("/accounts/link/", {"no": "1"})
    assert SocialAccount.objects.count() == 0
    assert "您是从微信来的" not in inside.get("/me/").content.decode()


def test_a_personal_link_leads_on_to_the_tying(
    inside: Client, wechat: WeChatFar, person: User
) -> None:
    from django.utils import timezone

    lone = create_account(username="u1", name="联络员")
    token = issue_personal_link(user=lone, by=None, at=timezone.now())
    come_back(inside, wechat, inside.get("/accounts/login/"), openid="oNew")
    assert inside.post(f"/enter/{token}/")["Location"] == "/accounts/link/"
    inside.post("/accounts/link/")
    assert account_for(Identity("wechat", "wx-service:oNew")) == lone


@pytest.mark.clause("H6")
def test_a_page_that_is_only_looked_at_opens_nothing(
    inside: Client, wechat: WeChatFar, person: User
) -> None:
    tied(person)
    away = inside.get("/accounts/login/")
    came = come_back(inside, wechat, away, openid="oA", is_snapshotuser=1)
    assert came.status_code == 403
    assert "预览页" in came.content.decode()
    assert not signed_in(inside)
    inside.post("/accounts/login/", {"login": "zuzhi", "password": PASSWORD})
    assert inside.get("/accounts/link/")["Location"] == "/me/"  # nothing was kept to be tied


def test_the_code_on_a_computer_joins_by_the_unionid(
    client: Client, wechat: WeChatFar, person: User
) -> None:
    tied(person, joint="uN")
    away = client.post("/accounts/wechat/start/")
    assert "/connect/qrconnect?appid=wx-site" in away["Location"]
    came = come_back(client, wechat, away, openid="oSite", unionid="uN")
    assert came["Location"] == "/me/"
    assert signed_in(client) == str(person.pk)


def test_an_answer_for_another_browser_or_a_second_time_opens_nothing(
    client: Client, wechat: WeChatFar, person: User
) -> None:
    tied(person, "wx-site:oA")
    away = client.post("/accounts/wechat/start/")
    state = state_in(away)
    wechat.codes |= {"c1": {"openid": "oA"}, "c2": {"openid": "oA"}}
    thief = Client()
    thief.post("/accounts/wechat/start/")
    for given in (state, "", "x" * 500):
        got = thief.get("/accounts/wechat/back/", {"code": "c1", "state": given})
        assert (got.status_code, signed_in(thief)) == (403, "")
    assert wechat.asked == []  # nobody was even asked
    assert (
        client.get("/accounts/wechat/back/", {"code": "c1", "state": state})["Location"] == "/me/"
    )
    client.post("/accounts/logout/")
    again = client.get("/accounts/wechat/back/", {"code": "c2", "state": state})
    assert (again.status_code, signed_in(client)) == (403, "")


def test_the_state_of_one_provider_is_none_of_another(
    client: Client, wechat: WeChatFar, settings: Any
) -> None:
    settings.FENGCAI_DOORS = {
        **settings.FENGCAI_DOORS, "cas": {"url": "http://127.0.0.1:1/cas", "version": 3}
    }  # fmt: skip
    state = state_in(client.post("/accounts/wechat/start/"))
    got = client.get("/accounts/cas/back/", {"ticket": "ST-1", "state": state})
    assert got.status_code == 403


def test_a_form_of_another_site_begins_nothing(wechat: WeChatFar, person: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/accounts/wechat/start/").status_code == 403
    assert strict.get("/accounts/wechat/start/").status_code == 405
    assert strict.post("/accounts/link/").status_code in (302, 403)
    strict.force_login(person)
    for path in ("attach/wechat", "detach/wechat", "phone/forget"):
        assert strict.post(f"/accounts/security/{path}/").status_code == 403


def test_one_ties_and_unties_from_the_account_after_the_password(
    client: Client, wechat: WeChatFar, person: User, sign_in: Any
) -> None:
    sign_in(client)
    away = attach(client)
    assert come_back(client, wechat, away, openid="oA")["Location"] == "/accounts/security/"
    assert account_for(Identity("wechat", "wx-site:oA")) == person
    page = client.get("/accounts/security/").content.decode()
    assert 'aria-label="解除微信"' in page
    client.post("/accounts/security/detach/wechat/")
    assert SocialAccount.objects.count() == 0
    assert log_of(person) == ["signed_in", "linked", "unlinked"]


def test_tying_stops_when_somebody_else_signed_in_meanwhile(
    client: Client, wechat: WeChatFar, person: User, sign_in: Any
) -> None:
    create_account(username="lisi", name="李四", password=PASSWORD)
    sign_in(client)
    away = attach(client)
    session = client.session
    kept = dict(session["errands"])
    sign_in(client, username="lisi")  # the session's errands are gone with the first person
    client.post("/accounts/logout/")
    sign_in(client, username="lisi")
    session = client.session
    session["errands"] = kept
    session.save()
    got = come_back(client, wechat, away, openid="oA")
    assert got.status_code == 403
    assert SocialAccount.objects.count() == 0


def test_what_is_not_set_does_not_answer(client: Client, settings: Any) -> None:
    for path in ("wechat/back", "cas/back", "oidc/back", "nothing/back", "ldap"):
        assert client.get(f"/accounts/{path}/").status_code == 404
    assert client.post("/accounts/wechat/start/").status_code == 404


def test_cas_opens_what_the_office_tied_and_leads_back(
    client: Client, person: User, settings: Any
) -> None:
    far = CasFar()
    with serving(far):
        settings.FENGCAI_DOORS = {"cas": {"url": f"{far.url}/cas", "version": 3}}
        away = client.post("/accounts/cas/start/", {"next": "/me/privacy/"})
        service = parse_qs(urlsplit(away["Location"]).query)["service"][0]
        state = state_in(away)
        assert service == f"http://testserver/accounts/cas/back/?state={state}"
        far.tickets["ST-1", service] = "zuzhi"
        got = client.get("/accounts/cas/back/", {"state": state, "ticket": "ST-1"})
        assert got.status_code == 403  # the same name is not enough
        assert "还没有绑定账号" in got.content.decode()
        settings.FENGCAI_DOOR_MATCH = {"cas": "username"}
        away = client.post("/accounts/cas/start/", {"next": "/me/privacy/"})
        service = parse_qs(urlsplit(away["Location"]).query)["service"][0]
        far.tickets["ST-2", service] = "zuzhi"
        got = client.get("/accounts/cas/back/", {"state": state_in(away), "ticket": "ST-2"})
        assert got["Location"] == "/me/privacy/"
        assert signed_in(client) == str(person.pk)


def test_wecom_inside_it_and_its_code_elsewhere(person: User, settings: Any) -> None:
    far = WeComFar()
    with serving(far):
        settings.FENGCAI_DOORS = {
            "wecom": {"corpid": "ww-yy", "agentid": "1", "secret": "cs", "api": far.url}
        }
        settings.FENGCAI_DOOR_MATCH = {"wecom": "username"}
        member = Client(headers={"user-agent": WECOM})
        page = member.get("/accounts/login/").content.decode()
        assert "企业微信登录" in page
        away = member.post("/accounts/wecom/start/")
        assert "/connect/oauth2/authorize?appid=ww-yy" in away["Location"]
        far.codes["c1"] = {"userid": "zuzhi"}
        back = {"code": "c1", "state": state_in(away)}
        assert member.get("/accounts/wecom/back/", back)["Location"] == "/me/"
        assert signed_in(member) == str(person.pk)
        desk = Client().post("/accounts/wecom/start/")
        assert desk["Location"].startswith("https://login.work.weixin.qq.com/wwlogin/sso/login?")


def test_the_directory_that_is_down_counts_no_try_and_a_wrong_password_does(
    client: Client, settings: Any
) -> None:
    settings.FENGCAI_DOORS = {"ldap": {"url": "ldaps://127.0.0.1:1", "base": "dc=x"}}
    form = {"login": "zhangsan", "password": "x"}
    for _ in range(6):
        assert client.post("/accounts/ldap/", form).status_code == 422
    for _ in range(5):  # refused before the directory is asked, and counted
        assert client.post("/accounts/ldap/", {**form, "password": ""}).status_code == 422
    shut = client.post("/accounts/ldap/", form)
    assert shut.status_code == 429
    assert "过一刻钟再试" in shut.content.decode()


def test_what_a_provider_gives_back_is_in_no_log(
    client: Client, wechat: WeChatFar, caplog: pytest.LogCaptureFixture
) -> None:
    away = client.post("/accounts/wechat/start/")
    got = client.get("/accounts/wechat/back/", {"code": "gone", "state": state_in(away)})
    assert got.status_code == 403
    assert "wechat 登录没有成功：errcode 40029" in caplog.text
    assert not re.search(r"s2|gone", caplog.text)


def test_tying_the_directory_asks_for_the_password_of_the_account_first(
    client: Client, person: User, sign_in: Any, settings: Any
) -> None:
    settings.FENGCAI_DOORS = {"ldap": {"url": "ldaps://127.0.0.1:1", "base": "dc=x"}}
    sign_in(client)
    form = {"login": "thief", "password": "x", "for": "link"}
    assert client.post("/accounts/ldap/", form)["Location"] == "/accounts/security/"
    asked = client.post("/accounts/security/attach/ldap/")
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    onward = client.post(asked["Location"], {"password": PASSWORD})
    assert onward["Location"] == "/accounts/ldap/?for=link"
    assert client.post("/accounts/ldap/", form).status_code == 422  # the directory is down
