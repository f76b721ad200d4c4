"""A web page → its visible paragraphs, in the order of reading.

Scripts, styles, forms and hidden parts are left out; nothing that the page names is fetched. The
walk keeps its own stack, so that depth of nesting costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree, html  # type: ignore[import-untyped]

from .parts import CELL, DocumentRefused, Line
from .plain import decode

CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_-]{3,20})", re.IGNORECASE)
SKIP = frozenset({
    "script", "style", "template", "noscript", "head", "title", "iframe", "object", "embed",
    "svg", "math", "canvas", "audio", "video", "select", "textarea", "button", "input", "nav",
})  # fmt: skip
BLOCK = frozenset({
    "html", "body", "address", "article", "aside", "blockquote", "center", "dd", "details",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "summary",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "caption",
})  # fmt: skip
NUMBERED = re.compile(r"\s*([（(]?[0-9一二三四五六七八九十]{1,3}[)）.．、]|[①-⑳])")
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def read_webpage(data: bytes, name: str) -> Iterator[Line]:
    """The page's paragraphs; a table's row is one paragraph."""
    label = CHARSET.search(data[:4096])
    text = decode(data, name, label[1].decode("ascii") if label else None)
    # lxml refuses a str that declares an encoding, and NUL anywhere.
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.removeprefix("\ufeff")).replace("\0", "")
    try:
        root = html.document_fromstring(text, parser=html.HTMLParser(no_network=True))
    except (etree.LxmlError, ValueError) as error:
        raise DocumentRefused(f"{name} 不是完整的网页。请在浏览器里重新保存后再试。") from error
    return iter(_Walk().lines(root))


class _Walk:
    def __init__(self) -> None:
        self.found: list[Line] = []
        self.text: list[str] = []
        self.cells: list[list[str]] = []  # open rows, for tables inside tables
        self.lists: list[int] = []

    def lines(self, root: Any) -> list[Line]:
        # (element, False) opens an element; (element, True) closes it and adds what follows it.
        stack: list[tuple[Any, bool]] = [(root, False)]
        while stack:
            element, done = stack.pop()
            if done:
                self.close(element)
                self.text.append(element.tail or "")
                continue
            if not isinstance(element.tag, str) or element.tag in SKIP or _hidden(element):
                self.text.append(element.tail or "")
                continue
            self.open(element)
            self.text.append(element.text or "")
            stack.append((element, True))
            stack.extend((child, False) for child in reversed(element))
        self.flush()
        return self.found

    def open(self, element: Any) -> None:
        tag = element.tag
        if tag == "br":
            self.flush()
        if tag not in BLOCK:
            return
        self.flush()
        if tag == "tr":
            self.cells.append([])
        elif tag in {"ol", "ul"}:
            start = str(element.get("start") or "1")
            first = int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 1
            self.lists.append(first if tag == "ol" else 0)
        elif tag == "li" and self.lists and self.lists[-1]:
            if not NUMBERED.match("".join(element.itertext())[:40]):
                self.text.append(f"{self.lists[-1]}.")
            self.lists[-1] += 1

    def close(self, element: Any) -> None:
        tag = element.tag
        if tag not in BLOCK:
            return
        if tag in {"td", "th"} and self.cells:
            self.cells[-1].append(self.taken())
        else:
            self.flush()
        if tag == "tr":
            row = self.cells.pop()
            if any(row):
                # Pages are often laid out by a table of one column: that is no row.
                self.put(CELL.join(row), row=len(row) > 1)
        elif tag in {"ol", "ul"}:
            self.lists.pop()

    def taken(self) -> str:
        text = re.sub(r"[ \t\r\n\f]+", " ", "".join(self.text)).strip(" ")
        self.text.clear()
        return text

    def flush(self) -> None:
        if text := self.taken():
            self.put(text, row=False)

    def put(self, text: str, *, row: bool) -> None:
        if self.cells and not row:
            # A block inside a cell belongs to the cell; the row is told when it closes.
            self.text.append(text + " ")
            if len(text) > 200:  # a layout table: its cells hold whole articles
                self.text.clear()
                self.found.append(Line(text))
            return
        self.found.append(Line(text, row=row))


def _hidden(element: Any) -> bool:
    style = element.get("style") or ""
    return element.get("hidden") is not None or bool(HIDDEN.search(style))
