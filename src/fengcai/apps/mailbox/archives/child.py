"""The child's side: puts the walls up, then looks at the archive for the first time.

Standard input is the archive, the only argument the task: `list` answers with one JSON object, `take:3,7`
with these members in pieces, each behind `PIECE` (the member's number, the piece's length; a length of 0
ends the member). Opens no file and knows no limits but its own.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from typing import IO, Any

from fengcai.apps.mailbox.archives.limits import PIECE
from fengcai.media.containment import contain

MEMORY_BYTES = 1024**3
CPU_S = 600
OPEN_FILES = 32
MOST = 501
"""Members that are told; one more than anybody takes."""
FORMATS = ("rar", "rar5", "7zip")
_REGULAR = 0o100000


def main() -> int:
    """Carry out one task; 0 where it was done to its end."""
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        from libarchive import ffi  # type: ignore[import-untyped]
    except (ImportError, OSError, TypeError, AttributeError):
        answer.write(b'{"refused": "missing"}')
        answer.flush()
        return 1
    encrypted = ffi.libarchive.archive_entry_is_encrypted
    encrypted.argtypes, encrypted.restype = [ctypes.c_void_p], ctypes.c_int
    contain(memory_bytes=MEMORY_BYTES, cpu_s=CPU_S, open_files=OPEN_FILES)
    listing = sys.argv[1] == "list"
    try:
        told = _listed(ffi, encrypted) if listing else _taken(ffi, sys.argv[1], answer)
    except Exception as error:  # a hostile file may raise anything
        told = {"refused": "locked" if "ncrypt" in str(error) else "broken"}
    if listing:
        answer.write(json.dumps(told).encode())
    answer.flush()
    return int("refused" in told)


def _listed(ffi: Any, encrypted: Any) -> dict[str, Any]:
    rows: list[tuple[int, str, int]] = []
    count = 0
    with _opened(ffi) as archive:
        for number, entry in enumerate(archive):
            if encrypted(entry._entry_p):
                return {"refused": "locked"}
            if entry.filetype != _REGULAR:
                continue
            if not ffi.entry_size_is_set(entry._entry_p):
                return {"refused": "broken"}
            count += 1
            if len(rows) < MOST:
                rows.append((number, str(entry.pathname or ""), int(entry.size)))
    return {"members": rows, "count": count}


def _taken(ffi: Any, task: str, answer: IO[bytes]) -> dict[str, Any]:
    wanted = {int(number) for number in task.removeprefix("take:").split(",")}
    with _opened(ffi) as archive:
        for number, entry in enumerate(archive):
            if number not in wanted:
                continue
            for block in entry.get_blocks(256 * 1024):
                answer.write(PIECE.pack(number, len(block)) + block)
            answer.write(PIECE.pack(number, 0))
            wanted.discard(number)
            if not wanted:
                return {}
    return {"refused": "bad"}


def _opened(ffi: Any) -> Any:
    """The archive on the standard input, read as one of the formats that we open and no other."""
    from contextlib import contextmanager

    from libarchive.read import ArchiveRead  # type: ignore[import-untyped]

    @contextmanager
    def reading() -> Any:
        archive = ffi.read_new()
        try:
            for name in FORMATS:
                ffi.get_read_format_function(name)(archive)
            ffi.read_open_fd(archive, 0, 64 * 1024)
            yield ArchiveRead(archive)
        finally:
            ffi.read_free(archive)

    return reading()


if __name__ == "__main__":
    sys.exit(main())
