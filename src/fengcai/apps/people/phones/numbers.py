"""Mainland mobile numbers as people write them."""

from __future__ import annotations

import re
import unicodedata

MOBILE = re.compile(r"1[3-9][0-9]{9}")
_BETWEEN = str.maketrans("", "", " -‐‑–—－.·()（）\u200b\ufeff\u00a0\u202c\u202d")


def mobile(text: str) -> str:
    """The eleven digits of a mainland mobile number, however it is written (+86, full-width, with
    spaces or dashes); empty when it is none."""
    plain = unicodedata.normalize("NFKC", text[:60]).strip().translate(_BETWEEN)
    plain = re.sub(r"^(?:\+86|0086|86)(?=1[3-9][0-9]{9}$)", "", plain)
    return plain if MOBILE.fullmatch(plain) else ""


def mobiles_in(text: str) -> set[str]:
    """The mobile numbers in a roster's cell: “13800000000 / 8812”."""
    parts = re.split(r"[/／、，,;；\n或]", text[:60])
    return {number for part in parts if (number := mobile(part))}


def masked(number: str) -> str:
    """138****0000: enough for its owner, too little for others."""
    return f"{number[:3]}****{number[-4:]}"
