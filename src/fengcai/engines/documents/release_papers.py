"""A signed release as a PDF for the signer to keep. It decides nothing and keeps nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from fengcai.engines.documents import fonts, typesetting, wording


@dataclass(frozen=True, slots=True)
class ReleasePaper:
    """What stands on it. `drawing` is an SVG path on a sheet of `box`; empty where the name was typed.

    `uses` are names with whether they were agreed to; `answered` and `ended` aware instants.
    """

    paragraphs: Sequence[str]
    uses: Sequence[tuple[str, bool]]
    signer: str
    drawing: str
    box: tuple[int, int]
    statement: str
    answered: datetime
    until: date | None
    seal: str
    ended: datetime | None = None
    demo: bool = False


def release_paper(paper: ReleasePaper, *, zone: tzinfo = typesetting.BEIJING) -> bytes:
    """The PDF. Characters that the carried fonts lack become a box with their code in words.

    Raises FontsMissing.
    """
    at = paper.answered.astimezone(zone)
    lines = [f"签署时间：{wording.plain_time(at)}"]
    if paper.until is not None:
        lines.append(f"有效期至：{paper.until.year} 年 {paper.until.month} 月 {paper.until.day} 日")
    if not paper.drawing:
        lines.append(paper.statement)
    lines.append(f"校验值：{paper.seal[:32]}")
    width, height = paper.box
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"><path d='
        f'"{paper.drawing}" fill="none" stroke="#1c1a17" stroke-width="9" '
        'stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )
    data = {
        "title": "出镜知情同意书",
        "paragraphs": [_shown(each) for each in paper.paragraphs],
        "uses": [[_shown(name), agreed] for name, agreed in paper.uses],
        "lines": [_shown(each) for each in lines],
        "drawing": svg if paper.drawing else "",
        "typed": "" if paper.drawing else _shown(paper.signer),
        "signer": f"签署人：{_shown(paper.signer)}",
        "seal": paper.seal,
        "ended": f"已于 {wording.plain_time(paper.ended.astimezone(zone))} 撤回或到期，不再有效。"
        if paper.ended
        else "",
        "demo": paper.demo,
    }
    return typesetting.pdf("release", data, dated=at.date())


def _shown(text: str) -> str:
    """The text in letters that the fonts have; another one becomes 〔U+…〕, so that nothing is lost."""
    plain = fonts.normalise(text)
    lacking = fonts.missing(plain, "serif")
    return "".join(f"〔U+{ord(c):04X}〕" if c in lacking else c for c in plain)
