"""Texts and documents in the child process: how many pages, words and characters. No rule here.

Words are counted as Chinese offices count them (Word's 字数): every Han character and every Chinese
punctuation mark is one, every unbroken run of other letters, digits and signs is one. Characters
are all but blanks. A PDF without text (a scan) has pages and no words.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from typing import Any

import docx
import pypdfium2 as pdfium  # type: ignore[import-untyped]
from docx.oxml.ns import qn

from fengcai.media.documents.parts import DocumentLimits, DocumentRefused
from fengcai.media.documents.plain import decode
from fengcai.media.documents.sniffing import sniff
from fengcai.media.verdicts import Unreadable

MOST_BYTES = 256 * 1024**2
"""Larger documents are taken as they are: their pages and words stay unknown."""

MOST_PAGES = 2_000
_LIMITS = DocumentLimits(unpacked_bytes=512 * 1024**2, parts=20_000)
_CHINESE = (
    r"\u3001-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uffef"
    r"\U00020000-\U0003ffff\u2014\u2018\u2019\u201c\u201d\u2026\u00b7"
)
_WORD = re.compile(rf"[{_CHINESE}]|[^\s{_CHINESE}]+")
_BESIDE = frozenset(qn(each) for each in ("w:del", "w:moveFrom")) | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}
_SCAN = 20
"""Fewer characters than this on all pages together: pictures of a text, whose words are unknown."""


def count_words(text: str) -> int:
    """字数: 你好，AI 2026 年 → 6."""
    return sum(1 for _ in _WORD.finditer(text))


def count_characters(text: str) -> int:
    """字符数, blanks left out."""
    return sum(1 for each in text if not each.isspace())


def warm_up() -> None:
    """Read one of each kind, so that nothing is imported or opened behind the walls."""
    for codec in ("gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"):
        "暖".encode(codec).decode(codec)
    page = io.BytesIO()
    made = docx.Document()
    made.add_paragraph("暖")
    made.save(page)
    _zipped(page.getvalue())
    page = io.BytesIO()
    opened = pdfium.PdfDocument.new()
    opened.new_page(72, 72)
    opened.save(page)
    _pdf(page.getvalue())


def read_paper(kind: str, name: str, size: int, file: Any) -> dict[str, Any]:
    """What a text or document of sniffed format `name` holds; keys as `facts.Paper`.

    Raises `Unreadable` for what is broken.
    """
    if size > MOST_BYTES or (kind == "document" and name not in ("pdf", "zip")):
        locked = (
            {"encrypted": True} if name == "ole" and size <= MOST_BYTES and is_locked(file) else {}
        )
        return {"format": name, **locked}
    data = file.read()
    if kind == "text":
        return {"format": "txt", **_counted([_decoded(data)])}
    return _pdf(data) if name == "pdf" else _zipped(data)


def is_locked(file: Any) -> bool:
    """Whether an old container holds a newer document under a password."""
    file.seek(0)
    return "EncryptedPackage".encode("utf-16-le") in file.read(MOST_BYTES)


def _counted(paragraphs: Iterable[str]) -> dict[str, int]:
    words = characters = 0
    for text in paragraphs:
        words += count_words(text)
        characters += count_characters(text)
    return {"words": words, "characters": characters}


def _decoded(data: bytes) -> str:
    try:
        return decode(data, "")
    except DocumentRefused:
        raise Unreadable("paper_broken") from None


def _pdf(data: bytes) -> dict[str, Any]:
    try:
        opened = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as problem:
        if "assword" in str(problem):
            return {"format": "pdf", "encrypted": True}
        raise Unreadable("paper_broken") from None
    pages = len(opened)
    told: dict[str, Any] = {"format": "pdf", "encrypted": False, "pages": pages}
    if pages > MOST_PAGES:
        return told
    try:
        found = _counted(_page(opened, number) for number in range(pages))
    except pdfium.PdfiumError:
        raise Unreadable("paper_broken") from None
    return told if found["characters"] < _SCAN else {**told, **found}


def _page(opened: Any, number: int) -> str:
    page = opened[number]
    text = page.get_textpage()
    try:
        # A line's end inside a Chinese sentence is no blank, and Latin words keep theirs.
        return str(text.get_text_range()).replace("\ufffe", "")
    finally:
        text.close()
        page.close()


def _zipped(data: bytes) -> dict[str, Any]:
    try:
        if sniff(data, "", _LIMITS) != "docx":
            return {"format": "zip"}
    except DocumentRefused as refused:
        if "已损坏" in str(refused):
            raise Unreadable("paper_broken") from None
        return {"format": "zip"}
    try:
        body = docx.Document(io.BytesIO(data)).element.body
        paragraphs = [_paragraph(each) for each in body.iter(qn("w:p"))]
    except MemoryError:
        raise
    except Exception:  # python-docx raises whatever its parsers raise
        raise Unreadable("paper_broken") from None
    return {"format": "docx", "encrypted": False, **_counted(paragraphs)}


def _paragraph(paragraph: Any) -> str:
    """The text of a paragraph, without what is deleted or hidden, or belongs to a box inside it."""
    found = []
    for piece in paragraph.iter(qn("w:t")):
        above = []
        for each in piece.iterancestors():
            if each is paragraph:
                break
            above.append(each)
        tags = {each.tag for each in above}
        run = next((each for each in above if each.tag == qn("w:r")), None)
        hidden = run is not None and run.find(f"{qn('w:rPr')}/{qn('w:vanish')}") is not None
        if not hidden and qn("w:p") not in tags and not tags & _BESIDE:
            found.append(piece.text or "")
    return "".join(found)
