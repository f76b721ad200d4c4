"""WeChat's web authorisation against a service that keeps WeChat's habits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fengcai.engines.identity import Identity, NotVouched, WeChat
from tests.engines.identity.fakes import WeChatFar, serving

pytestmark = pytest.mark.intake


@pytest.fixture
def far() -> Iterator[WeChatFar]:
    made = WeChatFar()
    with serving(made):
        yield made


def door(far: WeChatFar, *, inside: bool = True, secret: str = "") -> WeChat:
    appid = "wx-service" if inside else "wx-site"
    return WeChat(appid, secret or far.secrets[appid], inside=inside, api=far.url)


@pytest.mark.clause("H6")
def test_the_address_has_wechats_order_of_parameters_and_its_fragment() -> None:
    inside = WeChat("wx1", "s").authorize_url(redirect_uri="https://y.cn/a/?b=1", state="ST8")
    assert inside == (
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx1"
        "&redirect_uri=https%3A%2F%2Fy.cn%2Fa%2F%3Fb%3D1&response_type=code"
        "&scope=snsapi_base&state=ST8#wechat_redirect"
    )
    outside = WeChat("wx2", "s", inside=False).authorize_url(
        redirect_uri="https://y.cn/", state="x"
    )
    assert outside == (
        "https://open.weixin.qq.com/connect/qrconnect?appid=wx2&redirect_uri=https%3A%2F%2Fy.cn%2F"
        "&response_type=code&scope=snsapi_login&state=x#wechat_redirect"
    )


@pytest.mark.parametrize("kind", ["text/plain", "application/json; charset=utf-8"])
def test_a_code_becomes_an_identity_whatever_the_answer_calls_itself(
    far: WeChatFar, kind: str
) -> None:
    far.kind = kind
    far.codes["c1"] = {"openid": "oA_1", "unionid": "uN"}
    assert door(far).identity("c1") == Identity("wechat", "wx-service:oA_1", joint="uN")
    assert far.asked == [
        (
            "/sns/oauth2/access_token",
            {
                "appid": "wx-service", "secret": "s1", "code": "c1",
                "grant_type": "authorization_code",
            },
        )
    ]  # fmt: skip


def test_the_two_doors_give_two_subjects_that_the_unionid_joins(far: WeChatFar) -> None:
    far.codes |= {"c1": {"openid": "oA", "unionid": "uN"}, "c2": {"openid": "oB", "unionid": "uN"}}
    one, two = door(far).identity("c1"), door(far, inside=False).identity("c2")
    assert (one.subject, two.subject) == ("wx-service:oA", "wx-site:oB")
    assert one.joint == two.joint == "uN"


@pytest.mark.parametrize("flag", [1, "1", True, 2])
def test_a_page_that_is_only_looked_at_is_told_apart(far: WeChatFar, flag: object) -> None:
    far.codes["c1"] = {"openid": "virtual", "is_snapshotuser": flag}
    assert door(far).identity("c1").passing is True


@pytest.mark.parametrize("flag", [0, None])
def test_an_ordinary_page_is_not(far: WeChatFar, flag: object) -> None:
    far.codes["c1"] = {"openid": "real", "is_snapshotuser": flag}
    assert door(far).identity("c1").passing is False


def test_a_code_is_good_once_and_says_to_try_again(far: WeChatFar) -> None:
    far.codes["c1"] = {"openid": "oA"}
    door(far).identity("c1")
    with pytest.raises(NotVouched) as refused:
        door(far).identity("c1")
    assert (refused.value.why, refused.value.again) == ("errcode 40163", True)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b'{"errcode": 40125, "errmsg": "invalid appsecret"}', "errcode 40125"),
        (b'{"errcode": "40029"}', "errcode -1"),
        (b'{"errcode": -1, "errmsg": "system error"}', "errcode -1"),
        (b"{}", "the answer holds neither openid nor errcode"),
        (b'{"openid": 7}', "the answer holds neither openid nor errcode"),
        (b'{"openid": "' + b"o" * 200 + b'"}', "the answer holds neither openid nor errcode"),
        (b'["openid"]', "the answer is no JSON object"),
        (b"<html>", "the answer is no JSON"),
        (b"\xff\xfe", "the answer is no JSON"),
        (b"[" * 100_000, "the answer is no JSON"),
        (b" " * 300_000, "the answer is longer than 262144 bytes"),
    ],
)
def test_whatever_else_comes_is_no_identity(far: WeChatFar, answer: bytes, why: str) -> None:
    far.answer = lambda path, given: (200, "text/plain", answer)
    with pytest.raises(NotVouched) as refused:
        door(far).identity("c1")
    assert refused.value.why == why
    assert "s1" not in f"{refused.value} {refused.value.why}"


def test_a_redirect_is_not_followed_and_a_dead_address_is_said_without_the_secret(
    far: WeChatFar,
) -> None:
    far.answer = lambda path, given: (302, "text/plain", b"")
    with pytest.raises(NotVouched, match="暂时连不上微信") as refused:
        door(far).identity("c1")
    assert refused.value.why == "HTTP 302"
    with pytest.raises(NotVouched, match="暂时连不上微信") as dead:
        WeChat("wx1", "topsecret", api="http://127.0.0.1:1").identity("c1")
    assert (dead.value.why, "topsecret" in repr(dead.value)) == ("ConnectError", False)
    assert "topsecret" not in repr(WeChat("wx1", "topsecret"))


def test_the_doctor_tells_the_right_secret_from_a_wrong_one(far: WeChatFar) -> None:
    door(far).probe()
    with pytest.raises(NotVouched) as refused:
        door(far, secret="wrong").probe()
    assert refused.value.mend.startswith("FENGCAI_WECHAT_SECRET")
    with pytest.raises(NotVouched):
        WeChat("wx1", "s", api="http://127.0.0.1:1").probe()
