"""A film with eight planted faults, from the entrant's upload to the three who look at it: each fault at
its time, with its picture, and nobody's number shown to those who may not see it.

Real pages, server, worker, film. The form is filled in and signed by script.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys import faulty_film
from tests.journeys.faulty_film import MASKED, NUMBER, PLANTED
from tests.journeys.premises import Premises
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

SLUG = "faults"
UNIT = "心病科"
SAYS = {
    "shake": "画面抖动明显",
    "watermark": "水印或平台标识",
    "black": "是黑屏",
    "freeze": "画面静止不动",
    "flashing": "画面闪烁过快",
    "silence": "没有声音",
    "clipping": "声音爆音",
    "personal_data": "能看清他人的个人信息",
}


@pytest.mark.clause("B2", "J4", "J6", "J8")
def test_each_planted_fault_is_seen_at_its_time_by_all_three(
    browser: Browser, premises: Premises, tmp_path: Path
) -> None:
    film = faulty_film.make(tmp_path / "心病科+一科一风采视频大赛.mp4")
    house = premises.stage("contest", slug=SLUG)
    entry = premises.stage("written", slug=SLUG, unit=UNIT)["entry"]

    contact = Visitor(browser, premises.address, "contact")
    contact.come_in(premises.stage("link", username="xnk-lly")["path"])
    address = contact_uploads(contact.page, entry, film)
    faults_are_seen(contact, address, private=False)
    private = names_of_pictures(contact.page)
    contact.leave()

    premises.stage("submitted", slug=SLUG, unit=UNIT, entry=entry)
    for name in ("reviewer", "organiser"):
        visitor = Visitor(browser, premises.address, name)
        visitor.sign_in(house[name], house["password"])
        visitor.page.goto(f"/review/{entry}/")
        whole = visitor.page.locator(f'a[href^="/review/{entry}/files/"]').first
        faults_are_seen(visitor, str(whole.get_attribute("href")), private=True)
        assert {each.replace("-masked", "") for each in private} == names_of_pictures(visitor.page)
        visitor.leave()


def contact_uploads(page: Page, entry: str, film: Path) -> str:
    """The upload, until the findings are there; the address of the page that shows them all."""
    page.goto(f"/works/{entry}/")
    page.locator("fc-upload input[type=file]").set_input_files(film)
    steady = page.locator(".finding", has_text="画面稳定无抖动").first
    expect(steady).to_be_visible()
    whole = page.locator(f'a[href^="/works/{entry}/files/"]').first
    return str(whole.get_attribute("href")).partition("#")[0]


def faults_are_seen(visitor: Visitor, address: str, *, private: bool) -> None:
    """Every planted fault with a moment within a second of its own, and its picture."""
    page = visitor.page
    page.goto(address.partition("#")[0])
    visitor.look("inspection")
    for fault in PLANTED:
        seen = page.locator(".seen", has_text=SAYS[fault.measure])
        expect(seen.first).to_be_visible()
        moments = [times(each) for each in seen.locator("a.timecode").all()]
        assert abs(min(moments) - fault.from_s) <= 1, (fault, moments)
        assert max(moments) <= fault.to_s + 1, (fault, moments)
        pictures = seen.locator("img")
        if fault.seen and fault.measure != "black":  # a black picture shows nothing
            assert pictures.count() >= 1, fault
            pictures.first.scroll_into_view_if_needed()
            page.wait_for_function(
                "picture => picture.naturalWidth > 60", arg=pictures.first.element_handle()
            )
        else:
            assert pictures.count() == 0, fault
    told = page.locator("main").inner_text()
    assert MASKED in told
    assert NUMBER not in page.content()
    number = page.locator(".seen", has_text=SAYS["personal_data"]).locator("img").first
    assert ("-masked.jpg" in str(number.get_attribute("src"))) is not private
    for clause in (
        "画面稳定无抖动",
        "录音清晰无杂音",
        "画面无水印标识",
        "病历资料、个人信息一律脱敏",
    ):
        line = page.locator(".finding", has_text=clause).first
        expect(line.locator(".seen").first).to_be_visible()
    if not private:
        plain = str(number.get_attribute("src")).replace("-masked", "")
        assert page.request.get(plain).status == 404


def times(moment: Locator) -> float:
    """Where a moment's link leads to, in seconds."""
    return float(str(moment.get_attribute("href")).partition("#t=")[2])


def names_of_pictures(page: Page) -> set[str]:
    """File names of all evidence on the page."""
    found = page.locator(".finding-evidence img").all()
    return {str(each.get_attribute("src")).rpartition("/")[2] for each in found}
