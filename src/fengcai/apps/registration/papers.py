"""The paper by which a unit proves who it is: a PDF or a picture, told by its bytes, never opened here."""

from __future__ import annotations

from dataclasses import dataclass

from fengcai.apps.contests.naming import plain
from fengcai.apps.refusals import Refused
from fengcai.engines.storage import Stored, write_bytes

MOST_BYTES = 5 * 1024 * 1024
KINDS = ((b"%PDF-", ".pdf"), (b"\xff\xd8\xff", ".jpg"), (b"\x89PNG\r\n\x1a\n", ".png"))


@dataclass(frozen=True)
class Paper:
    """An upload that is what it says."""

    name: str
    data: bytes
    suffix: str


def paper(name: str, data: bytes) -> Paper:
    """Raises `Refused` for what is empty, too large, or neither PDF, JPEG nor PNG."""
    problem = ""
    if not data:
        problem = "文件是空的"
    elif len(data) > MOST_BYTES:
        problem = "文件超过 5 MB"
    suffix = next((suffix for head, suffix in KINDS if data.startswith(head)), "")
    if not problem and not suffix:
        problem = "只收 PDF、JPG、PNG"
    if problem:
        raise Refused(
            f"证明材料{problem}，还没有提交。您填写的其他内容都还在。", fields={"proof": problem}
        )
    shown = plain(name.replace("\\", "/").rsplit("/", 1)[-1])[:200] or f"证明材料{suffix}"
    return Paper(shown, data, suffix)


def keep(paper: Paper) -> Stored:
    """Store it; in the caller's transaction its key is written beside it."""
    return write_bytes(paper.data, suffix=paper.suffix)
