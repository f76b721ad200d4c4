"""What happens to a complete file: one callback per purpose, registered when an app starts.

Does not call the callbacks; `completion` does, once each, in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from fengcai.engines.storage import Arrived


class UploadRefused(Exception):
    """Raised by a callback that will not take the file; the text (Chinese) is shown to the person.

    The received bytes are deleted. Say what is kept and what to do.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True, slots=True)
class CompletedUpload:
    """A file that has arrived whole and is safe.

    `received` holds `size` bytes whose SHA-256 (lower-case hex) is `sha256`: pass both to
    `storage.adopt`, so that nothing is copied or read again.
    `began_at` is when the upload was created, `finished_at` when its last byte was durable.
    `filename` is as the person's machine named it, without directories; it may be empty.
    """

    id: UUID
    purpose: str
    received: Path | Arrived
    size: int
    sha256: str
    filename: str
    began_at: datetime
    finished_at: datetime
    subject: dict[str, Any]
    owner: str


OnComplete = Callable[[CompletedUpload], None]

_callbacks: dict[str, OnComplete] = {}


def register(purpose: str, on_complete: OnComplete) -> None:
    """Have `on_complete` called once, in a transaction, for each complete upload of `purpose`.

    It must take the file over (`storage.adopt`) or leave it to be deleted. Keep it short: write
    rows, enqueue jobs. Raising UploadRefused answers 422 with its text; any other exception rolls
    back and the completion is tried again. A purpose has one callback.
    """
    known = _callbacks.get(purpose)
    if known is not None and known is not on_complete:
        raise ValueError(f"purpose {purpose!r} already has a callback: {known!r}")
    _callbacks[purpose] = on_complete


def callback(purpose: str) -> OnComplete | None:
    """The callback of `purpose`, or None when nothing is registered under that name."""
    return _callbacks.get(purpose)
