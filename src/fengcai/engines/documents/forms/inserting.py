"""Rows put into a worksheet, and all that speaks of rows moved with them.

openpyxl's own `insert_rows` moves cells alone: what is merged, formulas, heights, print areas, filters,
rules of format and of input would go on to speak of the rows that stood there before.
"""

from __future__ import annotations

import re
from typing import Any

from openpyxl.cell import MergedCell
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.utils import range_boundaries
from openpyxl.utils.cell import get_column_letter
from openpyxl.worksheet.cell_range import MultiCellRange
from openpyxl.worksheet.formula import ArrayFormula

_CELL = re.compile(r"(\$?[A-Za-z]{1,3})(\$?)(\d{1,7})")
_ROWS = re.compile(r"(\$?)(\d{1,7}):(\$?)(\d{1,7})")


def insert_rows(book: Any, sheet: Any, *, after: int, count: int) -> None:
    """Put `count` empty rows in below row `after`.

    What lies below moves down; what spans the row, or ends at it, grows: a sum over the row sums the
    new ones too, a print area takes them in.
    """
    if count <= 0:
        return
    merged = list(sheet.merged_cells.ranges)
    sheet.insert_rows(after + 1, count)
    for each in merged:
        if each.min_row > after:
            each.shift(row_shift=count)
        elif each.max_row > after or (each.max_row == after and each.min_row < after):
            each.expand(down=count)
            for row in range(after + 1, after + count + 1):
                for column in range(each.min_col, each.max_col + 1):
                    sheet._cells[row, column] = MergedCell(sheet, row, column)
    _heights(sheet, after, count)
    for other in book.worksheets:
        for cell in list(other._cells.values()):
            _formula(cell, sheet.title, other is sheet, after, count)
    _layout(book, sheet, after, count)
    for cell in sheet._cells.values():
        if getattr(cell, "hyperlink", None) is not None:
            cell.hyperlink.ref = cell.coordinate


def moved(
    formula: str, *, title: str, here: bool, after: int, count: int, own: bool = False
) -> str:
    """A formula whose references to sheet `title` follow the rows that were put in. `here` says that
    the formula stands in that sheet, so that references without a sheet are meant; `own` that it
    stands in the row itself: a sum across that row does not grow."""
    tokens = Tokenizer(formula)
    for token in tokens.items:
        if token.type == Token.OPERAND and token.subtype == Token.RANGE:
            token.value = _reference(token.value, title, here, after, count, own)
    return "=" + "".join(token.value for token in tokens.items)


def _reference(text: str, title: str, here: bool, after: int, count: int, own: bool) -> str:
    sheet, bang, cells = text.rpartition("!")
    plain = sheet.strip("'").replace("''", "'")
    if (plain != title) if bang else not here:
        return text
    rows = _ROWS.fullmatch(cells)
    if rows:
        first, last = _span(int(rows[2]), int(rows[4]), after, count)
        return f"{sheet}{bang}{rows[1]}{first}:{rows[3]}{last}"
    parts = [_CELL.fullmatch(part) for part in cells.split(":")]
    if not all(parts) or len(parts) > 2:
        return text
    found = [part for part in parts if part]
    if len(found) == 1:
        (one,) = found
        row = int(one[3])
        return f"{sheet}{bang}{one[1]}{one[2]}{row + count if row > after else row}"
    first, last = int(found[0][3]), int(found[1][3])
    if not (own and first == last == after):
        first, last = _span(first, last, after, count)
    start, end = found
    return f"{sheet}{bang}{start[1]}{start[2]}{first}:{end[1]}{end[2]}{last}"


def _span(first: int, last: int, after: int, count: int) -> tuple[int, int]:
    """Rows from first to last: moved where they lie below, grown where they hold the row itself."""
    if first > after:
        return first + count, last + count
    return first, last + count if last >= after else last


def _formula(cell: Any, title: str, here: bool, after: int, count: int) -> None:
    value = cell.value
    own = here and cell.row == after
    if isinstance(value, str) and value.startswith("=") and cell.data_type == "f":
        cell.value = moved(value, title=title, here=here, after=after, count=count, own=own)
    elif isinstance(value, ArrayFormula):
        value.text = moved(
            value.text or "=", title=title, here=here, after=after, count=count, own=own
        )
        if here:
            value.ref = range_moved(value.ref, after, count)


def range_moved(text: str, after: int, count: int) -> str:
    """A reference such as A1:D9 after the rows were put in."""
    left, top, right, bottom = range_boundaries(text)
    if left is None or top is None or right is None or bottom is None:
        return text
    first, last = _span(top, bottom, after, count)
    return f"{get_column_letter(left)}{first}:{get_column_letter(right)}{last}"


def _heights(sheet: Any, after: int, count: int) -> None:
    for row in sorted((n for n in sheet.row_dimensions if n > after), reverse=True):
        there = sheet.row_dimensions.pop(row)
        there.index = row + count
        sheet.row_dimensions[row + count] = there


def _layout(book: Any, sheet: Any, after: int, count: int) -> None:
    if sheet.print_area:
        areas = [part.rsplit("!", 1)[-1].replace("$", "") for part in sheet.print_area.split(",")]
        sheet.print_area = ",".join(range_moved(area, after, count) for area in areas)
    if sheet.auto_filter.ref:
        sheet.auto_filter.ref = range_moved(sheet.auto_filter.ref, after, count)
    for table in sheet.tables.values():
        table.ref = range_moved(table.ref, after, count)
        if table.autoFilter is not None:
            table.autoFilter.ref = table.ref
    for rule in sheet.data_validations.dataValidation:
        rule.sqref = MultiCellRange(
            " ".join(range_moved(r.coord, after, count) for r in rule.sqref)
        )
    formats = ConditionalFormattingList()
    for each in sheet.conditional_formatting:
        ranges = " ".join(range_moved(r.coord, after, count) for r in each.sqref.ranges)
        for rule in each.rules:
            formats.add(ranges, rule)
    sheet.conditional_formatting = formats
    for brk in sheet.row_breaks.brk:  # between pages; pictures and charts are `carrying`'s
        brk.id = brk.id + count if brk.id > after else brk.id
    for names in (book.defined_names, *(each.defined_names for each in book.worksheets)):
        for name in names.values():
            if name.attr_text and not name.attr_text.startswith("#"):
                text = f"={name.attr_text}"
                text = moved(text, title=sheet.title, here=False, after=after, count=count)
                name.attr_text = text[1:]
