"""The parts of a mail as ranges of its file: nothing is read twice, nothing is held whole.

A mail of any size costs the memory of its headers and one chunk.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from typing import BinaryIO

CHUNK = 256 * 1024
MOST_DELIMITERS = 20_000
LINE_FEED = 10
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_NOT_BASE64 = bytes(
    x
    for x in range(256)
    if x not in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
)
_HALF_ESCAPE = re.compile(rb"=[0-9A-Fa-f]?$")


class Source:
    """The bytes of a mail, by their place."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.size = file.seek(0, 2)

    def at(self, start: int, most: int) -> bytes:
        """At most so many bytes from `start`."""
        self.file.seek(start)
        return self.file.read(max(most, 0))

    def chunks(self, start: int, end: int) -> Iterator[bytes]:
        """A range, piece by piece."""
        while start < end and (piece := self.at(start, min(CHUNK, end - start))):
            start += len(piece)
            yield piece


def past_envelope(source: Source, start: int, end: int) -> int:
    """Past blank lines and the line that an mbox puts before a mail."""
    head = source.at(start, min(2_000, end - start))
    skipped = len(head) - len(head.lstrip(b"\r\n"))
    if head[skipped:].startswith((b"From ", b">From ")):
        skipped = (head.find(b"\n", skipped) + 1) or skipped
    return start + skipped


def header_end(source: Source, start: int, end: int, most: int) -> tuple[int, int]:
    """Where the header block ends and where the body begins; both at the limit if no blank line comes."""
    if source.at(start, 2)[:1] == b"\n" or source.at(start, 2) == b"\r\n":
        return start, start + (1 if source.at(start, 1) == b"\n" else 2)
    block = b""
    while len(block) < min(most, end - start):
        more = source.at(start + len(block), min(32 * 1024, end - start - len(block)))
        if not more:
            break
        searched = max(len(block) - 4, 0)
        block += more
        if blank := _BLANK_LINE.search(block, searched):
            return start + blank.start(), start + blank.end()
    return start + len(block), start + len(block)


def parts(
    source: Source, start: int, end: int, boundary: bytes
) -> tuple[list[tuple[int, int]], bool]:
    """The ranges between the lines of a boundary, and whether the closing line is there.

    The line end before a boundary belongs to the boundary (RFC 2046, 5.1.1).
    """
    found: list[tuple[int, int]] = []
    opened: int | None = None
    for place, after, closing in _delimiters(source, start, end, boundary):
        if opened is not None:
            found.append((opened, max(place, opened)))
        if closing:
            return found, True
        opened = after
        if len(found) > MOST_DELIMITERS:
            return found, False
    if opened is not None and opened < end:
        found.append((opened, end))
    return found, False


def _delimiters(
    source: Source, start: int, end: int, boundary: bytes
) -> Iterator[tuple[int, int, bool]]:
    """(where the part before ends, where the next one begins, whether it is the last line).

    Windows overlap by `margin`, so that each line lies whole in the one that it begins in.
    """
    needle = b"--" + boundary
    line = re.compile(re.escape(needle) + rb"(--)?[ \t]*(?:\r?\n|\Z)")
    margin = len(needle) + 200
    base = start
    while base < end:
        window = source.at(base, min(CHUNK + margin, end - base))
        last = base + len(window) >= end or not window
        reach = len(window) if last else len(window) - margin + 2
        at = window.find(needle, 0 if base == start else 2)
        while -1 < at < reach:
            found = line.match(window, at) if at == 0 or window[at - 1] == LINE_FEED else None
            if found is not None:
                before = 0 if at == 0 else 2 if window[at - 2 : at - 1] == b"\r" else 1
                yield base + at - before, base + found.end(), found[1] is not None
            at = window.find(needle, at + len(needle))
        if last:
            return
        base += len(window) - margin


def decoded(source: Source, start: int, end: int, encoding: str) -> Iterator[bytes]:
    """The bytes of a range after its Content-Transfer-Encoding, piece by piece; an encoding that we do
    not know is left as it is."""
    if encoding == "base64":
        return _from_base64(source.chunks(start, end))
    if encoding == "quoted-printable":
        return _from_quoted_printable(source.chunks(start, end))
    if encoding in {"x-uuencode", "uuencode", "x-uue", "uue"}:
        return _from_uuencode(source.chunks(start, end))
    return source.chunks(start, end)


def _from_base64(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Groups of four; `=` ends a run, after which some senders begin another. What is left over of a cut
    group cannot be a byte."""
    left = b""
    for piece in pieces:
        runs = (left + piece.translate(None, _NOT_BASE64)).split(b"=")
        for run in runs[:-1]:
            yield _groups(run)
        whole = len(runs[-1]) // 4 * 4
        yield binascii.a2b_base64(runs[-1][:whole])
        left = runs[-1][whole:]
    yield _groups(left)


def _groups(run: bytes) -> bytes:
    if len(run) % 4 == 1:
        run = run[:-1]
    return binascii.a2b_base64(run + b"=" * (-len(run) % 4))


def _from_quoted_printable(pieces: Iterator[bytes]) -> Iterator[bytes]:
    left = b""
    for piece in pieces:
        written = left + piece
        cut = written.rfind(b"\n") + 1
        if not cut:  # one endless line: an escape must not be cut
            half = _HALF_ESCAPE.search(written[-2:])
            cut = len(written) - (len(half[0]) if half else 0)
        yield binascii.a2b_qp(written[:cut])
        left = written[cut:]
    yield binascii.a2b_qp(left)


def _from_uuencode(pieces: Iterator[bytes]) -> Iterator[bytes]:
    left = b""
    for piece in pieces:
        *lines, left = (left + piece).split(b"\n")
        for line in lines:
            yield _uuencoded(line)
        if len(left) > 1_000:
            left = b""
    yield _uuencoded(left)


def _uuencoded(line: bytes) -> bytes:
    line = line.rstrip(b"\r\n")
    if not line or line.startswith(b"begin ") or line == b"end":
        return b""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Some encoders write more characters than the length says: read as many as it needs.
        needed = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            return binascii.a2b_uu(line[: needed + 1])
        except binascii.Error:
            return b""
