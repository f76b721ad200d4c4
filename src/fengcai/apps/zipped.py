"""What a file in a zip is called, as whoever made the zip meant it. It is told, and never used as a path."""

from __future__ import annotations

import contextlib
import zipfile

_MARKED_UTF8 = 0x0800
_THREE_BYTES = "\u0800"


def meant_name(member: zipfile.ZipInfo) -> str:
    """The name with its folders. Without the mark for UTF-8 it is in the maker's own charset: UTF-8 on a
    Mac, GBK on Windows set to Chinese. Two bytes may be both (双 in GBK is ˫ in UTF-8), three hardly."""
    if member.flag_bits & _MARKED_UTF8:
        return member.filename
    try:
        raw = member.orig_filename.partition("\0")[0].encode("cp437")
    except UnicodeEncodeError:
        return member.filename
    found = [
        text for text in (_decoded(raw, "utf-8"), _decoded(raw, "gb18030")) if text is not None
    ]
    if not found:
        return member.filename
    sure = found[0].isascii() or max(found[0]) >= _THREE_BYTES
    return found[0] if sure else found[-1]


def _decoded(raw: bytes, charset: str) -> str | None:
    with contextlib.suppress(UnicodeDecodeError):
        return raw.decode(charset)
    return None
