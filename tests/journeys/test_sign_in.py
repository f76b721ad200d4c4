"""Second factors in a real browser: an app's code, a recovery code, a passkey of a virtual
authenticator; what is said where passkeys do not work; and no page that breaks its own policy."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, expect

from fengcai.samples.cast import OFFICE, PASSWORD
from tests.journeys.premises import Premises
from tests.journeys.visitor import Visitor
from tests.web.shared.accounts.conftest import code_of

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

SLUG = "sign-in"
ORGANISER, REVIEWER = OFFICE[0][0], OFFICE[1][0]
WATCH = """
window.__violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.__violations.push(`${event.violatedDirective}: ${event.blockedURI} (${event.sourceFile})`);
});
"""


@pytest.fixture(scope="module")
def premises(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    """Of its own: second factors set here would stand in the way of every other journey."""
    here = Premises(tmp_path_factory.mktemp("sign-in"))
    try:
        here.open()
        yield here
    finally:
        here.close()


@pytest.fixture(scope="module")
def house(premises: Premises, films: dict[str, Path]) -> dict[str, Any]:
    return premises.stage("contest", slug=SLUG, works_in=1, film=films["other"])


@pytest.fixture
def at_localhost(premises: Premises) -> str:
    """The same server by a name: passkeys belong to names."""
    return premises.address.replace("127.0.0.1", "localhost")


def enter_password(visitor: Visitor, username: str) -> None:
    visitor.page.goto("/accounts/login/")
    visitor.page.get_by_label("账号", exact=True).fill(username)
    visitor.page.get_by_label("密码", exact=True).fill(PASSWORD)
    visitor.page.get_by_role("button", name="登录", exact=True).click()


def authenticator(visitor: Visitor) -> tuple[CDPSession, str]:
    """A device with a fingerprint reader, made of software."""
    session = visitor.context.new_cdp_session(visitor.page)
    session.send("WebAuthn.enable")
    made = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return session, made["authenticatorId"]


def test_no_page_of_any_role_breaks_the_policy(
    browser: Browser, premises: Premises, house: dict[str, Any]
) -> None:
    contest = f"/c/{SLUG}"
    everybody = ["/", f"{contest}/", f"{contest}/rules/", f"{contest}/gallery/", "/accounts/login/"]
    inside = ["/me/", "/accounts/security/", "/accounts/password/change/"]
    roles = {
        "": everybody,
        "xnk-lly": [*inside, f"{contest}/works/"],
        "pw1": [*inside, f"{contest}/judge/"],
        REVIEWER: [*inside, f"{contest}/review/"],
        ORGANISER: [
            f"{contest}/office/{page}"
            for page in (
                "",
                "works/",
                "questions/",
                "units/",
                "people/",
                "round/",
                "awards/",
                "audit/",
            )
        ],
    }
    seen = 0
    for username, paths in roles.items():
        visitor = Visitor(browser, premises.address, username or "anybody")
        visitor.context.add_init_script(WATCH)
        if username:
            visitor.page.goto(premises.stage("link", username=username)["path"])
            visitor.page.get_by_role("button", name="是我，进入").click()
            expect(visitor.page.get_by_role("button", name="退出", exact=True)).to_be_attached()
        if username == REVIEWER:
            visitor.page.goto(f"{contest}/review/?state=accepted")
            review = visitor.page.locator('a[href^="/review/"]').first
            paths = [*paths, str(review.get_attribute("href"))]
        for path in paths:
            answer = visitor.page.goto(path, wait_until="networkidle")
            assert answer is not None
            assert "default-src 'self'" in answer.headers["content-security-policy"], path
            assert visitor.page.evaluate("() => window.__violations") == [], path
            assert answer.status == 200, path
            seen += 1
        visitor.context.close()
        refused = [
            error for error in visitor.errors if re.search("Content Security|Refused", error)
        ]
        assert refused == []
    assert seen == 26


def test_an_app_s_code_and_a_recovery_code(
    browser: Browser, at_localhost: str, house: dict[str, Any]
) -> None:
    visitor = Visitor(browser, at_localhost, "organiser")
    page = visitor.page
    enter_password(visitor, ORGANISER)
    page.get_by_role("link", name=re.compile("账号安全")).click()
    visitor.look("security, nothing set up")
    page.get_by_role("link", name="启用动态验证码").click()
    visitor.look("password again")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="继续").click()
    visitor.look("set up the app")
    page.get_by_text("扫不了，手工输入密钥").click()
    secret = page.locator("details .code").inner_text().strip()
    page.get_by_label("手机上显示的 6 位验证码").fill("000000")
    page.get_by_role("button", name="启用").click()
    expect(page.get_by_text(re.compile("验证码不对")).first).to_be_visible()
    assert page.locator("[data-copy]").get_attribute("data-copy") == secret
    used = code_of(secret)
    page.get_by_label("手机上显示的 6 位验证码").fill(used)
    page.get_by_role("button", name="启用").click()
    visitor.done("已启用动态验证码")
    visitor.look("recovery codes")
    codes = page.locator(".codes li").all_inner_texts()
    assert len(set(codes)) == 10
    page.get_by_role("button", name="退出", exact=True).click()

    enter_password(visitor, ORGANISER)
    expect(page.get_by_role("heading", name=re.compile("第二步验证"))).to_be_visible()
    visitor.look("second step")
    page.get_by_label(re.compile("6 位验证码")).fill(code_of(secret, time.time() + 30))
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", name="我的事项")).to_be_visible()
    page.get_by_role("button", name="退出", exact=True).click()

    for expected in ("我的事项", "再走一步：第二步验证"):
        enter_password(visitor, ORGANISER)
        page.get_by_label(re.compile("6 位验证码")).fill(codes[0])
        page.get_by_role("button", name="登录", exact=True).click()
        expect(page.get_by_role("heading", name=expected)).to_be_visible()
        if expected == "我的事项":
            page.goto("/accounts/security/")
            expect(page.get_by_text("还剩 9 个")).to_be_visible()
            visitor.look("security, with a code")
            page.get_by_role("button", name="退出", exact=True).click()
    visitor.leave()


def test_a_passkey_is_made_and_signs_in_by_itself(
    browser: Browser, at_localhost: str, house: dict[str, Any]
) -> None:
    visitor = Visitor(browser, at_localhost, "reviewer")
    page = visitor.page
    session, device = authenticator(visitor)
    enter_password(visitor, REVIEWER)
    expect(page.get_by_role("heading", name="我的事项")).to_be_visible()
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="继续").click()
    page.get_by_label(re.compile("给它起个名字")).fill("审核室电脑")
    visitor.look("add a passkey")
    page.get_by_role("button", name="添加通行密钥").click()
    visitor.done("已添加通行密钥")
    (made,) = session.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
    assert made["isResidentCredential"] is True
    page.goto("/accounts/security/")
    expect(page.get_by_text("审核室电脑").first).to_be_visible()
    visitor.look("security, with a passkey")

    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_role("button", name="添加通行密钥").click()
    expect(page.get_by_role("status").filter(has_text="不用再添加")).to_be_visible()
    page.get_by_role("button", name="退出", exact=True).click()

    page.goto("/accounts/login/?next=/accounts/security/")
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.get_by_role("heading", name="账号安全")).to_be_visible()
    expect(page.locator(".history li").first).to_contain_text("登录 通行密钥")
    page.get_by_role("button", name="退出", exact=True).click()

    # As the second step after a password, and refused when the finger is another's.
    enter_password(visitor, REVIEWER)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.get_by_role("button", name="用通行密钥验证").click()
    expect(page.get_by_role("status").filter(has_text="没有完成")).to_be_visible()
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
    page.get_by_role("button", name="用通行密钥验证").click()
    expect(page.get_by_role("heading", name="我的事项")).to_be_visible()

    page.goto("/accounts/security/")
    page.get_by_role("link", name="删除“审核室电脑”").click()
    visitor.look("prove oneself by a passkey or a password")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="继续").click()
    visitor.look("remove a passkey")
    page.get_by_role("button", name="删除", exact=True).click()
    visitor.done("已删除通行密钥")
    page.get_by_role("button", name="退出", exact=True).click()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.locator(".messages")).to_be_visible()
    assert "/accounts/login/" in page.url
    visitor.leave()


def test_where_passkeys_do_not_work_the_page_says_so_and_offers_the_code(
    browser: Browser, premises: Premises, house: dict[str, Any]
) -> None:
    visitor = Visitor(browser, premises.address, "judge", phone=True)
    page = visitor.page
    visitor.come_in(premises.stage("link", username="pw4")["path"])
    page.goto("/accounts/security/")
    expect(page.get_by_text("浏览器只允许在域名下使用通行密钥").first).to_be_visible()
    visitor.look("security by an IP address, on a telephone")
    assert page.get_by_role("link", name="添加").count() == 0
    page.goto("/accounts/2fa/webauthn/add/")
    visitor.look("no passkeys here")
    page.get_by_role("link", name="启用动态验证码").click()
    expect(page.get_by_role("heading", name="启用动态验证码")).to_be_visible()
    visitor.leave()


def test_five_wrong_passwords_show_until_when(
    browser: Browser, premises: Premises, house: dict[str, Any]
) -> None:
    visitor = Visitor(browser, premises.address, "stranger")
    for _ in range(5):
        visitor.page.goto("/accounts/login/")
        visitor.page.get_by_label("账号", exact=True).fill("nobody-here")
        visitor.page.get_by_label("密码", exact=True).fill("not-this-one")
        visitor.page.get_by_role("button", name="登录", exact=True).click()
    expect(visitor.page.get_by_role("heading")).to_contain_text(
        re.compile(r"请在 \d\d:\d\d 之后再试")
    )
    visitor.look("locked")
    assert [error for error in visitor.errors if "429" not in error] == []
    visitor.errors.clear()
    visitor.leave()


def test_the_watch_sees_a_violation(browser: Browser, premises: Premises) -> None:
    visitor = Visitor(browser, premises.address, "mischief")
    visitor.context.add_init_script(WATCH)
    visitor.page.goto("/")
    visitor.page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.__ran = true";
          document.body.append(script);
        }"""
    )
    visitor.page.wait_for_function("() => window.__violations.length === 1")
    assert visitor.page.evaluate("() => window.__ran") is None
    visitor.context.close()
