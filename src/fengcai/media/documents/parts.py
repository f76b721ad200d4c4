"""What reading a document gives and how it refuses: shared by the reader of each format.

No format is read here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DocumentKind = Literal["docx", "pdf", "html", "txt"]

# Between the cells of a table's row: the row becomes one paragraph.
CELL = "｜"


class DocumentRefused(Exception):
    """A document that cannot be read; the message is one Chinese sentence and what to do."""


@dataclass(frozen=True, kw_only=True)
class DocumentLimits:
    """What one document may spend. More is refused, never cut short silently.

    `file_bytes` bounds the file itself, `unpacked_bytes` and `parts` what a docx unpacks to,
    `pages` a PDF, `characters` and `paragraphs` the text that comes out.
    """

    file_bytes: int = 10 * 1024**2
    unpacked_bytes: int = 64 * 1024**2
    parts: int = 2000
    pages: int = 200
    characters: int = 500_000
    paragraphs: int = 20_000


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph: its text on one line, its number from 1, and its page from 1 (PDF only).

    `row` says that it is a row of a table, whose cells stand between “｜”.
    """

    text: str
    number: int
    page: int | None = None
    row: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A document's text. `warnings` are Chinese sentences on what may be missing from it."""

    name: str
    kind: DocumentKind
    paragraphs: tuple[Paragraph, ...]
    pages: int | None = None
    warnings: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The paragraphs, a line each."""
        return "\n".join(each.text for each in self.paragraphs)


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph as a reader finds it, before it is numbered."""

    text: str
    page: int | None = None
    row: bool = False
