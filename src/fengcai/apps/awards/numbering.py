"""How certificates are numbered: a series made of the notice's own document number, then a serial."""

from __future__ import annotations

import re

from fengcai.core.rulebook import Rules

_DOCUMENT = re.compile(r"(?P<organ>[^〔\[［0-9]{1,20}?)[字发函]?\s*[〔\[［]\s*\d{4}")


def series_of(rules: Rules, *, year: int, demo: bool) -> str:
    """`附院字〔2026〕34号` gives `附院证〔2026〕`; without a document number it is `证〔2026〕`.

    `year` is the year of issue. Demonstrations have a series of their own, so that they use up no
    number of the institution.
    """
    found = _DOCUMENT.match(rules.document_number or "")
    organ = found["organ"] if found else ""
    return f"{'演示' if demo else ''}{organ}证〔{year}〕"
