"""The fingerprint of a signed release: over every word, tick and stroke, with a salt.

Without the salt nobody can guess the name in it back from the hash; erasing both keeps the proof that
the release was there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from fengcai.core.rulebook.rules import canonical


def seal(content: Mapping[str, Any], salt: str) -> str:
    """SHA-256 (hex) of the canonical JSON of `content` (JSON types, no floats) and `salt`."""
    return hashlib.sha256(canonical({**content, "salt": salt})).hexdigest()
