"""One reference: its kind, its parts, how it is read from a form's row or from a line as people type it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from .numbers import doi_of, doi_problem

Kind = Literal["article", "guideline", "book", "standard", "web", "other"]
KINDS: dict[str, str] = {
    "article": "期刊文章",
    "guideline": "指南或共识",
    "book": "图书",
    "standard": "标准",
    "web": "网页",
    "other": "其他",
}
PARTS = (
    "authors", "title", "source", "year", "locator", "doi", "issn", "isbn", "number", "url", "accessed",
)  # fmt: skip
LABELS: dict[str, str] = {
    "kind": "类型",
    "authors": "作者",
    "title": "题名",
    "source": "刊名、出版社或发布机构",
    "year": "年份",
    "locator": "卷(期)：页",
    "doi": "DOI",
    "issn": "ISSN 或国内刊号",
    "isbn": "ISBN",
    "number": "标准号",
    "url": "网址",
    "accessed": "访问日期",
}
NEEDED: dict[str, tuple[str, ...]] = {
    "article": ("title", "source", "year"),
    "guideline": ("title", "source", "year"),
    "book": ("title", "source", "year"),
    "standard": ("title", "number"),
    "web": ("title", "source", "url", "accessed"),
    "other": ("title",),
}
"""What each kind must say; the rest is looked at where it is filled in."""

_DOI_IN = re.compile(
    r"(https?://(dx\.)?doi\.org/|doi\s*[:：.]?\s*)?10\.[0-9]{4,9}/[!-~]+", re.IGNORECASE
)
_URL_IN = re.compile(r"https?://[!-~]+", re.IGNORECASE)
_YEAR_IN = re.compile(r"(?<![0-9])(1[89][0-9]{2}|20[0-9]{2})(?![0-9])")
_MARKED = {"J": "article", "M": "book", "EB": "web"}
_WHOLE = re.compile(
    r"(?:(?P<authors>[^\[\]]*?[^\s.])[.．。]\s*)?(?P<title>[^\[\].．。]+)\[(?P<mark>J|M|EB)(/OL)?\][.．。]\s*"
    r"(?P<source>[^,，]+)[,，]\s*(?P<year>[0-9]{4})(?:\s*[,，:：]\s*(?P<locator>[^.．。]*))?[.．。\s]*"
)
"""A journal's article, a book or a page as GB/T 7714 writes it."""
_LEADING = re.compile(r"^\s*([\[(（【]?[0-9]{1,3}[\])）】][.、]?|[0-9]{1,3}[.、](?![0-9]))\s*")


@dataclass(frozen=True)
class Reference:
    """One source. All parts are texts, empty where nothing is said."""

    kind: str = "other"
    authors: str = ""
    title: str = ""
    source: str = ""
    year: str = ""
    locator: str = ""
    doi: str = ""
    issn: str = ""
    isbn: str = ""
    number: str = ""
    url: str = ""
    accessed: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing but a kind was chosen."""
        return not any(getattr(self, part) for part in PARTS)

    @property
    def kind_name(self) -> str:
        """The kind in Chinese."""
        return KINDS.get(self.kind, self.kind)

    @property
    def key(self) -> str:
        """The title as it is compared: letters, digits and characters only."""
        text = unicodedata.normalize("NFKC", self.title).casefold()
        return "".join(c for c in text if c.isalnum())

    def as_row(self) -> dict[str, str]:
        """The same as a form's row."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def read_rows(value: Any) -> tuple[Reference, ...]:
    """References as they are kept in a form: rows, or the lines of forms from before there were rows.

    Empty rows are left out; parts that are no text count as empty.
    """
    if isinstance(value, str):
        return tuple(read_line(line) for line in value.splitlines() if line.strip())
    rows: Iterable[Any] = value if isinstance(value, list | tuple) else ()
    found = (_row(row) for row in rows if isinstance(row, Mapping))
    return tuple(each for each in found if not each.empty)


def _row(row: Mapping[str, Any]) -> Reference:
    said = {k: v.strip() for k, v in row.items() if isinstance(v, str)}
    kind = said.get("kind", "")
    return Reference(kind=kind or "other", **{part: said.get(part, "") for part in PARTS})


def read_line(text: str) -> Reference:
    """A reference as people type or paste it, in one line: what can be told apart is.

    A DOI and an address are taken out, and a line in the manner of GB/T 7714 is taken apart; of any
    other the rest stands as the title, so that nothing that was typed is lost.
    """
    line = _LEADING.sub("", text.strip(), count=1)
    said: dict[str, str] = {}
    if (found := _DOI_IN.search(line)) and not doi_problem(found[0]):
        said["doi"] = doi_of(found[0])
        line = line.replace(found[0], " ")
    if found := _URL_IN.search(line):
        said["url"] = found[0].rstrip(".,;)")
        line = line.replace(found[0], " ")
    if whole := _WHOLE.fullmatch(line.strip()):
        parts = {k: v.strip() for k, v in whole.groupdict().items() if v}
        return Reference(kind=_MARKED[parts.pop("mark")], **parts, **said)
    if years := _YEAR_IN.findall(line):
        said["year"] = years[0]
    title = " ".join(line.split()).strip(" .。,，;；")
    return Reference(kind="web" if "url" in said else "other", title=title, **said)
