"""Writes .xlsx for officers: a heading that stays put, columns wide enough, numbers as numbers.

Text stays text: a name that begins with = + - or @ is never carried out as a formula.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter

from fengcai.engines.documents.typesetting import BEIJING

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LEADING = ("=", "+", "-", "@", "\t", "\r")
_MAX_TEXT = 32_767
_MAX_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Column:
    """A heading with its width in characters (measured when left out) and its number format."""

    header: str
    width: float | None = None
    format: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet. `rows` hold text, whole or exact numbers, dates, aware times, or None."""

    title: str
    headers: Sequence[str | Column]
    rows: Iterable[Sequence[Any]]


def write_xlsx(sheets: Sequence[Sheet], *, zone: tzinfo = BEIJING) -> bytes:
    """A workbook of `sheets`, in order. Times print in `zone`.

    Whole numbers past 15 digits (identity numbers) become text, since Excel would round them.
    Raises ValueError without sheets, for a row of another length than the headers, and for a text
    longer than a cell holds.
    """
    if not sheets:
        raise ValueError("a workbook needs a sheet")
    book = Workbook(write_only=True)
    head, body = _styles()
    book.add_named_style(head)
    book.add_named_style(body)
    titles: list[str] = []
    for sheet in sheets:
        titles.append(_title(sheet.title, titles))
        _write_sheet(book, titles[-1], sheet, zone)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write_sheet(book: Workbook, title: str, sheet: Sheet, zone: tzinfo) -> None:
    columns = [item if isinstance(item, Column) else Column(item) for item in sheet.headers]
    rows = [[_value(value, zone) for value in row] for row in sheet.rows]
    for number, row in enumerate(rows, start=2):
        if len(row) != len(columns):
            raise ValueError(f"row {number} of {title!r} has {len(row)} cells, not {len(columns)}")
    page = book.create_sheet(title)
    # A write-only sheet wants its layout before its first row.
    page.freeze_panes = "A2"
    for index, column in enumerate(columns):
        longest = max([_width(column.header), *(_width(row[index]) for row in rows)])
        width = column.width if column.width is not None else min(max(longest + 2, 6), 60)
        page.column_dimensions[get_column_letter(index + 1)].width = width
    page.print_title_rows = "1:1"
    page.page_setup.paperSize = 9  # A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.oddFooter.center.text = "第 &P 页，共 &N 页"
    page.append([_cell(page, column.header, "fengcai-head", None) for column in columns])
    for row in rows:
        page.append(
            [
                _cell(page, value, "fengcai-body", column.format)
                for value, column in zip(row, columns, strict=True)
            ]
        )
    if columns:
        page.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(rows) + 1}"


def _cell(page: Any, value: Any, style: str, number_format: str | None) -> Any:
    cell = WriteOnlyCell(page, value=value)
    cell.style = style
    if isinstance(value, str):
        # openpyxl would take a leading = for a formula.
        cell.data_type = "s"
        if value.startswith(_LEADING):
            # Keeps it text when somebody edits the cell, too.
            cell.quotePrefix = True
    elif number_format is not None:
        cell.number_format = number_format
    elif isinstance(value, datetime):
        cell.number_format = "yyyy-mm-dd hh:mm"
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    return cell


def _value(value: Any, zone: tzinfo) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value if value.tzinfo is None else value.astimezone(zone).replace(tzinfo=None)
    if isinstance(value, int):
        return value if len(str(abs(value))) <= _MAX_DIGITS else str(value)
    if isinstance(value, (float, Decimal, date)):
        return value
    text = _ILLEGAL.sub("", str(value))
    if len(text) > _MAX_TEXT:
        raise ValueError(f"a cell holds {_MAX_TEXT} characters, not {len(text)}")
    return text


def _title(wanted: str, taken: Sequence[str]) -> str:
    base = re.sub(r"[\[\]:*?/\\]", " ", wanted).strip(" '")[:31] or "表"
    title, number = base, 2
    while title.lower() in (other.lower() for other in taken):
        suffix = f"（{number}）"
        title, number = base[: 31 - len(suffix)] + suffix, number + 1
    return title


def _width(value: Any) -> int:
    if isinstance(value, datetime):
        return 16
    longest = 0
    for line in str("" if value is None else value).split("\n"):
        wide = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)
        longest = max(longest, wide)
    return longest


def _styles() -> tuple[NamedStyle, NamedStyle]:
    hairline = Side(style="thin", color="D8D2C6")
    head = NamedStyle("fengcai-head")
    head.font = Font(bold=True, color="1C1A17")
    head.fill = PatternFill("solid", fgColor="F3EEE4")
    head.alignment = Alignment(vertical="center", wrap_text=True)
    head.border = Border(bottom=Side(style="medium", color="1C1A17"))
    body = NamedStyle("fengcai-body")
    body.alignment = Alignment(vertical="top", wrap_text=True)
    body.border = Border(bottom=hairline)
    return head, body
