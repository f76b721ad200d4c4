"""A release signed on a phone of 360 px by a link, and withdrawn by the same link: the work is gone.

Real pages, server and worker; the work itself is prepared by script.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.premises import Premises
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.intake, pytest.mark.timeout(600)]

SLUG = "release"
NARROW = {"width": 360, "height": 740}


@pytest.mark.clause("J8", "B5")
def test_a_release_is_signed_on_a_phone_and_its_withdrawal_hides_the_work(
    browser: Browser, premises: Premises, films: dict[str, Path]
) -> None:
    house = premises.stage("contest", slug=SLUG, works_in=1, film=films["other"])
    (title,) = house["accepted"]
    organiser = Visitor(browser, premises.address, "organiser")
    organiser.sign_in(house["organiser"], house["password"])

    link = office_registers_somebody(organiser, title)
    nothing_is_shown_before_the_signature(organiser)
    signer = Visitor(browser, premises.address, "signer", phone=True)
    signer.page.set_viewport_size(NARROW)
    signs_with_a_finger(signer, link)
    page = organiser.page
    page.goto(f"/c/{SLUG}/office/publication/")
    page.get_by_role("checkbox", name="全选未展播的作品").check()
    page.get_by_role("button", name=re.compile("展播所选的")).click()
    organiser.done("1 件作品已在展播")

    public = Visitor(browser, premises.address, "public")
    public.page.goto(f"/c/{SLUG}/gallery/")
    expect(public.page.get_by_text(title).first).to_be_visible()
    address = public.page.locator("a", has_text=title).first.get_attribute("href")
    withdraws_by_the_same_link(signer, link)
    public.page.goto(f"/c/{SLUG}/gallery/")
    expect(public.page.get_by_text(title)).to_have_count(0)
    gone = public.page.goto(address or "")
    assert gone is not None
    assert gone.status == 404
    public.errors[:] = [line for line in public.errors if "404" not in line]

    page.goto(f"/c/{SLUG}/office/releases/?view=ended")
    expect(page.get_by_role("row", name=re.compile("王小明"))).to_contain_text("已撤回")
    organiser.look("office list, one withdrawn")
    page.goto(f"/c/{SLUG}/office/today/")
    expect(page.get_by_text("位出镜人员撤回、拒绝或到期")).to_be_visible()
    organiser.look("the officer's day")
    for each in (organiser, signer, public):
        each.leave()
    assert premises.stage("chain", slug=SLUG)["ok"] is True


def office_registers_somebody(organiser: Visitor, title: str) -> str:
    """The office does here what a unit does as well. Returns the link to sign by."""
    page = organiser.page
    page.goto(f"/c/{SLUG}/office/works/")
    page.get_by_role("link", name=title).first.click()
    page.get_by_role("link", name=re.compile("签署链接|登记出镜人员|看名单")).click()
    page.get_by_role("button", name="有人出镜，改为登记").click()
    organiser.done("请登记出镜人员")
    page.get_by_role("radio", name="患者", exact=True).check()
    page.get_by_label("姓名", exact=True).fill("王小明")
    page.get_by_role("button", name="登记", exact=True).click()
    organiser.done("已登记")
    page.get_by_text("给本人签：二维码和链接").click()
    expect(page.get_by_role("img", name=re.compile("签署二维码"))).to_be_visible()
    organiser.look("the register with a link to pass on")
    return page.get_by_label("签署链接").input_value()


def nothing_is_shown_before_the_signature(organiser: Visitor) -> None:
    """The work cannot even be ticked."""
    page = organiser.page
    page.goto(f"/c/{SLUG}/office/publication/")
    expect(page.get_by_text("1 件作品的出镜同意书还没有齐")).to_be_visible()
    expect(page.locator("input[name=entries]")).to_have_count(0)


def signs_with_a_finger(signer: Visitor, link: str) -> None:
    """Reads, is told what is missing, ticks use by use, signs, keeps a copy."""
    page = signer.page
    page.goto(link)
    expect(page.get_by_role("heading", name="出镜知情同意书")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    signer.look("a release to sign")
    page.get_by_role("button", name="签署", exact=True).click()
    expect(page.locator(".form-errors")).to_contain_text("请至少勾选一项用途")
    signer.errors[:] = [line for line in signer.errors if "422" not in line]
    draw(page)
    for use in page.locator("input[name=purposes]").all():
        use.check()
    page.get_by_role("button", name="签署", exact=True).click()
    expect(page.get_by_text("已签署，谢谢您")).to_be_visible()
    signer.look("a signed release")
    copy = page.request.get(page.url + "copy.pdf")
    assert copy.headers["content-type"] == "application/pdf"
    assert copy.body().startswith(b"%PDF-")


def draw(page: Page) -> None:
    """Two strokes on the sheet."""
    sheet = page.locator("canvas.signature-sheet")
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    assert box is not None
    for begin, end in (((0.1, 0.2), (0.8, 0.7)), ((0.7, 0.2), (0.2, 0.8))):
        page.mouse.move(box["x"] + box["width"] * begin[0], box["y"] + box["height"] * begin[1])
        page.mouse.down()
        page.mouse.move(
            box["x"] + box["width"] * end[0], box["y"] + box["height"] * end[1], steps=12
        )
        page.mouse.up()
    expect(page.get_by_text("已写下签名。")).to_be_visible()


def withdraws_by_the_same_link(signer: Visitor, link: str) -> None:
    """No reason is asked for."""
    page = signer.page
    page.goto(link)
    page.get_by_text("我要撤回").click()
    page.get_by_role("button", name="撤回同意").click()
    expect(page.get_by_text("同意已撤回")).to_be_visible()
    signer.look("a withdrawn release")
