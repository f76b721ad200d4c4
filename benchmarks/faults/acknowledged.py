"""What the drill was told is done, one JSON line each, with the instant.

A line is written only after the answer: whatever stands here must be there in the end. A line of
doubt (`sure: false`) says that no answer came: done or not, but never twice.
"""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any


class Acknowledged:
    """A file of lines, shared by threads."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("a", encoding="utf-8")
        self._lock = threading.Lock()

    def note(self, kind: str, *, sure: bool = True, **what: Any) -> None:
        """Write one line."""
        line = json.dumps({"kind": kind, "sure": sure, "at": time.time(), **what})
        with self._lock:
            self._file.write(line + "\n")
            self._file.flush()


def read(file: Path) -> list[dict[str, Any]]:
    """The lines of a file; none when nothing was acknowledged."""
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
