"""One person's browser: every page is looked at by axe-core, every console error is kept.

Waits for what the page shows, never for a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, expect

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
PATIENCE_MS = 45_000
expect.set_options(timeout=PATIENCE_MS)

DESK = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}


class Visitor:
    """A signed-out browser of one person; `come_in` or `sign_in` first."""

    def __init__(self, browser: Browser, address: str, name: str, *, phone: bool = False) -> None:
        self.name = name
        self.address = address
        self.context = browser.new_context(
            base_url=address,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport=PHONE if phone else DESK,
            is_mobile=phone,
            has_touch=phone,
            reduced_motion="reduce",
            accept_downloads=True,
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.errors: list[str] = []
        self.grave: list[str] = []
        self.slight: list[str] = []
        self.looked_at: list[str] = []
        self._away = False
        self.page = self.tab()

    def tab(self) -> Page:
        """Another tab of the same browser."""
        page = self.context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))
        return page

    @contextmanager
    def server_away(self) -> Iterator[None]:
        """While this lasts the browser may complain that the server does not answer."""
        self._away = True
        yield
        self._away = False

    def come_in(self, path: str) -> None:
        """By a personal link."""
        self.page.goto(path)
        self.look("personal link")
        self.page.get_by_role("button", name="是我，进入").click()
        expect(self.page.get_by_role("button", name="退出")).to_be_attached()

    def sign_in(self, username: str, password: str) -> None:
        """By the sign-in page."""
        self.page.goto("/accounts/login/")
        self.look("sign-in")
        self.page.get_by_label("账号", exact=True).fill(username)
        self.page.get_by_label("密码", exact=True).fill(password)
        self.page.get_by_role("button", name="登录").click()
        expect(self.page.get_by_role("button", name="退出")).to_be_attached()

    def look(self, what: str) -> None:
        """Run axe-core on the page as it stands; keep what it finds."""
        self.looked_at.append(what)
        expect(self.page.locator("h1").first).to_be_visible()
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE.read_text("utf-8"))
        found: dict[str, Any] = self.page.evaluate(
            "() => axe.run(document, {resultTypes: ['violations']})"
        )
        for violation in found["violations"]:
            nodes = [node["target"] for node in violation["nodes"]][:3]
            line = f"{self.name}, {what}: {violation['impact']} {violation['id']} {nodes}"
            (self.grave if violation["impact"] in GRAVE else self.slight).append(line)

    def done(self, message: str) -> None:
        """The page's own message that something was done."""
        expect(self.page.locator(".messages")).to_contain_text(message)

    def leave(self) -> None:
        """Close the browser; nothing bad may have been seen or heard."""
        self.context.close()
        assert not self.errors, self.errors
        assert not self.grave, "\n".join(self.grave)
        for line in self.slight:
            print(f"axe: {line}")

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        if self._away and re.search(r"net::ERR_|status of 50\d", message.text):
            return
        self.errors.append(f"{self.name}: {message.text} ({message.location.get('url', '')})")
