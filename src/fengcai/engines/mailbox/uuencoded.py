"""Files that old programs write into the text of a mail (`begin 644 name` … `end`), parted from the text.

Piece by piece: a text of any size costs the memory of what is kept of it. Looks for no other encoding.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable, Iterator

from .charsets import decode

LONGEST_LINE = 64 * 1024
_BEGIN = re.compile(rb"begin [0-7]{3,4} ([^\r\n]{1,500})\r?\n?")
_WIDEST = 45  # bytes that a line holds, by every program that writes them


class Inside:
    """The bytes of one file that stands in a text; `ended` is true where its last line was there."""

    def __init__(self, lines: _Lines, name: str) -> None:
        self._lines, self.name = lines, name
        self.ended = False

    def pieces(self) -> Iterator[bytes]:
        """Its bytes. Stops at its end, or before the first line that is none of it."""
        for line in self._lines:
            bare = line.rstrip(b"\r\n")
            if bare == b"end":
                self.ended = True
                return
            data = _decoded(bare)
            if data is None:
                self._lines.back(line)
                return
            if data:
                yield data


def parted(pieces: Iterator[bytes], take: Callable[[Inside], None]) -> Iterator[bytes]:
    """The text without the files in it; `take` is called for each and reads what it wants of it."""
    lines = _Lines(pieces)
    for line in lines:
        begun = _BEGIN.fullmatch(line)
        if begun is None:
            yield line
            continue
        first = next(lines, b"")
        lines.back(first)
        if not _decoded(first.rstrip(b"\r\n")):
            yield line  # somebody who writes “begin 100 …” in a sentence
            continue
        inside = Inside(lines, decode(begun[1])[0])
        take(inside)
        for _ in inside.pieces():  # what was not wanted is no text either
            pass


class _Lines:
    """Lines with their ends, of which the last may be given back; one that is longer than any of ours
    comes in pieces."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._made, self._back = self._of(pieces), b""

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        line, self._back = self._back, b""
        return line or next(self._made)

    def back(self, line: bytes) -> None:
        """Give it again next."""
        self._back = line

    @staticmethod
    def _of(pieces: Iterator[bytes]) -> Iterator[bytes]:
        left = b""
        for piece in pieces:
            *whole, left = (left + piece).split(b"\n")
            for line in whole:
                yield line + b"\n"
            while len(left) > LONGEST_LINE:
                yield left[:LONGEST_LINE]
                left = left[LONGEST_LINE:]
        if left:
            yield left


def _decoded(line: bytes) -> bytes | None:
    """What a line holds; None where it is none of such a file."""
    if not line:
        return b""
    size = (line[0] - 32) & 63
    if not 32 <= line[0] <= 96 or size > _WIDEST:
        return None
    needed = 1 + (size + 2) // 3 * 4
    # Blanks at the end were lost on the way; some programs write a check sum behind.
    if len(line) > needed + 2 or any(not 32 <= x <= 96 for x in line):
        return None
    try:
        return binascii.a2b_uu(line[:needed].ljust(needed))
    except binascii.Error:
        return None
