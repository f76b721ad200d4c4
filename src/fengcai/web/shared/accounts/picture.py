"""What the picture before a code asks: four digits, which a phone's number keys type."""

from __future__ import annotations

import secrets


def digits() -> tuple[str, str]:
    """(what is drawn, what must be typed)."""
    said = f"{secrets.randbelow(10**4):04}"
    return said, said
