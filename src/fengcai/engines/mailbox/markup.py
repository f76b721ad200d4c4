"""HTML of strangers → its text, and its tags for whoever looks for something in them.

A tokeniser in plain Python that reads each character once, whatever is unclosed or nested: no parser
written in C meets a stranger's mail in the process that holds the mailbox's password. Nothing that the
page names is fetched.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TAG = re.compile(r"(/?)([A-Za-z][A-Za-z0-9:-]{0,40})")
_ATTRIBUTE = re.compile(r"([^\s=\"'/>]{1,60})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
# Possessive: each character is looked at once. A quote that is not closed is a letter like any other.
_TO_END = re.compile(r"(?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?)*+>")
_RAW = frozenset({"script", "style", "title", "textarea", "noscript", "template", "xmp"})
_BLOCK = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main",
    "ol", "p", "pre", "section", "table", "tbody", "thead", "tr", "ul", "br", "caption",
})  # fmt: skip
_CELL = frozenset({"td", "th"})
_BLANKS = re.compile(r"[ \t\r\n\f\u00a0]+")
MOST_TAG = 16_000
MOST_TOKENS = 400_000


@dataclass(frozen=True)
class Token:
    """A piece of text (`tag` is empty), or a tag: `closing`, or opening with its attributes."""

    text: str = ""
    tag: str = ""
    closing: bool = False
    attributes: dict[str, str] = field(default_factory=dict)


def tokens(page: str) -> Iterator[Token]:
    """The page's texts and tags in their order; scripts, styles and comments are left out."""
    place, size = 0, len(page)
    for _ in range(MOST_TOKENS):
        if place >= size:
            return
        opened = page.find("<", place)
        if opened == -1:
            yield Token(html.unescape(page[place:]))
            return
        if opened > place:
            yield Token(html.unescape(page[place:opened]))
        if page.startswith("<!--", opened):
            place = _after(page, "-->", opened + 4)
            continue
        if page.startswith(("<!", "<?"), opened):
            place = _after(page, ">", opened)
            continue
        name = _TAG.match(page, opened + 1)
        if name is None:
            yield Token("<")
            place = opened + 1
            continue
        closed = _tag_end(page, name.end())
        tag, closing = name[2].lower(), bool(name[1])
        inside = page[name.end() : closed]
        yield Token(tag=tag, closing=closing, attributes={} if closing else _attributes(inside))
        place = closed + 1
        if tag in _RAW and not closing:
            ending = re.compile(rf"</{tag}\b", re.IGNORECASE).search(page, place)
            place = ending.start() if ending else size


def text_of(page: str) -> str:
    """What a reader sees, a line for each block and a blank between cells."""
    lines: list[str] = []
    line: list[str] = []

    def end() -> None:
        lines.append(_BLANKS.sub(" ", "".join(line)).strip())
        line.clear()

    for token in tokens(page):
        if not token.tag:
            line.append(token.text)
        elif token.tag in _BLOCK:
            end()
        elif token.tag in _CELL:
            line.append(" ")
    end()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _after(page: str, mark: str, place: int) -> int:
    found = page.find(mark, place)
    return len(page) if found == -1 else found + len(mark)


def _tag_end(page: str, place: int) -> int:
    """Where the tag's `>` is, not counting one inside quotes; a tag without end stops at the limit."""
    limit = min(len(page), place + MOST_TAG)
    ended = _TO_END.match(page, place, limit)
    return ended.end() - 1 if ended else limit


def _attributes(inside: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in _ATTRIBUTE.finditer(inside):
        value = next(x for x in (each[2], each[3], each[4], "") if x is not None)
        found.setdefault(each[1].lower(), html.unescape(value).strip())
    return found
