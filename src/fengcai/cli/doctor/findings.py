"""What a check answers with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """One thing looked at: good, a warning, or bad; `advice` says what to do unless it is good."""

    subject: str
    state: Literal["good", "warning", "bad"]
    text: str
    advice: str = ""


Findings = Iterator[Finding]
