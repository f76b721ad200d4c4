"""Reads .xlsx workbooks: cell values as text, merged cells unfolded, hidden sheets passed over.

A zip from a stranger: its size is asked before it is unpacked, and XML with entities is refused.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import openpyxl
from openpyxl.utils import range_boundaries

from fengcai.engines.documents.tables.table import (
    MAX_COLUMNS,
    Grid,
    TableRefused,
    tidy,
    too_many_columns,
)

MAX_UNPACKED = 120 * 1024 * 1024
MAX_PARTS = 2_000

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_BROKEN = "文件已损坏或没有传完整，没有导入。请重新保存一份再上传。"


def read_workbook(data: bytes) -> Grid:
    """The first visible sheet that holds anything. Raises TableRefused."""
    _check_package(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except Exception as error:
        # openpyxl lets whatever its parts raise pass: KeyError, ValueError, XML and zip errors.
        raise TableRefused(_BROKEN) from error
    try:
        empty = Grid(sheet="")
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible" and (grid := _read_sheet(sheet, data)).rows:
                return grid
        return empty
    except TableRefused:
        raise
    except Exception as error:
        raise TableRefused(_BROKEN) from error
    finally:
        book.close()


def _check_package(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            names = {part.filename for part in parts}
            if "xl/workbook.xml" not in names:
                raise TableRefused(_other_package(names))
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise TableRefused(
                    "表格解开后过大，没有导入。请把需要的几列复制到新的表格里，另存后再上传。"
                )
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _check_xml(package, part)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError) as error:
        raise TableRefused(_BROKEN) from error


def _check_xml(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    # The declared size may lie; reading no further than it says keeps the promise made above.
    left = part.file_size
    tail = b""
    with package.open(part) as stream:
        while left > 0 and (chunk := stream.read(min(left, 1 << 20))):
            left -= len(chunk)
            if b"<!DOCTYPE" in tail + chunk or b"<!ENTITY" in tail + chunk:
                raise TableRefused("文件里有不属于表格的内容，没有导入。请另存为 .xlsx 再上传。")
            tail = chunk[-16:]


def _other_package(names: set[str]) -> str:
    if "word/document.xml" in names:
        kind = "这是 Word 文档，不是表格"
    elif "ppt/presentation.xml" in names:
        kind = "这是演示文稿，不是表格"
    elif "content.xml" in names and "mimetype" in names:
        kind = "这是 ODF 文档（.ods），暂不能读取"
    else:
        kind = "这是压缩包，不是表格"
    return f"{kind}，没有导入。请上传 .xlsx 或 .csv 格式的表格。"


def _read_sheet(sheet: Any, data: bytes) -> Grid:
    grid = Grid(sheet=sheet.title)
    # The size that a file declares for itself is often wrong; the rows tell.
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        used, beyond = row[:MAX_COLUMNS], row[MAX_COLUMNS:]
        if beyond.count(None) != len(beyond):
            raise TableRefused(too_many_columns())
        if used.count(None) != len(used):
            grid.put(number, [_text(value) for value in used])
    for left, top, right, bottom in _merges(sheet, data):
        _unfold(grid, left, top, min(right, MAX_COLUMNS), min(bottom, max(grid.rows, default=0)))
    return grid


def _unfold(grid: Grid, left: int, top: int, right: int, bottom: int) -> None:
    source = grid.rows.get(top, [])
    value = source[left - 1] if len(source) >= left else ""
    if not value:
        return
    for number in range(top, bottom + 1):
        cells = grid.rows.get(number)
        if cells is None:
            # Rows that hold nothing but a part of a merge are not rows of their own.
            continue
        cells.extend([""] * (right - len(cells)))
        for column in range(left, right + 1):
            cells[column - 1] = value
            if right > left:
                grid.wide.add((number, column))


def _merges(sheet: Any, data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Merged ranges as (left, top, right, bottom), from 1; the streaming reader skips them."""
    with (
        zipfile.ZipFile(io.BytesIO(data)) as package,
        package.open(sheet._worksheet_path.lstrip("/")) as part,
    ):
        for _, element in ElementTree.iterparse(part):  # noqa: S314 - entities were refused above
            if element.tag == f"{_MAIN}mergeCell":
                left, top, right, bottom = range_boundaries(element.get("ref", ""))
                yield int(left or 1), int(top or 1), int(right or left or 1), int(bottom or 1)
            if element.tag in (f"{_MAIN}row", f"{_MAIN}mergeCell"):
                element.clear()


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        if value.time() == time():
            return value.date().isoformat()
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, (date, time, int, Decimal, timedelta)):
        return str(value)
    return tidy(str(value))


def _number(value: float) -> str:
    # 13800000000.0 is a telephone number; 15 digits are all that a spreadsheet keeps.
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return format(Decimal(repr(value)).normalize(), "f")
