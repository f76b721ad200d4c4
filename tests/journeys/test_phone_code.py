"""A contact signs in on a phone of 360 px inside WeChat: number, picture, code, one question a page; then
a download that WeChat would swallow says how to get it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.journeys.premises import Premises
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.intake, pytest.mark.timeout(600)]

WECHAT = (
    "Mozilla/5.0 (Linux; Android 13; V2148A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160065 MMWEBSDK/20231202 MicroMessenger/8.0.47.2560"
)
SMALL = {"width": 360, "height": 780}
NUMBER = "13800001234"


@pytest.fixture(scope="module")
def premises(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    """Of its own: text messages are printed."""
    here = Premises(tmp_path_factory.mktemp("phone-code"), FENGCAI_SMS="console")
    try:
        here.open()
        yield here
    finally:
        here.close()


class InWeChat:
    """A browser whose windows are small and say that they are WeChat's."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    def new_context(self, **given: Any) -> BrowserContext:
        return self._browser.new_context(**{**given, "viewport": SMALL, "user_agent": WECHAT})


def printed(premises: Premises) -> str:
    """The newest code in what the worker wrote."""
    log = Path(premises.folder) / "servers.log"
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if found := re.findall(r"验证码：(\d{6})", log.read_text("utf-8", "replace")):
            return str(found[-1])
        time.sleep(0.2)
    raise AssertionError(f"no code was printed: {premises.said()}")


@pytest.mark.clause("H6")
def test_a_contact_comes_in_by_a_code_inside_wechat(browser: Browser, premises: Premises) -> None:
    told: dict[str, Any] = premises.stage(
        "contact", module="tests.journeys.phone_stage", number=NUMBER
    )
    visitor = Visitor(InWeChat(browser), premises.address, "contact", phone=True)  # type: ignore[arg-type]
    page = visitor.page
    page.goto("/accounts/login/?next=/me/privacy/")
    expect(page.get_by_role("heading", name="您想怎样登录？")).to_be_visible()
    visitor.look("ways in")
    page.get_by_role("link", name="手机号登录").click()
    page.get_by_label("手机号").fill("138 0000 1234")
    key = page.locator('input[name="key"]').input_value()
    said = premises.stage("picture", module="tests.journeys.phone_stage", key=key)["said"]
    page.get_by_label("图中的四位数字").fill(said)
    visitor.look("number")
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_text("138****1234")).to_be_visible()
    page.get_by_label("六位验证码").fill(printed(premises))
    visitor.look("code")
    assert page.evaluate("document.documentElement.scrollWidth") == SMALL["width"]
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", name="个人信息", exact=True)).to_be_visible()
    page.goto("/me/privacy/data.json")
    expect(page.get_by_role("heading", name="请在浏览器里打开，再下载")).to_be_visible()
    visitor.look("elsewhere")
    page.goto("/accounts/security/")
    expect(page.get_by_text("138****1234 已验证")).to_be_visible()
    assert told["name"] == "心内科联络员"
    visitor.leave()
