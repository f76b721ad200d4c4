"""Words and addresses as settings hold them, and what is wrong with them, in Chinese."""

from __future__ import annotations

from urllib.parse import urlsplit


def on_this_machine(url: str) -> bool:
    """Whether an address leads to the very machine."""
    return urlsplit(url).hostname in {"127.0.0.1", "::1", "localhost"}


def words(value: str) -> list[str]:
    """What stands between commas."""
    return [word.strip() for word in value.split(",") if word.strip()]


def of_schemes(value: str, *schemes: str) -> str:
    """`value` when it is empty or a URL of one of the schemes. Raises ValueError, in Chinese."""
    scheme, separator, rest = value.partition("://")
    if value and (not separator or scheme not in schemes or not rest):
        known = "、".join(f"{scheme}://" for scheme in schemes)
        raise ValueError(f"须以 {known} 开头，并写全地址")
    return value
