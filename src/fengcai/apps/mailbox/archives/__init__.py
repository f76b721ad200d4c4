"""Archives that come by mail: what is in them, and one member at a time taken out, within limits.

Every number that an archive says of itself is distrusted; a path in it is never used as one. An archive
inside an archive stays closed. Zip is read by the standard library; rar and 7z by libarchive, in a child
process behind walls. Knows files only, no rows.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from fengcai.apps.mailbox.archives import sealed, zips
from fengcai.apps.mailbox.archives.limits import ArchiveRefused, Member
from fengcai.apps.mailbox.archives.sealed import archives_open

__all__ = [
    "CLOSED",
    "ENDINGS",
    "ArchiveRefused",
    "Member",
    "archives_open",
    "members",
    "take_out",
    "take_out_together",
]

ENDINGS = (".zip", ".rar", ".7z")
CLOSED = (".tar", ".gz", ".tgz", ".bz2", ".xz")
_SEALED = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")


def members(path: Path) -> list[Member]:
    """The files in an archive, whatever it is called. Raises `ArchiveRefused`, with nothing unpacked."""
    return sealed.members(path) if _is_sealed(path) else zips.members(path)


def take_out(path: Path, number: int, into: Path) -> int:
    """Write one member to `into` (made by this); returns its size. Raises `ArchiveRefused`, OSError
    (disk full); `into` is gone then."""
    if _is_sealed(path):
        return sealed.take_out(path, number, into)
    return zips.take_out(path, number, into)


def take_out_together(path: Path, numbers: Collection[int], folder: Path) -> dict[int, Path]:
    """Those of the members that are cheaper to take out together than one by one, in files in `folder`;
    who is missing is taken out by itself. Raises `ArchiveRefused`, OSError (disk full)."""
    return sealed.take_out_together(path, numbers, folder) if _is_sealed(path) else {}


def _is_sealed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(8).startswith(_SEALED)
