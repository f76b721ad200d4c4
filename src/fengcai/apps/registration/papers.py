"""The paper by which a unit proves who it is: a PDF or a picture, told by its bytes, never opened here.

A virus scanner, where one is set, looks at it twice: when it comes, and before the office gets it, since it
may have come while the scanner was away.
"""

from __future__ import annotations

from dataclasses import dataclass

from fengcai.apps.contests.naming import plain
from fengcai.apps.refusals import Refused
from fengcai.apps.scanning import look, refuse_infected
from fengcai.engines.storage import Stored, readable, write_bytes

MOST_BYTES = 5 * 1024 * 1024
KINDS = ((b"%PDF-", ".pdf"), (b"\xff\xd8\xff", ".jpg"), (b"\x89PNG\r\n\x1a\n", ".png"))


@dataclass(frozen=True)
class Paper:
    """An upload that is what it says."""

    name: str
    data: bytes
    suffix: str


def paper(name: str, data: bytes) -> Paper:
    """Raises `Refused` for what is empty, too large, neither PDF, JPEG nor PNG, or infected."""
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
    refuse_infected(data, what="证明材料", field="proof")
    shown = plain(name.replace("\\", "/").rsplit("/", 1)[-1])[:200] or f"证明材料{suffix}"
    return Paper(shown, data, suffix)


def keep(paper: Paper) -> Stored:
    """Store it; in the caller's transaction its key is written beside it."""
    return write_bytes(paper.data, suffix=paper.suffix)


def require_clean(key: str) -> None:
    """Raise `Refused` unless the office may have a kept paper: clean, or no scanner is set."""
    with readable(key) as path:
        verdict, why = look(path.read_bytes())
    if verdict == "infected":
        raise Refused("证明材料里查出了病毒，不提供下载。请报名单位换一份再传，或线下核对。")
    if verdict == "unscanned":
        raise Refused(f"证明材料还没有查毒，暂不提供下载（{why}）。请稍后再试。")
