"""Every page that stands in a navigation, as its people see it: dark on a phone and light on a desk, axe
finds nothing grave on it and nothing stands out at its side."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from fengcai.web.shared.office import places
from tests.journeys.premises import Premises
from tests.journeys.visitor import AXE, DESK, GRAVE, PHONE, Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

SLUG = "every"
UNIT = "心病科"
ORGANISER = ("office/reminders/", "office/mailbox/settings/", "/manage/new/")
CONTACT = ("/me/", "works/")
PUBLIC = ("", "rules/", "questions/", "/accounts/login/")

LOOK = """async (rules) => {
  const frame = () => new Promise(drawn => requestAnimationFrame(drawn));
  const changing = () => document.getAnimations().some(each => each instanceof CSSTransition);
  for (let frames = 0, still = 0; frames < 90 && still < 5; frames += 1) {
    await frame();
    still = changing() ? 0 : still + 1;
  }
  const asked = rules ? {runOnly: rules} : {};
  const found = await axe.run(document, {resultTypes: ['violations'], ...asked});
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  return {wide, faults: found.violations.map(
    v => [v.impact, v.id, v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(', ')])};
}"""
"""What axe finds, and how far the page is wider than the screen; once the theme has changed: each
element hands the new colour down to those in it a frame later."""


def faults_of(page: Page, paths: list[str]) -> list[str]:
    """What is grave on these pages on a phone in the dark; of the light its contrast, on a desk."""
    axe = AXE.read_text("utf-8")
    found = []
    for path in paths:
        page.set_viewport_size(PHONE)
        page.emulate_media(color_scheme="dark")
        answer = page.goto(path)
        assert answer is not None and answer.status == 200, path
        page.evaluate(axe)
        dark = page.evaluate(LOOK)
        page.set_viewport_size(DESK)
        page.emulate_media(color_scheme="light")
        light = page.evaluate(LOOK, ["color-contrast"])
        for look, seen in (("phone, dark", dark), ("desk, light", light)):
            if seen["wide"] > 0:
                found.append(f"{path} ({look}): {seen['wide']} px too wide")
            found += [f"{path} ({look}): {v[1]} {v[2]}" for v in seen["faults"] if v[0] in GRAVE]
    return found


def test_every_page_is_fit_for_all_in_both_themes(browser: Browser, premises: Premises) -> None:
    house = premises.stage("contest", slug=SLUG)
    entry = premises.stage("written", slug=SLUG, unit=UNIT)["entry"]
    base = f"/c/{SLUG}/"
    organiser = Visitor(browser, premises.address, "organiser", phone=True)
    organiser.sign_in(house["organiser"], house["password"])
    organiser.page.goto(f"{base}office/")
    office = organiser.page.eval_on_selector_all(
        ".office-map a", "links => links.map(each => each.getAttribute('href'))"
    )
    assert len(office) == len([*places()])
    contact = Visitor(browser, premises.address, "contact", phone=True)
    contact.sign_in("xnk-lly", house["password"])
    public = Visitor(browser, premises.address, "public", phone=True)
    faults: list[str] = []
    for visitor, paths in (
        (organiser, [*office, *ORGANISER]),
        (contact, [*CONTACT, f"/works/{entry}/"]),
        (public, PUBLIC),
    ):
        faults += faults_of(
            visitor.page, [each if each.startswith("/") else base + each for each in paths]
        )
        visitor.leave()
    assert not faults, "\n".join(faults)
