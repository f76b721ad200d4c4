"""The doctor tries each door that is set and says what to mend; the office ties by name; the key for the
setup is printed while nobody looks after the installation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fengcai.apps.people.actions import create_account
from fengcai.apps.people.identities import account_for
from fengcai.apps.people.setup import setup_digest_of
from fengcai.cli.doctor.services import sign_in
from fengcai.cli.first_run import tell_setup_key
from fengcai.engines.identity import Identity
from tests.cli.test_account import run
from tests.engines.identity.fakes import CasFar, WeChatFar, WeComFar, serving

pytestmark = [pytest.mark.django_db, pytest.mark.intake]

HERE = Path(".")


@pytest.fixture
def doors(settings: Any) -> Iterator[dict[str, Any]]:
    """Every door on a fake, but for the directory."""
    with serving(WeChatFar()) as wechat, serving(WeComFar()) as wecom, serving(CasFar()) as cas:
        settings.SESSION_COOKIE_SECURE = True
        settings.FENGCAI_DOORS = {
            "wechat": {"appid": "wx-service", "secret": "s1", "api": wechat.url},
            "wechat_site": {
                "appid": "wx-site", "secret": "s2", "inside": False, "api": wechat.url,
            },
            "wecom": {"corpid": "ww-yy", "agentid": "1", "secret": "cs", "api": wecom.url},
            "cas": {"url": f"{cas.url}/cas", "version": 3},
        }  # fmt: skip
        yield settings.FENGCAI_DOORS


@pytest.mark.clause("U7")
def test_doors_that_answer_are_good_and_others_say_what_to_mend(
    doors: dict[str, Any], settings: Any
) -> None:
    assert [finding.state for finding in sign_in(HERE)] == ["good"] * 4
    doors["wechat"]["secret"] = "wrong"
    doors["cas"]["url"] += "/nowhere"
    doors["ldap"] = {"url": "ldaps://127.0.0.1:1", "base": "dc=x"}
    settings.SESSION_COOKIE_SECURE = False
    found = {finding.subject: finding for finding in sign_in(HERE)}
    assert found["微信登录（网站应用）"].state == "good"
    assert found["微信登录（服务号）"].advice.startswith("FENGCAI_WECHAT_SECRET")
    assert found["CAS 登录"].state == found["单位账号登录"].state == "bad"
    assert "FENGCAI_LDAP_URL" in found["单位账号登录"].advice
    assert found["登录方式"].state == "warning"
    assert "wrong" not in repr(found)


def test_nothing_set_is_nothing_wrong(settings: Any) -> None:
    settings.FENGCAI_DOORS = {}
    (finding,) = sign_in(HERE)
    assert finding.state == "good"


def test_the_office_ties_an_account_to_a_cas_user(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fengcai.cli.account._open", lambda: None)
    person = create_account(username="zhangsan", name="张三")
    code, said = run(capsys, "link", "zhangsan", "--way", "cas", "--subject", "zs")
    assert (code, "统一身份认证身份 zs" in said) == (0, True)
    assert account_for(Identity("cas", "zs")) == person
    assert "统一身份认证" in run(capsys, "list")[1]
    assert run(capsys, "link", "zhangsan", "--way", "wechat", "--subject", "o")[0] == 2
    assert run(capsys, "link", "zhangsan", "--way", "cas", "--remove")[0] == 0


def test_the_key_is_printed_until_somebody_looks_after_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell_setup_key("http://127.0.0.1:8000")
    said = capsys.readouterr().out
    assert "http://127.0.0.1:8000/setup/" in said
    assert setup_digest_of(said.rpartition("：")[2])
    create_account(username="boss", name="管理员", administrator=True)
    tell_setup_key()
    assert capsys.readouterr().out == ""
