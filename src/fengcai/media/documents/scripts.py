"""Whether a PDF carries JavaScript: as a whole, when it opens, or at a page, a link or a field.

PDFium tells only of scripts of the document as a whole, so the names are looked for: in the file, and in
the streams that pack objects. Nothing is run.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

_MOST_STREAMS, _MOST_STREAM, _MOST_UNPACKED = 5_000, 4 * 1024**2, 64 * 1024**2
_PACKED = re.compile(rb"/ObjStm\b.{0,400}?stream\r?\n", re.DOTALL)


# A name may be written with any of its letters as # and two digits.
_SCRIPT = re.compile(
    b"/"
    + b"".join(b"(?:%c|(?i:#%02x))" % (each, each) for each in b"JavaScript")
    + rb"(?![A-Za-z])"
)


def holds_scripts(data: bytes) -> bool:
    """Whether an action of the document is a script."""
    return any(_SCRIPT.search(part) for part in (data, *_unpacked(data)))


def _unpacked(data: bytes) -> Iterator[bytes]:
    """The objects that are packed into streams, as far as the bounds go."""
    left = _MOST_UNPACKED
    for number, found in enumerate(_PACKED.finditer(data)):
        if number >= _MOST_STREAMS or left <= 0:
            return
        try:
            part = zlib.decompressobj().decompress(
                data[found.end() : found.end() + left], _MOST_STREAM
            )
        except zlib.error:  # packed otherwise, or broken
            continue
        left -= len(part)
        yield part
