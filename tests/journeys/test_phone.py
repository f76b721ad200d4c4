"""A work is entered on a phone of 360 px inside WeChat: album, a cut line, a reload, a lost cookie and
an emptied storage, an hour's sleep; what was sent stays sent and what was typed stays typed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.journeys.premises import Premises
from tests.journeys.visitor import PATIENCE_MS, Visitor

pytestmark = [pytest.mark.journey, pytest.mark.intake, pytest.mark.timeout(600)]

SLUG = "phone"
NARROW = {"width": 360, "height": 740}
ANDROID = (
    "Mozilla/5.0 (Linux; Android 13; V2199A Build/TP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160065 MMWEBSDK/20231202 "
    "MicroMessenger/8.0.47.2560(0x28002F35) WeChat/arm64 Weixin NetType/WIFI Language/zh_CN ABI/arm64"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/15E148 MicroMessenger/8.0.47(0x18002f2c) NetType/WIFI Language/zh_CN"
)


class InWechat(Visitor):
    """A phone in WeChat: narrow, touched, and nothing can be downloaded."""

    def __init__(self, browser: Browser, address: str, name: str, agent: str) -> None:
        super().__init__(browser, address, name, phone=True)
        self.context.close()
        self.context = browser.new_context(
            base_url=address,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport=NARROW,  # type: ignore[arg-type]
            user_agent=agent,
            is_mobile=True,
            has_touch=True,
            reduced_motion="reduce",
            accept_downloads=False,
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.page = self.tab()


class Line:
    """The phone's network: lets so many pieces of a file through, then is cut until it is mended."""

    def __init__(self, page: Page, pieces: int) -> None:
        self.left: int | None = pieces
        self.offsets: list[int] = []
        self.lost = 0
        page.route("**/uploads/**", self._answer)

    def mend(self) -> None:
        self.left = None

    def _answer(self, route: Route) -> None:
        request = route.request
        if request.method == "PATCH":
            if self.left == 0:
                self.lost += 1
                route.abort("internetdisconnected")
                return
            if self.left is not None:
                self.left -= 1
            self.offsets.append(int(request.headers["upload-offset"]))
        route.continue_()


def fits(page: Page) -> None:
    """Nothing stands out to the side of the narrow screen."""
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def long_enough(film: Path, folder: Path) -> Path:
    """The film with a long tail that no player minds: several pieces of a phone's upload."""
    longer = folder / "VID_20260410_091502.mp4"
    tail = 4 * 1024**2
    free = (tail + 8).to_bytes(4, "big") + b"free" + bytes(tail)
    longer.write_bytes(film.read_bytes() + free)
    return longer


@pytest.mark.clause("H6")
def test_a_work_goes_in_from_a_phone_whatever_happens_to_it(
    browser: Browser, premises: Premises, films: dict[str, Path], tmp_path: Path
) -> None:
    premises.stage("contest", slug=SLUG)
    link = premises.stage("link", username="xnk-lly")["path"]
    film = long_enough(films["own"], tmp_path)
    phone = InWechat(browser, premises.address, "contact in WeChat", ANDROID)
    page = phone.page
    phone.come_in(link)
    page.goto(f"/c/{SLUG}/works/")
    fits(page)
    page.get_by_role("button", name=re.compile("报送一件")).click()
    title = page.get_by_role("textbox", name=re.compile("^作品名称"))
    title.fill("手机上写的题目")
    expect(page.locator("[data-saved]")).to_contain_text("已保存")
    fits(page)
    phone.look("form on a phone")
    draft = page.url
    chooser = page.locator("#slot-main fc-upload input[type=file]")
    assert (chooser.get_attribute("accept") or "").startswith("video/*")

    # The line is cut after two pieces.
    line = Line(page, pieces=2)
    with phone.server_away():
        chooser.set_input_files(film)
        expect(page.locator("#slot-main .upload-words")).to_contain_text("断")
    assert line.offsets == [0, 1024**2]

    # WeChat throws the page away, with its storage and its cookie; the QR code brings it back.
    page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
    phone.context.clear_cookies()
    page.close(run_before_unload=False)
    page = phone.page = phone.tab()
    page.goto(draft)
    expect(page).to_have_url(re.compile("/accounts/login/"))
    phone.come_in(link)
    page.clock.install()
    page.goto(draft)
    expect(page.get_by_role("textbox", name=re.compile("^作品名称"))).to_have_value(
        "手机上写的题目"
    )
    expect(page.locator("#slot-main .upload-words")).to_contain_text("会从断开处接着传")

    # It goes on where it was, and sleeps for an hour with the line dead.
    line = Line(page, pieces=1)
    with phone.server_away():
        page.locator("#slot-main fc-upload input[type=file]").set_input_files(film)
        expect(page.locator("#slot-main .upload-words")).to_contain_text("断")
        page.clock.fast_forward("01:00:00")
        line.mend()
        page.clock.run_for(60_000)
        expect(page.locator("#slot-main .file-now")).to_be_visible()
    assert line.offsets[0] == 2 * 1024**2
    assert line.offsets == sorted(set(line.offsets))
    page.goto(draft)
    expect(page.locator("#slot-main .file-now")).to_contain_text(film.name)
    fits(page)
    phone.look("film received on a phone")
    phone.leave()

    # The same work on an iPhone of the same person.
    other = InWechat(browser, premises.address, "iPhone in WeChat", IPHONE)
    other.come_in(link)
    other.page.goto(draft)
    expect(other.page.locator("#slot-main .file-now")).to_contain_text(film.name)
    fits(other.page)
    other.leave()
