"""Personal data on screen: identity numbers, phones, cards, record numbers, dates of birth, plates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fengcai.media.checks import Line, Page
from fengcai.media.facts.measures import Box
from fengcai.media.screen.forms import personal_on
from fengcai.media.screen.personal import KINDS, Datum
from fengcai.media.screen.sightings import Sighting, SightingCheck

_NAME = "姓名"


class PersonalData(SightingCheck):
    """A line's own data, and the value beside a label of a form; a birth date counts beside a name."""

    name = "personal_data"
    fact = "personal_data"
    about = ("personal_data",)
    method = (
        "PP-OCR text; identity numbers by GB 11643 region, date and ISO 7064 check digit; cards by Luhn; "
        "record numbers and dates by their labels"
    )

    def find(self, page: Page) -> Sequence[Sighting]:
        return list(_sightings(page.lines))


def _sightings(lines: tuple[Line, ...]) -> Iterator[Sighting]:
    named = any(_NAME in line.text for line in lines)
    for line, datum in personal_on(lines):
        yield Sighting(
            kind=datum.kind,
            key=f"{datum.kind} {datum.value}",
            text=f"{KINDS[datum.kind]}：{datum.shown}",
            box=part(line.box, line.text, datum),
            line=line.text,
            sure=datum.sure or (datum.kind == "birth" and named),
            private=True,
        )


def part(box: Box, text: str, datum: Datum) -> Box:
    """The datum's share of its line's box; a Chinese sign is as wide as two digits."""
    widths = [2 if ord(sign) > 0x2E7F else 1 for sign in text]
    whole = sum(widths) or 1
    left, top, width, height = box
    start, end = sum(widths[: datum.start]) / whole, sum(widths[: datum.end]) / whole
    return (
        round(left + width * start, 4),
        top,
        round(width * (end - start), 4),
        height,
    )
