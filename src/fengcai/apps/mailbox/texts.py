"""What a stranger wrote, fit for a row."""

from __future__ import annotations


def fit_for_keeping(text: str, longest: int) -> str:
    """Without what a database cannot store (NUL, halves of characters), cut."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")[:longest]
