"""Excel forms, filled by openpyxl: marks in cells; a row that names a list is repeated for its items.

Runs in the child, behind the walls. Merged cells, heights of rows, print areas, formulas, rules of
format and of input stay with their cells when rows are put in; pictures, charts and shapes come back by
`carrying`. A form with something that would be lost is refused.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import load_workbook
from openpyxl.cell import MergedCell
from openpyxl.cell.rich_text import CellRichText
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.formula.translate import Translator
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

from fengcai.engines.documents.forms.carrying import Grown, carried, lost
from fengcai.engines.documents.forms.inserting import insert_rows
from fengcai.engines.documents.forms.marks import Unfit, marks_in, replaced

MOST_CELLS = 200_000
MOST_SHEETS = 250
SHOWN_ROWS, SHOWN_COLUMNS = 60, 16


def used(data: bytes) -> list[str]:
    """The paths that the form asks for. Raises Unfit."""
    if gone := lost(data):
        raise Unfit(
            f"这份模板里有{'、'.join(gone)}，填写之后保留不了，没有保存。"
            "请改成普通单元格、图片或图表，再上传。"
        )
    return [path for sheet in _opened(data).worksheets for _, text in _marked(sheet)
            for path in marks_in(text)]  # fmt: skip


def filled(data: bytes, context: Mapping[str, Any]) -> bytes:
    """The form filled. Raises Unfit."""
    book = _opened(data)
    grown = [
        Grown(sheet.title, sheet.title, _fill(book, sheet, context)) for sheet in book.worksheets
    ]
    return carried(_saved(book), data, grown)


def filled_together(
    data: bytes, contexts: Sequence[Mapping[str, Any]], names: Sequence[str]
) -> bytes:
    """One workbook with the form's first sheet once for each context. Raises Unfit."""
    book = _opened(data)
    if len(contexts) > MOST_SHEETS:
        raise Unfit(f"一个工作簿最多放 {MOST_SHEETS} 张。请改为每件一个文件。")
    first = book.worksheets[0]
    area, titles = first.print_area, first.print_title_rows
    grown = [Grown(sheet.title, sheet.title) for sheet in book.worksheets[1:]]
    for name, context in zip(names, contexts, strict=True):
        sheet = book.copy_worksheet(first)
        sheet.title = _title(name, book.sheetnames)
        if area:
            sheet.print_area = area.rsplit("!", 1)[-1]
        if titles:
            sheet.print_title_rows = titles
        grown.append(Grown(first.title, sheet.title, _fill(book, sheet, context)))
    book.remove(first)
    return carried(_saved(book), data, grown)


def shown(data: bytes) -> list[list[str]]:
    """The first sheet's cells as text, as far as a preview shows them."""
    sheet = _opened(data).worksheets[0]
    rows = sheet.iter_rows(
        max_row=min(sheet.max_row, SHOWN_ROWS), max_col=min(sheet.max_column, SHOWN_COLUMNS)
    )
    return [["" if cell.value is None else str(cell.value) for cell in row] for row in rows]


def _opened(data: bytes) -> Any:
    book = load_workbook(io.BytesIO(data), rich_text=True)
    if not book.worksheets:
        raise Unfit("这份模板里没有工作表。")
    if sum(len(sheet._cells) for sheet in book.worksheets) > MOST_CELLS:
        raise Unfit(f"这份模板有 {MOST_CELLS // 10_000} 万个以上的单元格，不像一份表格。")
    return book


def _saved(book: Any) -> bytes:
    if book.calculation is not None:
        book.calculation.fullCalcOnLoad = (
            True  # the values of formulas are counted when it is opened
        )
    out = io.BytesIO()
    _Writer(book, ZipFile(out, "w", ZIP_DEFLATED)).save()
    return out.getvalue()


class _Writer(ExcelWriter):
    """Writes each sheet in memory: openpyxl makes a file of it on the disk first, and there is no disk
    behind the walls."""

    def write_worksheet(self, ws: Any) -> None:
        ws._drawing = SpreadsheetDrawing()
        ws._charts, ws._images = [], []  # `carrying` brings them as they were
        written = io.BytesIO()
        writer: Any = WorksheetWriter(ws, written)
        writer.write()
        ws._rels = writer._rels
        archive: Any = vars(self)["_archive"]
        archive.writestr(ws.path[1:], written.getvalue())
        self.manifest.append(ws)


def _marked(sheet: Any) -> list[tuple[Any, str]]:
    """Cells with marks, and their text, row by row."""
    found = []
    for _, cell in sorted(sheet._cells.items()):
        value = cell.value
        if isinstance(value, str | CellRichText):
            text = str(value)
            if ("{{" in text or "｛｛" in text) and not text.startswith("="):
                found.append((cell, text))
    return found


def _fill(book: Any, sheet: Any, context: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Fill a sheet; which rows were put in: (after, count), from below."""
    marked = _marked(sheet)
    lists: dict[int, str] = {}
    for cell, text in marked:
        for path in marks_in(text):
            head, _, rest = path.partition(".")
            if not rest or not isinstance(context.get(head), list):
                continue
            if lists.setdefault(cell.row, head) != head:
                raise Unfit(
                    f"模板第 {cell.row} 行同时用了“{lists[cell.row]}”和“{head}”两个列表。"
                    "一行只能重复一个列表。"
                )
    # Each mark of the form is filled once: what was filled in is text, whatever stands in it.
    for cell, text in marked:
        if cell.row not in lists:
            _put(cell, replaced(text, context))
    below = sorted(lists, reverse=True)  # so that rows above keep their numbers
    return [(row, _repeat(book, sheet, row, lists[row], context)) for row in below]


def _repeat(book: Any, sheet: Any, row: int, name: str, context: Mapping[str, Any]) -> int:
    """Repeat a row for the items of a list; how many rows were put in."""
    items: Sequence[Mapping[str, Any]] = context[name] or [{}]
    columns = range(1, sheet.max_column + 1)
    if len(items) * len(columns) > MOST_CELLS:
        raise Unfit(f"“{name}”有 {len(items)} 项，一张表放不下。")
    model = [(copy(cell._style), cell.value) for cell in (sheet.cell(row, c) for c in columns)]
    merges = [
        (each.min_col, each.max_col)
        for each in sheet.merged_cells.ranges
        if each.min_row == each.max_row == row
    ]
    height = sheet.row_dimensions[row].height if row in sheet.row_dimensions else None
    insert_rows(book, sheet, after=row, count=len(items) - 1)
    for number, item in enumerate(items):
        here = row + number
        if number:
            sheet.row_dimensions[here].height = height
        for column, (style, value) in zip(columns, model, strict=True):
            cell = sheet.cell(here, column)
            if isinstance(cell, MergedCell):
                continue
            cell._style = copy(style)
            if isinstance(value, str) and value.startswith("=") and number:
                origin = sheet.cell(row, column).coordinate
                cell.value = Translator(
                    _now(sheet, row, column, value), origin=origin
                ).translate_formula(cell.coordinate)
            elif isinstance(value, str | CellRichText) and not str(value).startswith("="):
                _put(cell, replaced(str(value), {**context, name: item}))
            elif number:
                cell.value = value
        for first, last in merges if number else ():
            sheet.merge_cells(start_row=here, end_row=here, start_column=first, end_column=last)
    return len(items) - 1


def _now(sheet: Any, row: int, column: int, was: str) -> str:
    """The row's formula as it stands after rows were put in below it."""
    value = sheet.cell(row, column).value
    return value if isinstance(value, str) and value.startswith("=") else was


def _put(cell: Any, value: str | int | float) -> None:
    cell.value = None if value == "" else value
    if isinstance(value, str) and value:
        cell.data_type = "s"  # a title that begins with = stays a title
        if value.startswith(("=", "+", "-", "@", "\t", "\r")):
            cell.quotePrefix = True
        if "\n" in value:
            aligned = copy(cell.alignment)
            aligned.wrap_text = True
            cell.alignment = aligned


def _title(name: str, taken: Sequence[str]) -> str:
    plain = "".join(" " if sign in "[]:*?/\\" else sign for sign in name).strip(" '")[:28] or "表"
    title, number = plain, 2
    while title.lower() in (each.lower() for each in taken):
        title, number = f"{plain[:25]}({number})", number + 1
    return title
