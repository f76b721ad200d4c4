"""Subtitles burnt into the picture: Chinese lines at its foot whose text changes while their place stays.

In which language and script they are, how legible (height of the letters, contrast), and how much of the
film has one. Lines in letters alone are subtitles too, but no Chinese ones: a person looks. Whether every
spoken sentence has its line is for who holds the sound too: all lines stand in `screen-text.json`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from fractions import Fraction
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from fengcai.media.checks import Film, Page
from fengcai.media.facts.measures import Answer, Box, Measure, Span
from fengcai.media.screen.evidence import cutting
from fengcai.media.screen.personal import masked
from fengcai.media.screen.sightings import NOTHING_LOOKED_AT, TimedCheck
from fengcai.media.screen.spells import Spell, plain

_FOOT = (0.70, 0.985)
_CENTRE = (0.3, 0.7)
_HEIGHT = (0.018, 0.11)
_LONGEST_S = 15
_SAME_ROW = 0.035
_SURE_LINES, _DOUBTFUL_LINES = 4, 2
_OFTEN = 0.5
_LEAST_SAMPLES = 3
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_LEAST_LETTER_PX, _LEAST_CONTRAST = 28.0, 0.35
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_FOREIGN = "下方的字幕不是中文，请人工查看是否符合要求"
_LETTER_SHARE = 0.72
"""A line's box is higher than its letters: the recogniser leaves this much for them."""
_MOST_PICTURES = 6
_ABOUT = ("subtitles", "subtitle_language", "subtitles_legible", "subtitle_coverage")
_CHARSETS = {name: codecs.lookup(name) for name in ("gb2312", "big5")}
"""Looked up here: behind the walls no module can be opened."""


class Subtitles(TimedCheck):
    """`subtitles` is true with four different Chinese lines in one row (three, if one stands there half of
    the time), doubtful with two."""

    name = "subtitles"
    of_stills = False
    method = "PP-OCR lines in the lower third, in one row, centred, each shorter than 15 s"

    def __init__(self, film: Film | None) -> None:
        super().__init__(film)
        self._contrasts: dict[str, float] = {}
        self._pictures: dict[str, str] = {}

    def look(self, page: Page) -> None:
        for line in page.lines:
            key = plain(line.text)
            if key in self._contrasts or len(self._contrasts) > 2_000 or not at_the_foot(line.box):
                continue
            self._contrasts[key] = contrast(page.rgb, line.box)
            if len(self.files) < _MOST_PICTURES:
                name = f"subtitles-{len(self.files) + 1}.jpg"
                self.files[name] = cutting(page, line.box)
                self._pictures[key] = name

    def result(self) -> Measure:
        lines = subtitle_lines(self.times.spells)
        letters = foreign_lines(self.times.spells)
        why = ""
        texts = {plain(spell.text) for spell in lines}
        self._keep_pictures_of(texts)
        if not texts and len(self.times.samples) < _LEAST_SAMPLES:
            return Measure(
                method=self.method, answer="unmeasured", about=_ABOUT, why=NOTHING_LOOKED_AT
            )
        answer: Answer = "clear"
        values = self._values(lines) if lines else {}
        often = float(values.get("coverage") or 0) >= _OFTEN
        if len(texts) >= _SURE_LINES or (len(texts) == _SURE_LINES - 1 and often):
            answer = "found"
        elif len(texts) >= _DOUBTFUL_LINES:
            answer = "doubtful"
        elif len({plain(spell.text) for spell in letters}) >= _SURE_LINES:
            answer, why, lines = "doubtful", _FOREIGN, letters
            values = self._values(letters)
        if lines and answer != "clear":
            values["language"] = language(lines, letters)
        facts: dict[str, bool | int | str] = {}
        if answer != "doubtful":
            facts["subtitles"] = answer == "found"
        if answer == "found":
            facts["subtitle_language"] = str(values["language"])
            facts["subtitles_legible"] = bool(values["legible"])
            facts["subtitle_coverage"] = str(Fraction(str(values["coverage"])) * 100)
        return Measure(
            method=self.method,
            answer=answer,
            about=_ABOUT,
            facts=facts,
            values=values if answer != "clear" else {},
            limits={"letter_px": _LEAST_LETTER_PX, "contrast": _LEAST_CONTRAST},
            spans=tuple(self._span(spell) for spell in lines[:60]) if answer != "clear" else (),
            why=why,
        )

    def _values(self, lines: Sequence[Spell]) -> dict[str, float | int | bool | str | None]:
        """Letters are measured in a picture of 1080 lines; contrast is (light − dark) ÷ 255."""
        letters = median(spell.box[3] for spell in lines) * 1080 * _LETTER_SHARE
        contrasts = [self._contrasts.get(plain(spell.text)) for spell in lines]
        known = [each for each in contrasts if each is not None]
        contrast_median = round(median(known), 2) if known else None
        samples = self.times.samples
        shown = sum(any(spell.from_s <= at <= spell.to_s for spell in lines) for at in samples)
        legible = letters >= _LEAST_LETTER_PX and (contrast_median or 1.0) >= _LEAST_CONTRAST
        return {
            "lines_count": len(lines),
            "letter_px": round(letters, 1),
            "contrast": contrast_median,
            "legible": legible,
            "coverage": round(shown / len(samples), 3),
        }

    def _span(self, spell: Spell) -> Span:
        return Span(
            from_s=spell.from_s,
            to_s=spell.to_s,
            value=self._contrasts.get(plain(spell.text)),
            text=masked(spell.text)[:300],
            box=spell.box,
            picture=self._pictures.get(plain(spell.text)),
        )

    def _keep_pictures_of(self, texts: set[str]) -> None:
        for text in [text for text in self._pictures if text not in texts]:
            del self.files[self._pictures.pop(text)]


def subtitle_lines(spells: Sequence[Spell]) -> list[Spell]:
    """Those in the row (or two rows) at the foot where most different Chinese lines stood in turn."""
    return _in_one_row(
        [
            spell
            for spell in spells
            if _may_be_one(spell)
            and len(_CHINESE.findall(spell.text)) * 2 >= len(plain(spell.text))
        ]
    )


def foreign_lines(spells: Sequence[Spell]) -> list[Spell]:
    """The same of lines in Latin letters without a Chinese sign."""
    return _in_one_row(
        [
            spell
            for spell in spells
            if _may_be_one(spell)
            and not _CHINESE.search(spell.text)
            and len(_LATIN.findall(spell.text)) * 2 >= len(plain(spell.text))
        ]
    )


def language(lines: Sequence[Spell], letters: Sequence[Spell]) -> str:
    """ "zh-Hans", "zh-Hant" or "latin", "zh-Hans+latin" where most lines have their twin in letters.

    A sign that the simplified set (GB 2312) lacks and the traditional one (Big5) has is traditional.
    """
    signs = _CHINESE.findall("".join(spell.text for spell in lines))
    if not signs:
        return "latin"
    traditional = sum(not _has("gb2312", sign) and _has("big5", sign) for sign in signs)
    script = "zh-Hant" if 10 * traditional > len(signs) else "zh-Hans"
    return f"{script}+latin" if 2 * len(letters) >= len(lines) else script


def _has(charset: str, sign: str) -> bool:
    try:
        _CHARSETS[charset].encode(sign)
    except UnicodeEncodeError:
        return False
    return True


def _may_be_one(spell: Spell) -> bool:
    return (
        at_the_foot(spell.box)
        and spell.to_s - spell.from_s <= _LONGEST_S
        and len(plain(spell.text)) >= 2
    )


def _in_one_row(candidates: Sequence[Spell]) -> list[Spell]:
    best: list[Spell] = []
    most = 0
    for row in {round(_middle(spell), 2) for spell in candidates}:
        in_row = [spell for spell in candidates if abs(_middle(spell) - row) <= _SAME_ROW]
        different = len({plain(spell.text) for spell in in_row})
        if different > most:
            best, most = in_row, different
    return sorted(best, key=lambda spell: (spell.from_s, spell.box[1]))


def at_the_foot(box: Box) -> bool:
    """A line of the size and at the place of subtitles."""
    middle, centre = box[1] + box[3] / 2, box[0] + box[2] / 2
    return (
        _FOOT[0] <= middle <= _FOOT[1]
        and _CENTRE[0] <= centre <= _CENTRE[1]
        and _HEIGHT[0] <= box[3] <= _HEIGHT[1]
    )


def contrast(rgb: NDArray[np.uint8], box: Box) -> float:
    """Between the letters and what is right around them, as (light − dark) ÷ 255.

    Otsu's threshold parts letters from surroundings; their medians are compared.
    """
    height, width = rgb.shape[:2]
    y0, y1 = int(box[1] * height), int((box[1] + box[3]) * height) + 1
    x0, x1 = int(box[0] * width), int((box[0] + box[2]) * width) + 1
    part = rgb[y0:y1, x0:x1]
    if part.size == 0:
        return 0.0
    grey = cv2.cvtColor(part, cv2.COLOR_RGB2GRAY)
    at, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    light, dark = grey[grey > at], grey[grey <= at]
    if not light.size or not dark.size:
        return 0.0
    return round(float(np.median(light) - np.median(dark)) / 255, 3)


def _middle(spell: Spell) -> float:
    return spell.box[1] + spell.box[3] / 2


def share_with_line(lines: Sequence[Spell], from_s: Fraction, to_s: Fraction) -> float:
    """Share of a stretch during which one of the lines stood there: for joining with speech."""
    if to_s <= from_s:
        return 0.0
    covered, reached = Fraction(0), from_s
    for spell in sorted(lines, key=lambda each: each.from_s):
        start, end = max(reached, spell.from_s), min(to_s, spell.to_s)
        if end > start:
            covered += end - start
            reached = end
    return float(covered / (to_s - from_s))
