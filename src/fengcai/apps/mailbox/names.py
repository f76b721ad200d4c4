"""Names of units as people write them: folded to what matters, with the usual short names.

Plain text in, plain text out; knows no rows. What a hospital calls a unit beside its name stands in
`abbreviations.txt`, what this contest's officer has added comes in as aliases.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LONGEST_LOOKED_AT = 500
"""Characters of a subject or file name that are looked at: a subject may have thousands."""

_REPLIES = re.compile(
    r"^\s*(?:(?:re|fw|fwd|aw|回复|答复|转发|轉發|回覆|转|回)\s*(?:\[\d+\])?\s*[:：]\s*)+",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[((\[【〔].*?[))\]】〕]")


def plain(text: str) -> str:
    """What a reader sees: width folded, invisible and direction-turning characters gone, one line."""
    seen = unicodedata.normalize("NFKC", text[: LONGEST_LOOKED_AT * 4])
    kept = "".join(
        " " if c.isspace() or unicodedata.category(c) in ("Cc", "Zl", "Zp") else c
        for c in seen
        if unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn", "Mn")
    )
    return " ".join(kept.split())[:LONGEST_LOOKED_AT]


def folded(text: str) -> str:
    """For comparing: `plain`, without blanks and marks between the words, small letters."""
    return "".join(c for c in plain(text).casefold() if unicodedata.category(c)[0] in "LN")


def without_reply_marks(subject: str) -> str:
    """回复：转发：Re: … at the beginning of a subject, as often as they stand there, taken off."""
    return _REPLIES.sub("", plain(subject))


@cache
def _groups() -> tuple[tuple[str, ...], ...]:
    text = (files(__package__) / "abbreviations.txt").read_text(encoding="utf-8")
    lines = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return tuple(tuple(words) for words in lines)


@cache
def _usual() -> dict[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for group in _groups():
        for word in group:
            found[folded(word)] |= {folded(each) for each in group}
    return {word: frozenset(each - {word}) for word, each in found.items()}


def usual_names(name: str) -> frozenset[str]:
    """What a unit of this name is usually called as well, folded; empty for one that is not known."""
    own = folded(name)
    bare = folded(_BRACKETS.sub("", plain(name)))
    return (_usual().get(own, frozenset()) | _usual().get(bare, frozenset())) - {own}


@dataclass(frozen=True)
class Known:
    """A unit that a letter may be from. `aliases` are what the officer has entered for it."""

    id: int
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Called:
    """A folded name, whose it is, and where it comes from: name, alias (entered), usual or bare."""

    text: str
    unit: int
    kind: str


def names_of(units: Iterable[Known]) -> tuple[Called, ...]:
    """Every name that a unit goes by. A name of its own, or one entered by the officer, takes the
    usual short name of another unit away from that one; equal short names stay with both."""
    rows = list(units)
    found: list[Called] = []
    for unit in rows:
        found.append(Called(folded(unit.name), unit.id, "name"))
        found += [Called(folded(each), unit.id, "alias") for each in unit.aliases]
    own: defaultdict[str, set[int]] = defaultdict(set)
    for each in found:
        own[each.text].add(each.unit)
    for unit in rows:
        bare = folded(_BRACKETS.sub("", plain(unit.name)))
        further = [(bare, "bare"), *((text, "usual") for text in sorted(usual_names(unit.name)))]
        for text, kind in further:
            if text and not own.get(text):
                found.append(Called(text, unit.id, kind))
    unique = {(each.text, each.unit): each for each in reversed(found) if each.text}
    return tuple(sorted(unique.values(), key=lambda e: (-len(e.text), e.text, e.unit)))
