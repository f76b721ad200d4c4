"""Text made fit to be kept, from wherever it comes: a page, a program, a command, a table."""

from __future__ import annotations

from fengcai.apps.refusals import Refused


def storable(text: str) -> str:
    """The text without NUL, which PostgreSQL cannot store. Raises `Refused` for half a character
    (a lone surrogate), which could be stored as JSON but never shown again."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise Refused(
            "文字里有半个字符（多半是被截断的表情符号），没有保存。请删掉它再试；其余内容仍在页面上。"
        ) from None
    return text.replace("\0", "")
