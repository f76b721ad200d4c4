"""SHA-256 of an open file in a thread of its own, beside whoever reads it."""

from __future__ import annotations

import hashlib
import os
import sys
import threading

_CHUNK = 1024**2


class Hashing(threading.Thread):
    """By positional reads: another process may share the descriptor and its offset."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(name="fengcai-hash", daemon=True)
        self._descriptor = descriptor
        self._digest = hashlib.sha256()
        self._unused = threading.Event()

    def run(self) -> None:
        at = 0
        while not self._unused.is_set():
            chunk = os.pread(self._descriptor, _CHUNK, at)
            if not chunk:
                return
            self._digest.update(chunk)
            at += len(chunk)

    def stop_if_unused(self) -> None:
        """End early when an exception is passing, so that the descriptor may be closed."""
        if sys.exc_info()[0] is not None:
            self._unused.set()
        self.join()

    def result(self) -> str:
        return self._digest.hexdigest()
