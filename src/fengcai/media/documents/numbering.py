"""The numbers that Word shows before a paragraph but does not keep in its text: 一、（一）1. ①.

Follows numbering.xml as far as notices use it: levels, start values, restarts, and numbering that
comes with a style. A format it does not know gives the plain number.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from docx.oxml.ns import qn

DIGITS = "零一二三四五六七八九"
CHINESE = frozenset(
    {
        "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
        "taiwaneseCountingThousand", "chineseLegalSimplified",
    }
)  # fmt: skip
ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def shown(number: int, form: str) -> str:
    """A number as Word's format `form` shows it; formats for 1…99 in Chinese."""
    if form in CHINESE and 0 < number < 100:
        tens, ones = divmod(number, 10)
        ten = "" if not tens else "十" if tens == 1 else f"{DIGITS[tens]}十"
        return ten + (DIGITS[ones] if ones or not tens else "")
    if form == "ideographDigital":
        return "".join(DIGITS[int(each)] for each in str(number))
    if form.startswith("decimalEnclosedCircle") and 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    if form in {"upperLetter", "lowerLetter"} and 1 <= number <= 26:
        return chr((65 if form == "upperLetter" else 97) + number - 1)
    if form in {"upperRoman", "lowerRoman"} and 1 <= number < 40:
        text = ""
        for value, sign in ROMAN:
            text += sign * (number // value)
            number %= value
        return text.upper() if form == "upperRoman" else text
    if form in {"bullet", "none"}:
        return ""
    return str(number)


class Numbering:
    """Counts paragraphs of one document in order; ask for each paragraph's label once."""

    def __init__(self, document: Any) -> None:
        self.levels: dict[str, dict[int, tuple[int, str, str]]] = {}
        self.abstract: dict[str, str] = {}
        self.styles: dict[str, tuple[str, int]] = {}
        self.counts: dict[str, dict[int, int]] = defaultdict(dict)
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return
        kinds = {
            each.get(qn("w:abstractNumId")): self._levels(each)
            for each in root.iterfind(qn("w:abstractNum"))
        }
        for number in root.iterfind(qn("w:num")):
            id, link = number.get(qn("w:numId")), number.find(qn("w:abstractNumId"))
            if link is not None and link.get(qn("w:val")) in kinds:
                self.abstract[id] = link.get(qn("w:val"))
                self.levels[id] = dict(kinds[link.get(qn("w:val"))])
        for style in document.styles.element.iterfind(qn("w:style")):
            found = self._own(style.find(qn("w:pPr")))
            if found is not None:
                self.styles[style.get(qn("w:styleId"))] = found

    @staticmethod
    def _levels(kind: Any) -> dict[int, tuple[int, str, str]]:
        found = {}
        for level in kind.iterfind(qn("w:lvl")):
            said = {
                key: each.get(qn("w:val"), "")
                for key in ("start", "numFmt", "lvlText")
                if (each := level.find(qn(f"w:{key}"))) is not None
            }
            start = said.get("start", "1")
            found[int(level.get(qn("w:ilvl"), "0"))] = (
                int(start) if start.isdigit() else 1,
                said.get("numFmt", "decimal"),
                said.get("lvlText", ""),
            )
        return found

    @staticmethod
    def _own(properties: Any) -> tuple[str, int] | None:
        number = None if properties is None else properties.find(qn("w:numPr"))
        if number is None:
            return None
        id, level = number.find(qn("w:numId")), number.find(qn("w:ilvl"))
        depth = "0" if level is None else level.get(qn("w:val"), "0")
        if id is None or not depth.isdigit():
            return None
        return id.get(qn("w:val"), ""), int(depth)

    def label(self, paragraph: Any) -> str:
        """What Word shows before this paragraph, “” when it is not numbered."""
        properties = paragraph.find(qn("w:pPr"))
        found = self._own(properties)
        if found is None and properties is not None:
            style = properties.find(qn("w:pStyle"))
            found = self.styles.get(style.get(qn("w:val"))) if style is not None else None
        if found is None or found[0] not in self.levels:
            return ""
        id, depth = found
        levels = self.levels[id]
        if depth not in levels:
            return ""
        counts = self.counts[self.abstract[id]]
        counts[depth] = counts.get(depth, levels[depth][0] - 1) + 1
        for deeper in [each for each in counts if each > depth]:
            del counts[deeper]

        def number(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            start, form, _ = levels.get(at, (1, "decimal", ""))
            return shown(counts.get(at, start), form)

        _, form, text = levels[depth]
        return "" if form == "bullet" else re.sub(r"%([1-9])", number, text)
