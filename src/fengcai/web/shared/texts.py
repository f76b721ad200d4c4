"""What browsers send, made fit to be kept: text that every database and page can carry, and whole
numbers that may be anything."""

from __future__ import annotations

from fengcai.apps.texts import storable

__all__ = ["LONGEST_NUMBER", "storable", "whole_number"]

LONGEST_NUMBER = 9


def whole_number(text: str | None, default: int = 0) -> int:
    """A whole number of at most nine digits, or `default` for anything else."""
    cleaned = (text or "").strip()
    if cleaned.isascii() and cleaned.isdigit() and len(cleaned) <= LONGEST_NUMBER:
        return int(cleaned)
    return default
