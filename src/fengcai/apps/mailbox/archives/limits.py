"""What is taken out of an archive and what is not: numbers, names, and the sentence when it stays closed."""

from __future__ import annotations

import struct
from dataclasses import dataclass

MOST_MEMBERS = 500
LARGEST_MEMBER = 4 * 1024**3
LARGEST_TOTAL = 8 * 1024**3
THICKEST = 200
"""How many times its packed size a member may have. Films and pictures hardly shrink; texts do so about
ten times; what unpacks to a thousand times its size was made to."""
THICKNESS_COUNTS_FROM = 16 * 1024**2
LOCKED = "压缩包有密码，打不开。请发件人去掉密码重新发送。"
LARGE_MEMBER = "压缩包里有超过 4 GB 的文件，没有打开。请用上传链接。"
LARGE_WHOLE = "压缩包解开后超过 8 GB，没有打开。请分开发送，或用上传链接。"
THICK = "压缩包里的文件解开后会膨胀几百倍，像是有意做成的，没有打开。"
BAD_MEMBER = "压缩包里的这个文件是坏的，取不出来。请发件人重新发送。"
NO_MEMBER = "压缩包里没有这个文件。"
PIECE = struct.Struct(">II")
"""What stands before each piece that a child hands over: the member's number, the piece's length."""
JUNK = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


class ArchiveRefused(Exception):
    """The archive, or a member of it, is not opened; one Chinese sentence says why."""


@dataclass(frozen=True)
class Member:
    """A file in an archive. `number` is its place in the directory, `name` its last part, `said` the
    whole path as it stands there, `odd` a Chinese remark on it."""

    number: int
    name: str
    size: int
    said: str
    odd: str = ""


def too_many(count: int) -> ArchiveRefused:
    """The refusal of an archive of so many files."""
    return ArchiveRefused(f"压缩包里有 {count} 个文件，超过 {MOST_MEMBERS} 个，没有打开。")


def last_part(said: str) -> tuple[str, str]:
    """A member's name without its folders, and a remark where the path tried to lead elsewhere."""
    parts = [part for part in said.replace("\\", "/").split("/") if part]
    odd = "压缩包里的路径不正常，只取了文件名" if ".." in parts or said.startswith("/") else ""
    name = parts[-1] if parts else ""
    kept = "".join(c for c in name if c.isprintable() and c not in '<>:"|?*').strip(" .")
    return (kept[-200:] or "未命名文件"), odd
