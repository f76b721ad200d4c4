"""A text as its reader takes it: without the spaces, marks and look-alike letters that hide a word.

Every sign of the folded text knows where it stands in the original. Marks that end a clause become one
sign, `BORDER`, which no word of a lexicon holds; all other marks, blanks and invisible signs go. Signs
between a right-to-left override and its end are read in the order in which a screen shows them.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

BORDER = "\n"
_BORDERS = frozenset("。！？；：，、!?;:,…｡､")
_KEPT_MARKS = frozenset("%％﹪")
_LETTERS_AND_NUMBERS = frozenset("LN")
_OVERRIDE = re.compile("\u202e([^\u202c\n]*)")
UNSEEN = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)
"""Signs that show nothing, or turn the writing around: controls, zero widths, directions."""
_SPACED_OUT = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_MOST_KEPT = 30_000
"""Signs whose fold is remembered; a text of every sign there is must not fill the memory."""


@dataclass(frozen=True)
class Folded:
    """`text` is the folded text; `place(i)` the half-open span of its i-th sign in the original."""

    text: str
    ends: Sequence[int]
    order: Sequence[int] | None

    def place(self, at: int) -> tuple[int, int]:
        """Where the folded sign at `at` stands in the original."""
        seen = bisect_right(self.ends, at)
        start = seen if self.order is None else self.order[seen]
        return start, start + 1

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The least span of the original that holds all of the folded signs `start`–`end`."""
        places = [self.place(at) for at in (range(start, end) if self.order else (start, end - 1))]
        return min(first for first, _ in places), max(last for _, last in places)


class Folding(dict[str, str]):
    """Sign → what it is folded to: nothing, one sign, or several (㎏ is kg)."""

    def __init__(self, stand_ins: Mapping[str, str]) -> None:
        super().__init__()
        self._stand_ins = dict(stand_ins)

    def __missing__(self, sign: str) -> str:
        folded = self._of(sign)
        if len(self) < _MOST_KEPT:
            self[sign] = folded
        return folded

    def _of(self, sign: str) -> str:
        if sign in _BORDERS:
            return BORDER
        if sign in self._stand_ins:
            return self._stand_ins[sign]
        if sign in _KEPT_MARKS:
            return "%"
        # Taken apart, so that the marks over letters (gēn, é) go as other marks do.
        plain = unicodedata.normalize("NFKD", sign).casefold()
        return "".join(
            self._stand_ins.get(each, each)
            for each in plain
            if unicodedata.category(each)[0] in _LETTERS_AND_NUMBERS
        )

    def fold(self, text: str) -> Folded:
        """Fold a text of any length and content; what it costs grows with the length alone."""
        order = _as_shown(text) if "\u202e" in text else None
        seen = text if order is None else "".join(text[at] for at in order)
        pieces = [self[sign] for sign in seen]
        return Folded("".join(pieces), list(accumulate(map(len, pieces))), order)

    def undisguised(self, text: str) -> tuple[str, list[int]]:
        """The text for readers of numbers and addresses, whose marks and blanks tell something: no
        invisible signs, no blanks between Chinese signs, stand-ins as they are meant; and where each
        sign that is left stood."""
        gaps = {at for gap in _SPACED_OUT.finditer(text) for at in range(*gap.span())}
        signs, places = [], []
        for at, sign in enumerate(text):
            if at in gaps or UNSEEN.match(sign):
                continue
            meant = sign if sign.isascii() else self[sign]
            signs.append(meant if len(meant) == 1 and meant != BORDER else sign)
            places.append(at)
        return "".join(signs), places


def _as_shown(text: str) -> list[int]:
    """The places of a text's signs in the order in which they are shown."""
    order: list[int] = []
    at = 0
    for turned in _OVERRIDE.finditer(text):
        start, end = turned.span(1)
        order += range(at, start)
        order += range(end - 1, start - 1, -1)
        at = end
    order += range(at, len(text))
    return order


def fold(text: str, stand_ins: Mapping[str, str] | None = None) -> Folded:
    """Fold one text, with these stand-ins (sign as written → sign as meant)."""
    return Folding(stand_ins or {}).fold(text)
