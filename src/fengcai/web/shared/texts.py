"""What browsers send, made fit to be kept: text that every database and page can carry, and whole
numbers that may be anything."""

from __future__ import annotations

from fengcai.apps.refusals import Refused

LONGEST_NUMBER = 9


def storable(text: str) -> str:
    """The text without NUL. Raises `Refused` for half a character (a lone surrogate), which could
    be stored as JSON but never shown again."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise Refused(
            "文字里有半个字符（多半是被截断的表情符号），没有保存。请删掉它再试；其余内容仍在页面上。"
        ) from None
    return text.replace("\0", "")


def whole_number(text: str | None, default: int = 0) -> int:
    """A whole number of at most nine digits, or `default` for anything else."""
    cleaned = (text or "").strip()
    if cleaned.isascii() and cleaned.isdigit() and len(cleaned) <= LONGEST_NUMBER:
        return int(cleaned)
    return default
