"""Names as people mean them: one line, composed, without marks that nobody sees."""

from __future__ import annotations

import unicodedata

from fengcai.apps.texts import storable

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def plain_line(text: str) -> str:
    """The text on one line, without zero-width and direction marks: two names that look the same are the
    same. Raises `Refused` for half a character."""
    one = " ".join(unicodedata.normalize("NFC", storable(text)).split())
    seen = "".join(c for c in one if c == " " or unicodedata.category(c) not in _UNSEEN)
    return " ".join(seen.split())
