"""A Word document (.docx) → its paragraphs in order, with the numbers that Word would show.

The body alone is read: no header, footer, comment, deletion, hidden text or macro. Text boxes and
content controls count as body. Of a table, each row is one paragraph.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import docx
from docx.oxml.ns import qn
from lxml import etree  # type: ignore[import-untyped]

from .numbering import Numbering
from .parts import CELL, DocumentRefused, Line

# What Word keeps beside the text that people see.
SKIP = frozenset(
    qn(each) for each in ("w:del", "w:moveFrom", "w:rPr", "w:pPr", "w:sdtPr", "w:tblPr", "w:txbxContent")
) | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}  # fmt: skip
P, TBL, TR, TC, R, T = (qn(f"w:{each}") for each in ("p", "tbl", "tr", "tc", "r", "t"))
BOX = qn("w:txbxContent")
BREAKS = {qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:tab"): " ", qn("w:noBreakHyphen"): "-"}
MAX_DEPTH = 200


def read_word(data: bytes, name: str) -> Iterator[Line]:
    """The document's paragraphs. Raises DocumentRefused when it is broken."""
    try:
        opened = docx.Document(io.BytesIO(data))
        body = opened.element.body
        numbering = Numbering(opened)
    except Exception as error:  # python-docx raises whatever its parsers raise
        raise DocumentRefused(
            f"{name} 已损坏，读不出文字。请在 Word 或 WPS 里打开并另存为 .docx 后再试。"
        ) from error
    if body is None or _depth(body) > MAX_DEPTH:
        raise DocumentRefused(f"{name} 的结构不正常，没有读取。请把文字复制到新文档里再试。")
    return _lines(body, numbering)


def _depth(element: Any) -> int:
    deepest = depth = 0
    for event, _ in etree.iterwalk(element, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def _lines(element: Any, numbering: Numbering) -> Iterator[Line]:
    """Paragraphs and rows at any depth of content controls and the like."""
    for child in element:
        if child.tag == P:
            text = numbering.label(child) + _text(child)
            # A line break (Shift+Enter) inside a paragraph is a new line of the notice.
            yield from (Line(each) for each in text.split("\n"))
            for box in child.iter(BOX):
                if not any(each.tag in SKIP - {BOX} for each in box.iterancestors()):
                    yield from _lines(box, numbering)
        elif child.tag == TBL:
            yield from _rows(child, numbering)
        elif child.tag not in SKIP:
            yield from _lines(child, numbering)


def _rows(table: Any, numbering: Numbering) -> Iterator[Line]:
    rows = [[*_cells(row, numbering)] for row in table.iter(TR) if _home(row) is table]
    for cells in rows:
        if len(cells) == 1:  # a frame around text, not a table
            yield from (Line(each) for each in cells[0].split("\n"))
        elif any(cells):
            yield Line(CELL.join(re.sub(r"\s*\n\s*", " ", each) for each in cells), row=True)


def _home(row: Any) -> Any:
    return next(each for each in row.iterancestors() if each.tag == TBL)


def _cells(row: Any, numbering: Numbering) -> Iterator[str]:
    for cell in row.iter(TC):
        if next(each for each in cell.iterancestors() if each.tag == TR) is row:
            yield "\n".join(line.text for line in _lines(cell, numbering)).strip()


def _text(paragraph: Any) -> str:
    """Text of the runs, without what is deleted or hidden."""
    found: list[str] = []
    stack = [*reversed(paragraph)]
    while stack:
        element = stack.pop()
        if element.tag in SKIP or not isinstance(element.tag, str):
            continue
        if element.tag == R and element.find(f"{qn('w:rPr')}/{qn('w:vanish')}") is not None:
            continue
        if element.tag == T:
            found.append(element.text or "")
        elif element.tag in BREAKS:
            found.append(BREAKS[element.tag])
        else:
            stack.extend(reversed(element))
    return "".join(found)
