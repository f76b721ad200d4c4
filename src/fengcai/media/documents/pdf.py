"""A PDF that holds text → its paragraphs with their pages. A scan is told apart and refused.

Lines are put together to paragraphs by where they begin and end on the page, as Chinese offices set
them (first line indented by two characters). Characters in pictures are not recognised.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import pypdfium2 as pdfium  # type: ignore[import-untyped]

from .parts import DocumentLimits, DocumentRefused, Line

STARTS = re.compile(
    r"[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）]|\d{1,2}[.．、](?!\d)|"
    r"[（(]\d{1,2}[)）]|[①-⑳]|附件\s*\d*|第[一二三四五六七八九十]+[章条]"
)
PAGE_NUMBER = re.compile(
    r"[-—–\s]*(第\s*)?\d{1,4}(\s*页)?(\s*[/共]\s*(共\s*)?\d{1,4}(\s*页)?)?[-—–\s]*"
)
SCAN = (
    "这份 PDF 里没有文字，是扫描件或图片。请用文字识别软件转成 .docx，"
    "或向发文单位索取电子版后再试。"
)


@dataclass(frozen=True, slots=True)
class _Printed:
    """A line on the page in points: its ends, its height above the page's foot, its letters' size."""

    text: str
    left: float
    right: float
    top: float
    size: float


def read_pdf(
    data: bytes, name: str, limits: DocumentLimits
) -> tuple[list[Line], int, tuple[str, ...]]:
    """Paragraphs, number of pages, warnings."""
    try:
        opened = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "assword" in str(error):
            raise DocumentRefused(f"{name} 设了密码。请取消密码保护后再试。") from error
        raise DocumentRefused(f"{name} 已损坏，打不开。请重新导出 PDF 后再试。") from error
    try:
        pages = len(opened)
        if pages > limits.pages:
            raise DocumentRefused(
                f"{name} 有 {pages} 页，超过 {limits.pages} 页的上限。请只保留通知和附件。"
            )
        printed = [[*_page(opened, number, name, limits)] for number in range(pages)]
    except pdfium.PdfiumError as error:
        raise DocumentRefused(f"{name} 里有损坏的页。请重新导出 PDF 后再试。") from error
    finally:
        opened.close()
    said = "".join(line.text for page in printed for line in page)
    if len(re.sub(r"\s", "", said)) < 20:
        raise DocumentRefused(f"{name}：{SCAN}")
    strange = sum(each == "\ufffd" or "\ue000" <= each <= "\uf8ff" for each in said)
    if strange * 5 > len(said):
        raise DocumentRefused(
            f"{name} 的文字用了读不出的字体编码。请向发文单位索取 Word 版，或用文字识别软件转换。"
        )
    blank = [str(number) for number, page in enumerate(printed, 1) if not page]
    warnings = (f"第 {'、'.join(blank)} 页没有文字，可能是扫描页，请对照原件。",) if blank else ()
    return [*_paragraphs(printed)], pages, warnings


def _page(
    opened: pdfium.PdfDocument, number: int, name: str, limits: DocumentLimits
) -> Iterator[_Printed]:
    page = opened[number]
    text = page.get_textpage()
    try:
        if text.count_chars() > limits.characters:
            raise DocumentRefused(f"{name} 第 {number + 1} 页的文字太多，不像是一份通知。")
        height = page.get_height()
        pieces: list[_Printed] = []
        for index in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(index)
            said = text.get_text_bounded(left, bottom, right, top)
            said = said.replace("\ufffe", "").replace("\r", "").replace("\n", "")
            if said.strip():
                pieces.append(_Printed(said, left, right, top, top - bottom))
        for line in _joined(pieces):
            edge = line.top < height * 0.09 or line.top > height * 0.94
            if not (edge and PAGE_NUMBER.fullmatch(line.text.strip())):
                yield line
    finally:
        text.close()
        page.close()


def _joined(pieces: Iterable[_Printed]) -> Iterator[_Printed]:
    """Pieces that stand on one height, in their order from the left, as one line."""
    rows: list[list[_Printed]] = []
    for piece in pieces:
        middle = piece.top - piece.size / 2
        row = rows[-1] if rows else []
        if row and abs(row[0].top - row[0].size / 2 - middle) < max(piece.size, row[0].size) * 0.5:
            row.append(piece)
        else:
            rows.append([piece])
    for row in rows:
        row.sort(key=lambda each: each.left)
        text = row[0].text
        for before, after in pairwise(row):
            size = max(before.size, after.size)
            gap = after.left - before.right
            text += ("　" if gap > size * 0.9 else " " if gap > size * 0.4 else "") + after.text
        yield _Printed(
            text,
            row[0].left,
            max(each.right for each in row),
            max(each.top for each in row),
            statistics.median(each.size for each in row),
        )


def _paragraphs(pages: list[list[_Printed]]) -> Iterator[Line]:
    held, page, before = "", 0, None
    for number, lines in enumerate(pages, 1):
        if not lines:
            continue
        left = min(each.left for each in lines)
        right = max(each.right for each in lines)
        for line in lines:
            if before is not None and not _goes_on(before, line, left, right):
                yield Line(_set_close(held), page)
                held = ""
            if not held:
                page = number
            glue = " " if held and held[-1].isascii() and line.text[:1].isascii() else ""
            held = f"{held}{glue}{line.text.strip()}" if held else line.text.strip()
            before = line
    if held:
        yield Line(_set_close(held), page)


def _set_close(text: str) -> str:
    """Without the thin gap that printing leaves between Chinese and Latin letters or digits."""
    return re.sub(r"(?<=[^\x00-\x7f]) (?=[0-9A-Za-z])|(?<=[0-9A-Za-z%]) (?=[^\x00-\x7f])", "", text)


def _goes_on(before: _Printed, line: _Printed, left: float, right: float) -> bool:
    """Whether a line carries on the paragraph of the line before it."""
    size = max(line.size, 6.0)
    full = before.right > right - size * 2.2
    indented = line.left > left + size * 1.2
    # A title set over two lines: both in the middle of the page, the first one long.
    middle = left + right
    centred = all(abs(each.left + each.right - middle) < size * 2 for each in (before, line))
    centred = (
        centred and before.left > left + size and before.right - before.left > (right - left) * 0.6
    )
    alike = abs(before.size - line.size) < size * 0.25
    if centred and alike:
        return not STARTS.match(line.text.strip())
    return full and alike and not indented and not STARTS.match(line.text.strip())
