"""企业微信 against a service that speaks its documented protocol."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fengcai.engines.identity import Identity, NotVouched, WeCom
from tests.engines.identity.fakes import WeComFar, serving

pytestmark = pytest.mark.intake


@pytest.fixture
def far() -> Iterator[WeComFar]:
    made = WeComFar()
    with serving(made):
        yield made


@pytest.mark.clause("U7")
def test_the_two_ways_to_be_recognised() -> None:
    wecom = WeCom("ww-yy", "1000002", "cs")
    assert wecom.authorize_url(redirect_uri="https://y.cn/b/", state="S", inside=True) == (
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=ww-yy"
        "&redirect_uri=https%3A%2F%2Fy.cn%2Fb%2F&response_type=code&scope=snsapi_base&state=S"
        "&agentid=1000002#wechat_redirect"
    )
    assert wecom.authorize_url(redirect_uri="https://y.cn/b/", state="S", inside=False) == (
        "https://login.work.weixin.qq.com/wwlogin/sso/login?login_type=CorpApp&appid=ww-yy"
        "&agentid=1000002&redirect_uri=https%3A%2F%2Fy.cn%2Fb%2F&state=S"
    )


def test_a_member_is_known_by_the_id_inside_this_enterprise(far: WeComFar) -> None:
    far.codes["c1"] = {"userid": "zhangsan", "user_ticket": "t"}
    found = WeCom("ww-yy", "1000002", "cs", api=far.url).identity("c1")
    assert found == Identity("wecom", "ww-yy:zhangsan", login="zhangsan")
    assert [path for path, _ in far.asked] == ["/cgi-bin/gettoken", "/cgi-bin/auth/getuserinfo"]


def test_an_outside_contact_is_nobody(far: WeComFar) -> None:
    far.codes["c1"] = {"openid": "oX", "external_userid": "wmX"}
    with pytest.raises(NotVouched, match="不是本单位企业微信的成员") as refused:
        WeCom("ww-yy", "1000002", "cs", api=far.url).identity("c1")
    assert refused.value.again is False


@pytest.mark.parametrize(
    ("corpid", "secret", "why", "mend"),
    [
        ("ww-yy", "no", "errcode 40001", "FENGCAI_WECOM_SECRET"),
        ("ww-no", "cs", "errcode 40013", "FENGCAI_WECOM_CORPID"),
    ],
)
def test_the_doctor_says_which_setting_is_wrong(
    far: WeComFar, corpid: str, secret: str, why: str, mend: str
) -> None:
    WeCom("ww-yy", "1000002", "cs", api=far.url).probe()
    with pytest.raises(NotVouched) as refused:
        WeCom(corpid, "1000002", secret, api=far.url).probe()
    assert refused.value.why == why
    assert refused.value.mend.startswith(mend)


def test_a_used_code_says_to_try_again(far: WeComFar) -> None:
    with pytest.raises(NotVouched, match="再试一次") as refused:
        WeCom("ww-yy", "1000002", "cs", api=far.url).identity("gone")
    assert refused.value.again is True
