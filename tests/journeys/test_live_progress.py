"""A film's inspection moves on the page by itself: by the server's stream, and without it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import warm
from tests.journeys.premises import ROOT, Premises
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

SLUG = "moving"


class Slowly(Premises):
    """An installation whose worker does what the test says."""

    slow: subprocess.Popen[str]

    def open(self) -> None:
        self.furnish()
        self.start_web()

    def work(self) -> None:
        """Take the next job."""
        self.slow = warm.Popen(
            self._module("tests.journeys.live_worker"),
            cwd=ROOT, env=self._env, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
        )  # fmt: skip
        self._hear("claimed")

    def say(self, line: str) -> None:
        assert self.slow.stdin is not None
        self.slow.stdin.write(f"{line}\n")
        self.slow.stdin.flush()
        self._hear("ok")

    def _hear(self, words: str) -> None:
        assert self.slow.stdout is not None
        assert self.slow.stdout.readline().strip() == words, self.said()

    def close(self) -> None:
        if hasattr(self, "slow"):
            self.slow.kill()
            self.slow.wait()
        super().close()


@pytest.fixture(scope="module")
def slowly(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slowly]:
    here = Slowly(tmp_path_factory.mktemp("slowly"))
    try:
        here.open()
        here.stage("contest", slug=SLUG)
        yield here
    finally:
        here.close()


@pytest.fixture
def contact(browser: Browser, slowly: Slowly) -> Iterator[Visitor]:
    visitor = Visitor(browser, slowly.address, "contact")
    visitor.come_in(slowly.stage("link", username="xnk-lly")["path"])
    yield visitor
    visitor.leave()


def handed_over(page: Page, film: Path) -> None:
    """A film in a new draft, received and waiting to be inspected."""
    page.goto(f"/c/{SLUG}/works/")
    page.get_by_role("button", name=re.compile("报送一件")).click()
    page.locator("fc-upload input[type=file]").set_input_files(film)
    expect(page.locator("fc-progress [data-text]")).to_have_text("排队中，马上开始")


def test_progress_moves_without_a_reload_through_a_restart_to_the_end(
    contact: Visitor, slowly: Slowly, films: dict[str, Path]
) -> None:
    page = contact.page
    looks: list[str] = []
    hello = []
    page.on("request", lambda request: looks.append(request.url) if "/files/" in request.url else 0)
    page.on(
        "response",
        lambda answer: hello.append(answer.status) if answer.url.endswith("/events") else 0,
    )
    handed_over(page, films["own"])
    page.evaluate("window.stayed = true")
    slowly.work()
    expect(page.locator("fc-progress")).to_have_attribute("state", "running-0")
    page.wait_for_function(
        "() => performance.getEntriesByType('resource').some(e => e.name.includes('/files/'))"
    )
    assert hello == [200]

    looked = len(looks)
    for percent, text in ((40, "正在解码画面"), (55, "正在测量响度")):
        slowly.say(f"{percent} {text}")
        expect(page.locator("fc-progress [data-text]")).to_have_text(text, timeout=1_500)
        assert page.locator("fc-progress progress").evaluate("bar => bar.value") == percent
    assert len(looks) == looked, "the words came by looking, not by the stream"
    contact.look("film being inspected")

    with contact.server_away():
        slowly.kill_web()
        slowly.start_web()
        slowly.say("70 正在比对关键帧")
        expect(page.locator("fc-progress [data-text]")).to_have_text("正在比对关键帧")

    slowly.say("finish")
    expect(page.locator("#slot-main .findings").first).to_be_visible(timeout=5_000)
    expect(page.locator("fc-progress")).to_have_count(0)
    expect(page.locator("[data-spoken]")).to_have_text("检查进度：已结束，结果已显示在页面上。")
    assert page.evaluate("window.stayed")
    contact.look("film inspected")


def test_without_a_stream_the_page_looks_by_itself(
    contact: Visitor, slowly: Slowly, films: dict[str, Path]
) -> None:
    page = contact.page
    page.route("**/live/**", lambda route: route.abort())
    with contact.server_away():
        handed_over(page, films["other"])
        page.evaluate("window.stayed = true")
        slowly.work()
        slowly.say("40 正在解码画面")
        expect(page.locator("fc-progress [data-text]")).to_have_text("正在解码画面", timeout=12_000)
        slowly.say("finish")
        expect(page.locator("#slot-main .findings").first).to_be_visible(timeout=20_000)
        assert page.evaluate("window.stayed")
