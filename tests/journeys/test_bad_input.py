"""What goes wrong at a unit's desk, seen on the page: each gets a clear Chinese sentence that says
what is kept, and nothing is lost or leaked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.premises import Premises
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

SLUG = "bad-input"
NAME = "心病科+一科一风采视频大赛.mp4"


@pytest.fixture(scope="module")
def draft(browser: Browser, premises: Premises) -> str:
    """The address of a draft of 心病科 in a contest of its own."""
    premises.stage("contest", slug=SLUG)
    contact = Visitor(browser, premises.address, "contact")
    contact.come_in(premises.stage("link", username="xnk-lly")["path"])
    contact.page.goto(f"/c/{SLUG}/works/")
    contact.page.get_by_role("button", name=re.compile("报送一件")).click()
    expect(contact.page.get_by_role("button", name="提交作品")).to_be_visible()
    address = contact.page.url
    contact.leave()
    return address


@pytest.fixture
def contact(browser: Browser, premises: Premises) -> Iterator[Visitor]:
    """The unit's contact, signed in; what the browser complained of fails the test."""
    visitor = Visitor(browser, premises.address, "contact")
    visitor.come_in(premises.stage("link", username="xnk-lly")["path"])
    yield visitor
    visitor.leave()


def send(page: Page, file: Path) -> None:
    page.locator("fc-upload input[type=file]").set_input_files(file)


def test_an_empty_file_is_refused_before_a_byte_is_sent(
    contact: Visitor, draft: str, tmp_path: Path
) -> None:
    page = contact.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(draft)
    file = tmp_path / NAME
    file.touch()
    send(page, file)
    expect(page.locator(".upload-words")).to_have_text(
        "这个文件是空的（0 字节），可能还没有导出完成。没有上传，请检查后另选一个。"
    )
    assert not [url for url in asked if "/uploads/" in url or "/grant/" in url]
    contact.look("empty file refused")


def test_text_named_mp4_and_a_cut_film_are_told_from_a_film_and_kept(
    contact: Visitor, draft: str, films: dict[str, Path], tmp_path: Path
) -> None:
    page = contact.page
    page.goto(draft)
    text = tmp_path / NAME
    text.write_text("这不是影片，只是改了后缀名的文字。\n" * 200, "utf-8")
    send(page, text)
    trouble = page.locator(".file-now .callout[data-tone=fail]").first
    expect(trouble).to_contain_text("收到的文件保留着。请重新准备文件")
    contact.look("text named mp4")
    first = trouble.inner_text()

    cut = tmp_path / "cut" / NAME
    cut.parent.mkdir()
    whole = films["own"].read_bytes()
    cut.write_bytes(whole[: len(whole) // 2])
    send(page, cut)
    expect(page.locator(".file-now")).to_contain_text("第 2 版")
    expect(page.locator(".file-now")).not_to_contain_text("正在检查文件")
    expect(trouble).to_contain_text("收到的文件保留着。请重新准备文件")
    assert trouble.inner_text() != first
    expect(page.get_by_text("以前的版本（1 个，都保留着）")).to_be_visible()
    contact.look("film cut in half")


def test_two_tabs_on_one_draft_show_both_texts_and_let_the_person_choose(
    contact: Visitor, draft: str
) -> None:
    page, other = contact.page, contact.tab()
    page.goto(draft)
    other.goto(draft)
    title = re.compile("^作品名称")
    page.get_by_role("textbox", name=title).fill("第一个窗口写的名字")
    expect(page.locator("[data-saved]")).to_contain_text("已保存")
    other.get_by_role("textbox", name=title).fill("第二个窗口写的名字")
    conflict = other.locator(".conflict")
    expect(conflict).to_contain_text("第一个窗口写的名字")
    expect(conflict).to_contain_text("第二个窗口写的名字")
    contact.errors[:] = [line for line in contact.errors if "status of 409" not in line]
    expect(other.get_by_role("textbox", name=title)).to_have_value("第二个窗口写的名字")
    conflict.get_by_role("button", name="用我的").click()
    expect(conflict).to_have_count(0)
    expect(other.locator("[data-saved]")).to_contain_text("已保存")
    expect(other.get_by_role("textbox", name=title)).to_have_value("第二个窗口写的名字")
    page.reload()
    expect(page.get_by_role("textbox", name=title)).to_have_value("第二个窗口写的名字")


def test_another_unit_s_work_is_not_there(browser: Browser, premises: Premises, draft: str) -> None:
    stranger = Visitor(browser, premises.address, "another unit's contact")
    stranger.come_in(premises.stage("link", username="zjk-lly")["path"])
    answer = stranger.page.goto(draft)
    assert answer is not None
    assert answer.status == 404
    expect(stranger.page.locator("main")).not_to_contain_text("心病科")
    stranger.errors[:] = [line for line in stranger.errors if "status of 404" not in line]
    stranger.look("another unit's work")
    for part in ("files/main", "save", "submit"):
        response = stranger.context.request.get(f"{draft}{part}")
        assert response.status in (404, 405), part
    stranger.leave()
