"""`fengcai wording`: doubtful wording in a text or a script, with the article of each.

Nothing is stored or sent, and no database is needed. What is found is a hint: a person decides.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from fengcai.cli.errors import Failure
from fengcai.core.wording import Term, around, find, plainly, term_of

_SUFFIXES = (".txt", ".docx", ".pdf", ".html", ".htm", ".md", ".srt")
_MOST_BYTES = 64 * 1024**2
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Found:
    """Words at `start`–`end` of the text. `excuse` says why nobody has to look, empty otherwise."""

    start: int
    end: int
    terms: tuple[Term, ...]
    excuse: str = ""


def wording(
    text: Annotated[
        str,
        typer.Argument(
            metavar="文字或文件", help="一段文字；或文稿（docx、pdf、txt、html）；- 表示标准输入"
        ),
    ],
    everything: Annotated[
        bool, typer.Option("--all", help="也列出不必理会的（否定、提问、固定说法）")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False,
) -> int:
    """查一段文字或一份文稿里可能不合宣传纪律的用语，写明依据和改法。只是提示，由人判断。

    退出码：0 没有发现；1 有要看一看的用语；2 文件读不出来。
    """
    content = _content(text)
    found = [each for each in _found(content) if everything or not each.excuse]
    standing = [each for each in found if not each.excuse]
    if as_json:
        told = {"version": 1, "found": [_told(each, content) for each in found]}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(_lines(found, len(standing), content)))
    return int(bool(standing))


def _content(text: str) -> str:
    from fengcai.media.documents import DocumentRefused
    from fengcai.media.walled import read_walled

    if text == "-":
        return sys.stdin.buffer.read(_MOST_BYTES).decode("utf-8", "replace")
    # A long text is no name of a file, and some systems refuse to look for it.
    path = Path(text) if len(text) <= _LONGEST_NAME and "\x00" not in text else None
    if path is None or not path.is_file():
        if path is not None and path.suffix.lower() in _SUFFIXES:
            raise Failure("找不到这个文件", where=text, mend="检查路径是否写对", code=2)
        return text
    if path.stat().st_size > _MOST_BYTES:
        raise Failure("文件过大，没有检查", where=text, mend="请只给文字稿", code=2)
    try:
        found = read_walled(path.read_bytes(), path.name)
    except DocumentRefused as refusal:
        raise Failure(
            "文件读不出来", where=text, mend=str(refusal).rstrip("。"), code=2
        ) from refusal
    return "\n".join(each.text for each in found.paragraphs)


def _found(text: str) -> list[Found]:
    from fengcai.media.screen.diverting import contacts

    found = [Found(hit.start, hit.end, hit.terms, hit.excuse) for hit in find(text)]
    at = 0
    for line in text.splitlines(keepends=True):
        for contact in contacts(line):
            start, end = at + contact.start, at + contact.end
            if not any(start < each.end and each.start < end for each in found):
                found.append(Found(start, end, (term_of(contact.kind),)))
        at += len(line)
    return sorted(found, key=lambda each: each.start)


def _told(each: Found, text: str) -> dict[str, Any]:
    before, words, behind = around(text, each.start, each.end)
    return {
        "start": each.start,
        "end": each.end,
        "words": words,
        "before": before,
        "behind": behind,
        "excuse": each.excuse,
        "terms": [
            {
                "term": term.key,
                "basis": term.basis,
                "says": term.says,
                "advice": term.advice,
                "weight": term.weight,
                "status": term.status,
            }
            for term in each.terms
        ],
    }


def _lines(found: list[Found], standing: int, text: str) -> Iterator[str]:
    for each in found:
        before, words, behind = around(text, each.start, each.end)
        term = each.terms[0]
        line = text.count("\n", 0, each.start) + 1
        yield f"{'·' if each.excuse else '?'} 第 {line} 行：{before}【{words}】{behind}"
        if each.excuse:
            yield f"    {each.excuse}，不必理会"
            continue
        said = plainly(
            words, where="文", reads_as=term.reads_as, basis=term.basis, advice=term.advice
        )
        yield f"    {said}"
        yield from (f"    另见{more.basis}：{more.says}" for more in each.terms[1:])
        if any(one.status != "verified" for one in each.terms):
            yield "    （其中有依据转载整理的条款，未与原文核对）"
    yield f"? 有 {standing} 处用语要看一看，由人判断" if standing else "✓ 没有发现要看一看的用语"
