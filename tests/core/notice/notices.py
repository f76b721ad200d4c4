"""Small notices for tests, and the example notices in every format."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fengcai.core.notice import Draft, draft
from fengcai.media.documents import read

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "notices"
NAMES = {
    "micro-film-2026": ".docx", "posters-2026": ".txt",
    "science-articles-2026": ".html", "speech-final-2026": ".pdf",
}  # fmt: skip
TITLE = "关于举办2030年青山医院短视频大赛的通知"


def notice(*lines: str, title: str = TITLE, signed: str = "青山医院\n2030年3月1日") -> str:
    """A notice with a title and a signature around the lines."""
    return "\n".join((title, "各科室：", *lines, signed))


def drafted(*lines: str, title: str = TITLE, signed: str = "青山医院\n2030年3月1日") -> Draft:
    return draft(notice(*lines, title=title, signed=signed), id="film-2030")


def found(draft: Draft, *prefix: str) -> dict[str, object]:
    """Values proposed at and under a place, by dotted path."""
    return {
        ".".join(each.path): each.value
        for each in draft.proposals
        if each.path[: len(prefix)] == prefix
    }


@cache
def example(name: str) -> Draft:
    return draft(read(EXAMPLES / f"{name}{NAMES[name]}").paragraphs, id=name)
