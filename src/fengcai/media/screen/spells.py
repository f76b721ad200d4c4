"""How long each line of text stood on screen, put together from the pictures that were read.

The same line in pictures that follow each other is one spell. Between them the decoding process tells
which strokes are gone, so that a spell ends when its letters went, not when the next picture was read.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from fractions import Fraction

from fengcai.media.checks import Line
from fengcai.media.facts.measures import Box
from fengcai.media.screen.choosing import COLUMNS, ROWS, Grid

MOST_SPELLS = 4_000
MOST_BYTES = 900_000
_GONE_SHARE = 0.3
_SAME_TEXT = 0.8
_SAME_PLACE = 0.4
_COMPARED = 80


@dataclass
class Spell:
    """A line of text and when it stood there; `box` where it was seen first."""

    text: str
    box: Box
    score: float
    from_s: Fraction
    to_s: Fraction
    standing: bool = True


class Timeline:
    """Every spell of a film, at most 4 000; `samples` counts the pictures that were looked at.

    That of a still is not `timed`: all stands at 0.
    """

    def __init__(self, *, timed: bool = True) -> None:
        self.timed = timed
        self.spells: list[Spell] = []
        self.samples: list[Fraction] = []
        self._standing: list[Spell] = []

    @property
    def end_s(self) -> Fraction:
        """The time of the last picture that was looked at."""
        return self.samples[-1] if self.samples else Fraction(0)

    def look(self, time_s: Fraction, since_s: Fraction, lines: Sequence[Line], gone: Grid) -> None:
        """A picture was read: these lines stand in it (those in `gone` cells were filtered out)."""
        self.samples.append(time_s)
        left = list(self._standing)
        kept: list[Spell] = []
        for line in lines:
            spell = _same(line, left)
            if spell is None:
                if len(self.spells) >= MOST_SPELLS:
                    continue
                spell = Spell(line.text, line.box, line.score, since_s, time_s)
                self.spells.append(spell)
            else:
                left.remove(spell)
                if line.score > spell.score:
                    spell.text, spell.score = line.text, line.score
            spell.to_s = time_s
            kept.append(spell)
        for spell in left:
            spell.standing = False
        self._standing = kept

    def pass_by(self, time_s: Fraction, gone: Grid) -> None:
        """A picture was looked at and nothing in it had to be read."""
        self.samples.append(time_s)
        for spell in self._standing:
            if is_gone(spell.box, gone):
                spell.standing = False
            else:
                spell.to_s = time_s
        self._standing = [spell for spell in self._standing if spell.standing]

    def of(self, text: str, time_s: Fraction) -> Spell | None:
        """The spell of a line that was read in the picture of this time."""
        known = plain(text)
        for spell in self.spells:
            if spell.from_s <= time_s <= spell.to_s and _like(plain(spell.text), known):
                return spell
        return None

    def as_json(self, masked: Callable[[str], str]) -> bytes:
        """A list of {from_s, to_s, text, box}, times in seconds, at most 900 kB; the longest stay."""
        by_length = sorted(self.spells, key=lambda spell: spell.from_s - spell.to_s)
        kept, size = [], 2
        for spell in by_length:
            row = json.dumps(
                {
                    "from_s": round(float(spell.from_s), 3),
                    "to_s": round(float(spell.to_s), 3),
                    "text": masked(spell.text),
                    "box": spell.box,
                },
                ensure_ascii=False,
            ).encode()
            size += len(row) + 2
            if size > MOST_BYTES:
                break
            kept.append((spell.from_s, spell.box[1], spell.box[0], row))
        return b"[" + b",\n".join(row[-1] for row in sorted(kept)) + b"]"


def is_gone(box: Box, gone: Grid) -> bool:
    """Whether so many of the cells under a line lost their strokes that the line is no more there."""
    left, top, width, height = box
    x0, x1 = int(left * COLUMNS), int((left + width) * COLUMNS) + 1
    y0, y1 = int(top * ROWS), int((top + height) * ROWS) + 1
    cells = gone[y0:y1, x0:x1]
    return bool(cells.size) and float(cells.mean()) > _GONE_SHARE


def plain(text: str) -> str:
    """Text as it is compared: full width as half, no spaces, no marks, small letters."""
    wide = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in wide if letter.isalnum())


def overlap(one: Box, other: Box) -> float:
    """Intersection over union of two boxes."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(0.0, width) * max(0.0, height)
    whole = one[2] * one[3] + other[2] * other[3] - shared
    return shared / whole if whole > 0 else 0.0


def _same(line: Line, spells: Iterable[Spell]) -> Spell | None:
    known = plain(line.text)
    moved: Spell | None = None
    for spell in spells:
        before = plain(spell.text)
        if overlap(line.box, spell.box) > _SAME_PLACE and _like(before, known):
            return spell
        if before == known and len(known) >= 2:
            moved = spell
    return moved


def _like(one: str, other: str) -> bool:
    if one == other:
        return True
    # A number that differs in one digit is another number.
    if abs(len(one) - len(other)) > 3 or one.isdecimal() or other.isdecimal():
        return False
    # The cheap bounds first: most lines have little in common.
    alike = SequenceMatcher(None, one[:_COMPARED], other[:_COMPARED], autojunk=False)
    bounds = (alike.real_quick_ratio, alike.quick_ratio, alike.ratio)
    return all(bound() >= _SAME_TEXT for bound in bounds)
