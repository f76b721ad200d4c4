"""What is attached: its name as the sender wrote it, its bytes into a file, what it tells of the mail.

Opens nothing: an archive stays an archive, and what we cannot read is named.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .headers import Fields, fields
from .structure import Source

_OF_A_LETTER = frozenset({"from", "to", "subject", "date", "received", "message-id"})
_UNREADABLE = {
    "tnef": (
        frozenset({"application/ms-tnef", "application/vnd.ms-tnef"}),
        "附件被 Outlook 装进了 winmail.dat，这里打不开；请对方改用“HTML”或“纯文本”格式重发。",
    ),
    "encrypted": (
        frozenset({
            "application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted",
        }),
        "这封邮件是加密的，读不到内容；请对方不加密重发。",
    ),
    "partial": (
        frozenset({"message/partial"}),
        "对方的软件把一封大邮件拆成了几封，这里只有一段；请对方改用网页上传。",
    ),
    "external": (
        frozenset({"message/external-body"}),
        "附件不在邮件里，只写了存放的地方；请对方把文件直接发来。",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Spooled:
    """Bytes in a file, named by their SHA-256; `cut`: there were more than the limit."""

    path: Path
    size: int
    sha256: str
    cut: bool


def spooled(folder: Path, pieces: Iterable[bytes], most: int) -> Spooled:
    """Write the pieces to a file in the folder, at most `most` bytes. Raises OSError, leaving nothing."""
    digest, size, cut = hashlib.sha256(), 0, False
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                kept = piece[: most - size]
                digest.update(kept)
                size += file.write(kept)
                if cut := len(kept) < len(piece):
                    break
        path = folder / digest.hexdigest()
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return Spooled(path, size, digest.hexdigest(), cut)


def file_name(header: Fields) -> str:
    """The file's name: from Content-Disposition, else from Content-Type, where QQ writes it."""
    return header.parameter("content-disposition", "filename") or header.parameter(
        "content-type", "name"
    )


def is_letter(path: Path) -> bool:
    """Whether a file begins like a mail."""
    with path.open("rb") as file:
        names = {name for name, _ in fields(file.read(16_384)).items}
    return len(names & _OF_A_LETTER) >= 2


def unreadable(content_type: str, name: str) -> tuple[str, str] | None:
    """The problem, by its kind and in words, of a file that holds what we cannot read."""
    if name.lower() == "winmail.dat":
        return "tnef", _UNREADABLE["tnef"][1]
    for kind, (types, text) in _UNREADABLE.items():
        if content_type in types:
            return kind, text
    return None


def ended(source: Source, end: int) -> bool:
    """Whether base64 ends there as it should: the padding is the last that is written."""
    return source.at(max(end - 100, 0), min(100, end)).rstrip().endswith(b"=")
