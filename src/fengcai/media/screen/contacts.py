"""Contact data and what leads viewers elsewhere, on screen; the patterns are `diverting`'s."""

from __future__ import annotations

from collections.abc import Sequence

from fengcai.media.checks import Page
from fengcai.media.screen.diverting import contacts
from fengcai.media.screen.sightings import Sighting, SightingCheck


class Contacts(SightingCheck):
    """Phones, WeChat and QQ numbers, addresses, links, selling; prices and booking words as doubtful."""

    name = "contact_shown"
    fact = "contact_shown"
    about = ("contact_shown",)
    method = (
        "PP-OCR text matched by patterns of contacts and diversion (negative list of 2025-11-07, 2)"
    )

    def find(self, page: Page) -> Sequence[Sighting]:
        return [
            Sighting(
                each.kind,
                f"{each.kind} {each.value}",
                f"{each.called}：{each.shown}",
                line.box,
                line.text,
                each.sure,
                private=each.private,
            )
            for line in page.lines
            for each in contacts(line.text)
        ]
