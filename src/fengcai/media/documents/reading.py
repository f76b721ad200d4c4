"""One way in for every format: look at the bytes, not at the name, and hand them to their reader.

Whatever goes wrong is a DocumentRefused with one Chinese sentence that says what to do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from .parts import Document, DocumentKind, DocumentLimits, DocumentRefused, Line, Paragraph
from .sniffing import sniff

SUFFIXES = {
    ".docx": "docx", ".docm": "docx", ".dotx": "docx", ".pdf": "pdf", ".html": "html",
    ".htm": "html", ".xhtml": "html", ".txt": "txt", ".text": "txt", ".md": "txt",
}  # fmt: skip
NAMES: dict[str, str] = {"docx": "Word 文档", "pdf": "PDF", "html": "网页", "txt": "纯文本"}
GAP = re.compile(r"[^\S\n]+")


def read(source: Path | bytes, name: str = "", *, limits: DocumentLimits | None = None) -> Document:
    """Read a notice. `name` is shown in messages and defaults to the path's.

    Raises DocumentRefused when it is empty, too large, encrypted, broken, without text, or of a
    kind that is not read; OSError when the path cannot be opened.
    """
    limits = limits or DocumentLimits()
    name = name or (source.name if isinstance(source, Path) else "文件")
    data = _bytes(source, name, limits)
    if not data.strip():
        raise DocumentRefused(f"{name} 是空的。请重新选择通知文件。")
    kind = sniff(data, name, limits)
    warnings = []
    said = SUFFIXES.get(Path(name).suffix.lower())
    if said is not None and said != kind:
        warnings.append(
            f"文件名说是{NAMES[said]}，内容其实是{NAMES[kind]}，已按{NAMES[kind]}读取。"
        )
    lines, pages, more = _lines(kind, data, name, limits)
    paragraphs = _numbered(lines, name, limits)
    if not paragraphs:
        raise DocumentRefused(f"{name} 里没有文字。请换一份有文字的通知。")
    return Document(name, kind, paragraphs, pages, (*warnings, *more))


def _bytes(source: Path | bytes, name: str, limits: DocumentLimits) -> bytes:
    if isinstance(source, Path):
        with source.open("rb") as file:
            source = file.read(limits.file_bytes + 1)
    if len(source) > limits.file_bytes:
        raise DocumentRefused(
            f"{name} 超过 {limits.file_bytes / 1024**2:g} MB，不像是一份通知。"
            "请删去其中的大图，或只另存通知的文字部分。"
        )
    return source


def _lines(
    kind: DocumentKind, data: bytes, name: str, limits: DocumentLimits
) -> tuple[Iterable[Line], int | None, tuple[str, ...]]:
    # Each library is loaded only for its own format.
    if kind == "docx":
        from .word import read_word

        return read_word(data, name), None, ()
    if kind == "pdf":
        from .pdf import read_pdf

        return read_pdf(data, name, limits)
    if kind == "html":
        from .webpage import read_webpage

        return read_webpage(data, name), None, ()
    from .plain import read_plain

    return read_plain(data, name), None, ()


def _numbered(lines: Iterable[Line], name: str, limits: DocumentLimits) -> tuple[Paragraph, ...]:
    found: list[Paragraph] = []
    characters = 0
    for line in lines:
        text = clean(line.text)
        if not text.strip("｜ 　"):
            continue
        characters += len(text)
        if characters > limits.characters or len(found) >= limits.paragraphs:
            raise DocumentRefused(
                f"{name} 的文字超过 {limits.characters // 10_000} 万字或 {limits.paragraphs} 段，"
                "不像是一份通知。请只保留通知正文和附件。"
            )
        found.append(Paragraph(text, len(found) + 1, line.page, line.row))
    return tuple(found)


def clean(text: str) -> str:
    """One line without control and invisible characters; runs of blanks are kept as one blank."""
    text = text.replace("\u00a0", " ").replace("\u00ad", "")
    kept = "".join(
        " " if each in "\t\n\r\v\f\u2028\u2029" else each
        for each in text
        if each in "\t\n\r\v\f\u2028\u2029" or unicodedata.category(each) not in {"Cc", "Cf", "Cs"}
    )
    return GAP.sub(lambda gap: "　" if "　" in gap[0] else " ", kept).strip()


__all__ = [
    "Document", "DocumentKind", "DocumentLimits", "DocumentRefused", "Paragraph", "clean", "read",
]  # fmt: skip
