"""From a notice to its amendment: an organiser drops a notice in, answers what it leaves open, opens
the contest and extends the deadline, which a unit's contact sees and acknowledges."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.premises import Premises
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

NOTICE = Path(__file__).resolve().parents[2] / "examples" / "notices" / "micro-film-2026.docx"
SLUG = "micro-film"
DEADLINE = datetime(2026, 10, 25, 16, 0, tzinfo=UTC)
LATER = max(datetime.now(UTC), DEADLINE) + timedelta(days=10)
SCHEME = """\
criteria:
  whole: {name: 总体评价, min: 0, max: 100, step: 1, weight: 1, cite: 六（一） 初评}
total: 100
aggregate: mean
drop_high: 0
drop_low: 0
drop_only_if_at_least: 1
rounding_places: 2
rounding_mode: half_up
tie_break: [committee]
cite: 六（一） 初评"""


@pytest.mark.clause("B1", "B18")
def test_a_notice_becomes_a_contest_and_its_deadline_is_extended(
    browser: Browser, premises: Premises, tmp_path: Path
) -> None:
    house = premises.stage("contest", slug="before-the-notice")
    office = Visitor(browser, premises.address, "organiser")
    office.sign_in(house["organiser"], house["password"])
    a_notice_is_dropped_in(office)
    a_sentence_is_linked_to_a_rule(office)
    every_question_is_answered(office)
    the_contest_is_opened(office)
    link = a_contact_is_named(office, tmp_path)
    contact = Visitor(browser, premises.address, "contact", phone=True)
    contact.come_in(link)
    the_deadline_is_extended(office)
    the_contact_sees_and_acknowledges(contact)
    office.page.goto(f"/manage/{SLUG}/rulebook/amendments/")
    expect(office.page.get_by_text("1 位联络员和负责人中，1 位已表示知悉")).to_be_visible()
    assert premises.stage("chain", slug=SLUG)["ok"] is True
    office.leave()
    contact.leave()


def a_notice_is_dropped_in(office: Visitor) -> None:
    page = office.page
    page.goto("/manage/new/")
    office.look("a new contest")
    page.get_by_label("网址名").fill(SLUG)
    page.get_by_label("通知文件").set_input_files(NOTICE)
    page.get_by_role("button", name="建立活动").click()
    expect(page.get_by_text("由通知草拟了")).to_be_visible()
    expect(page.get_by_role("heading", name="通知原文")).to_be_visible()
    office.look("the first step of the rulebook")


def a_sentence_is_linked_to_a_rule(office: Visitor) -> None:
    page = office.page
    page.goto(f"/manage/{SLUG}/rulebook/part/units/")
    card = page.locator(".book-card:not([data-blank])").filter(has_text="每个单位报送件数").last
    card.locator("summary").first.click()
    cite = card.locator("[data-cite-field]")
    before = cite.input_value()
    cite.focus()
    chosen = page.locator(".sentence[role=button]", has_text="附属医院").first
    chosen.click()
    expect(cite).not_to_have_value(before)
    expect(card.get_by_text("这样写没有问题（还没有保存）")).to_be_visible()
    card.get_by_role("button", name="保存这一条").click()
    expect(page.get_by_text("已保存为第 2 版")).to_be_visible()
    page.goto(f"/manage/{SLUG}/rulebook/versions/")
    office.look("versions")
    page.get_by_role("button", name=re.compile(r"恢复\s*第 1 版")).click()
    expect(page.get_by_text("已恢复第 1 版，存为第 3 版")).to_be_visible()
    page.goto(f"/manage/{SLUG}/rulebook/text/")
    expect(page.locator("fc-yaml .cm-content")).to_be_visible()
    expect(page.locator("[data-verdict]")).to_contain_text("没有发现问题")
    office.look("the text")


def every_question_is_answered(office: Visitor) -> None:
    page = office.page
    page.goto(f"/c/{SLUG}/office/questions/")
    office.look("questions")
    while page.locator("#next").count():
        answer(page)
    expect(page.get_by_role("heading", name="全部答复了，可以启动活动")).to_be_visible()


def answer(page: Page) -> None:
    """The first way that is offered; where there is none, a value of one's own."""
    form = page.locator("#next form")
    number = re.search(r"questions/(\w+)/", str(form.get_attribute("action")))
    assert number
    ways = form.locator("input[type=radio]")
    if ways.count():
        ways.first.check()
    else:
        form.locator("textarea[name='free-scheme']").fill(SCHEME)
    form.locator("textarea[name=reason]").fill("组委会会议商定。")
    form.get_by_role("button", name="记下答复").click()
    expect(page.get_by_text(f"问题 {number[1]} 的答复已记下")).to_be_visible()
    page.wait_for_load_state()  # the word stands above what may still be on its way


def the_contest_is_opened(office: Visitor) -> None:
    page = office.page
    page.get_by_role("button", name="启动活动").click()
    page.get_by_role("dialog").get_by_role("button", name="启动活动").click()
    expect(page.get_by_text("活动已启动，规则已冻结")).to_be_visible()


def a_contact_is_named(office: Visitor, folder: Path) -> str:
    """A roster of one unit with its contact; returns the contact's personal link."""
    page = office.page
    roster = folder / "roster.csv"
    roster.write_text(
        "科室名称,科室类别,联络员,联系电话\n针灸推拿学院,学院,学院联络员,0791-0\n", "utf-8"
    )
    page.goto(f"/c/{SLUG}/office/units/")
    page.get_by_label("Excel（.xlsx）或 CSV 文件").set_input_files(roster)
    page.get_by_role("button", name="读取并预览").click()
    page.get_by_role("button", name=re.compile("导入")).click()
    expect(page.get_by_text("已导入 1 个单位")).to_be_visible()
    page.goto(f"/c/{SLUG}/office/people/")
    row = page.get_by_role("row", name=re.compile("学院联络员"))
    row.locator("summary").click()
    row.get_by_role("button", name=re.compile("签发个人链接")).click()
    return page.locator("#link").input_value()


def the_deadline_is_extended(office: Visitor) -> None:
    page = office.page
    page.goto(f"/manage/{SLUG}/rulebook/amendments/")
    office.look("amendments, none yet")
    page.get_by_label("新的截止时间").fill(f"{LATER:%Y-%m-%d}T17:00")
    page.get_by_role("button", name="看看会改变什么").click()
    expect(page.get_by_role("heading", name=re.compile("会改变的规则"))).to_be_visible()
    office.look("the difference before it is published")
    page.get_by_label("补充通知的文号").fill("青禾医学院〔2026〕延1号")
    page.get_by_label("理由").fill("各学院反映拍摄时间不足。")
    page.get_by_role("button", name="签发补充通知").click()
    expect(page.get_by_text("补充通知（青禾医学院〔2026〕延1号）已发布")).to_be_visible()
    office.look("amendments, one")


def the_contact_sees_and_acknowledges(contact: Visitor) -> None:
    page = contact.page
    page.goto(f"/c/{SLUG}/")
    expect(page.get_by_role("heading", name="青禾医学院〔2026〕延1号")).to_be_visible()
    contact.look("the contest with its amendment")
    page.goto(f"/c/{SLUG}/works/")
    expect(page.get_by_role("heading", name="规则有变：1 份补充通知")).to_be_visible()
    contact.look("my works, told of the amendment")
    told = page.locator(".page-head").get_by_text(f"{LATER.month}月{LATER.day}日 17:00")
    expect(told).to_be_visible()
    page.get_by_role("button", name="我已知悉").click()
    expect(page.get_by_text("已记下您知悉补充通知")).to_be_visible()
    expect(page.get_by_role("heading", name="规则有变：1 份补充通知")).to_have_count(0)
