"""Archives of a letter, listed: what lies in one is a row of its own, whichever way the archive came."""

from __future__ import annotations

from pathlib import Path

from fengcai.apps.mailbox import archives
from fengcai.apps.mailbox.models import CaseFile
from fengcai.apps.mailbox.states import Origin
from fengcai.apps.mailbox.texts import fit_for_keeping

MOST_FILES = 1_000
"""Files of one letter that are listed, with what lies in its archives."""


def is_archive(name: str) -> bool:
    """Whether the name is that of an archive, one that we open or not."""
    return name.lower().endswith((*archives.ENDINGS, *archives.CLOSED))


def listed(archive: CaseFile, place: str, path: Path, *, room: int) -> list[CaseFile]:
    """Rows, not saved, for what lies in the archive, of which `path` is a copy and `place` its place in
    the letter; at most `room`. `archive.why` says what was found, or why it stays closed."""
    ending = "." + archive.name.rsplit(".", 1)[-1].lower()
    if ending in archives.CLOSED:
        archive.why = f"{ending[1:]} 压缩包打不开，请发件人改用 zip，或直接发送文件。"
        return []
    try:
        inside = archives.members(path)
    except archives.ArchiveRefused as refused:
        archive.why = str(refused)
        return []
    archive.why = f"压缩包，里面有 {len(inside)} 个文件"
    return [
        CaseFile(
            case=archive.case, order=archive.order + 1 + number, path=f"{place}!{member.number}",
            origin=Origin.PACKED, name=fit_for_keeping(member.name, 300) or "未命名文件",
            size=member.size, why=member.odd, began_at=archive.began_at,
            arrived_at=archive.arrived_at,
        )
        for number, member in enumerate(inside[: max(room, 0)])
    ]  # fmt: skip
