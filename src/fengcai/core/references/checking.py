"""What is wrong with a list of references: parts that are missing, numbers that cannot be, one named
twice. Each fault is one sentence with the row and the part that it belongs to."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from .numbers import (
    doi_of,
    doi_problem,
    isbn_problem,
    issn_problem,
    number_key,
    plain,
    standard_problem,
)
from .reference import KINDS, LABELS, NEEDED, Reference

EARLIEST = 1800


@dataclass(frozen=True)
class Fault:
    """One fault: the row, from 0, the part of it (empty: the row as a whole) and the sentence."""

    row: int
    part: str
    text: str

    @property
    def line(self) -> str:
        """The sentence with the number of the row."""
        return f"第 {self.row + 1} 条：{self.text}"


def faults(
    references: Sequence[Reference], *, kinds: Collection[str] = (), today: date
) -> list[Fault]:
    """Everything wrong, row by row. `kinds` are those that the rules take, empty for all.

    `today` bounds years and days of access: nothing was published after it.
    """
    found: list[Fault] = []
    for row, each in enumerate(references):
        found += [Fault(row, part, text) for part, text in _of(each, kinds, today)]
    return sorted(found + doubles(references), key=lambda fault: fault.row)


def doubles(references: Sequence[Reference]) -> list[Fault]:
    """Rows that name what an earlier row named: by DOI, by the number of the standard or the book, by
    the address, or by the title."""
    found = []
    seen: dict[tuple[str, str], int] = {}
    for row, each in enumerate(references):
        same = [(part, key) for part, key in _keys(each) if (part, key) in seen]
        if same:
            part, key = same[0]
            found.append(
                Fault(row, part, f"与第 {seen[part, key] + 1} 条重复（{LABELS[part]}相同）")
            )
        for pair in _keys(each):
            seen.setdefault(pair, row)
    return found


def _keys(each: Reference) -> list[tuple[str, str]]:
    """By what a reference is known. Two chapters may share a book: a title of its own tells them apart,
    so a book's number counts only with it."""
    numbers = [("doi", doi_of(each.doi)), ("number", number_key(each.number))]
    address = re.sub(r"^https?://(www\.)?", "", each.url.strip()).rstrip("/")
    book = number_key(each.isbn)
    pairs = [*numbers, ("url", address), ("isbn", f"{book}{each.key}" if book else "")]
    return [(part, key) for part, key in [*pairs, ("title", each.key)] if key]


def _of(each: Reference, kinds: Collection[str], today: date) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if each.kind not in KINDS:
        return [("kind", "请选择类型")]
    if kinds and each.kind not in kinds:
        taken = "、".join(KINDS[kind] for kind in KINDS if kind in kinds)
        found.append(("kind", f"规则只收{taken}，不收{each.kind_name}"))
    found += [
        (part, f"请填写{_named(each.kind, part)}")
        for part in NEEDED[each.kind]
        if not getattr(each, part)
    ]
    checks = {
        "doi": doi_problem,
        "issn": issn_problem,
        "isbn": isbn_problem,
        "number": standard_problem,
        "url": _url_problem,
    }
    for part, check in checks.items():
        text = getattr(each, part)
        if text and (said := check(text)):
            found.append((part, said))
    if each.year and (said := _year_problem(each.year, today)):
        found.append(("year", said))
    if each.accessed and (said := _day_problem(each.accessed, today)):
        found.append(("accessed", said))
    return found


def _named(kind: str, part: str) -> str:
    """A part as it is called for one kind."""
    sources = {
        "article": "刊名",
        "book": "出版社",
        "guideline": "刊名或发布机构",
        "web": "网站或发布机构",
    }
    return sources[kind] if part == "source" else LABELS[part]


def _year_problem(text: str, today: date) -> str:
    year = plain(text).removesuffix("年")
    if not re.fullmatch(r"[0-9]{4}", year):
        return "年份请填四位数字，如 2025"
    if int(year) > today.year:
        return f"年份 {year} 还没有到，请核对"
    return "" if int(year) >= EARLIEST else f"年份 {year} 太早，请核对"


def _day_problem(text: str, today: date) -> str:
    found = re.fullmatch(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", plain(text))
    try:
        day = date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        day = None
    if day is None:
        return "访问日期请填成 2026-04-30"
    return f"访问日期 {day} 还没有到，请核对" if day > today else ""


def _url_problem(text: str) -> str:
    if re.fullmatch(r"https?://[^\s<>\"\\]+\.[^\s<>\"\\]+", text) and len(text) <= 500:
        return ""
    return "网址不对，应以 http:// 或 https:// 开头"
