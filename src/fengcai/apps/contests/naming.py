"""Names of units as people write them: cleaned of what cannot be seen, and compared.

Two names may be one unit's (心内科, 心血管内科): that is for a person to say; here they are only found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

_MARKS = re.compile(r"[\s()（）\[\]【】《》“”\"'·.,，。、\-—_/]+")
_TAILS = ("有限责任公司", "股份有限公司", "有限公司", "公司")
ALIKE = 85.0
"""From this score of 100 on two folded names are shown as alike."""


def plain(text: object) -> str:
    """One line without invisible signs (controls, zero widths, directions), single spaces."""
    normal = unicodedata.normalize("NFC", str(text))
    seen = "".join(
        " " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign
        for sign in normal
        if unicodedata.category(sign) not in ("Cf", "Cs", "Co")
    )
    return " ".join(seen.split())


def folded(name: str) -> str:
    """A name for comparing: width and case folded, marks and a company's form left out."""
    text = _MARKS.sub("", unicodedata.normalize("NFKC", plain(name))).casefold()
    for tail in _TAILS:
        if text.endswith(tail) and len(text) > len(tail) + 1:
            return text[: -len(tail)]
    return text


def split_names(text: str) -> list[str]:
    """Several names in one cell, parted by commas, semicolons, slashes or bars; each once."""
    parts = (plain(part) for part in re.split(r"[、，,；;|/／]", text))
    return list(dict.fromkeys(part for part in parts if part))


@dataclass(frozen=True)
class Alike:
    """A name that resembles the one asked for. `score` is 100 for the same folded name."""

    key: int
    name: str
    score: float


def alike(name: str, known: Iterable[tuple[int, Sequence[str]]], *, most: int = 5) -> list[Alike]:
    """Those of `known` (key, its names) whose best name resembles `name`, the nearest first."""
    asked = folded(name)
    if not asked:
        return []
    found = []
    for key, names in known:
        best = max(
            (
                (100.0 if folded(one) == asked else fuzz.ratio(asked, folded(one)), one)
                for one in names
            ),
            default=(0.0, ""),
        )
        if best[0] >= ALIKE:
            found.append(Alike(key, best[1], best[0]))
    found.sort(key=lambda one: (-one.score, one.key))
    return found[:most]
