"""Reads text tables (.csv and its kin): finds out the character set and the separator."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator

from fengcai.engines.documents.tables.table import Grid, TableRefused, tidy

_SEPARATORS = (",", "\t", ";", "|", "，")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SAMPLE_ROWS = 30


def read_separated(data: bytes) -> Grid:
    """The grid of a text table. Row numbers count records, as a spreadsheet program would show them.

    Raises TableRefused when it is no text, or a record is broken.
    """
    text = _decoded(data)
    separator = _separator(text)
    grid = Grid(sheet="")
    try:
        for number, record in enumerate(_reader(text, separator), start=1):
            grid.put(number, [tidy(cell) for cell in record])
    except csv.Error as error:
        raise TableRefused(
            "文本表格里有一处引号没有配对或单元格过长，没有导入。"
            "请用 Excel 或 WPS 打开，另存为 .xlsx 再上传。"
        ) from error
    return grid


def _decoded(data: bytes) -> str:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            candidates: tuple[str, ...] = (encoding,)
            break
    else:
        # UTF-8 first: Chinese text in GB 18030 is practically never valid UTF-8 by accident.
        candidates = ("utf-8", "gb18030")
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text):
            break
        return text
    raise TableRefused("这不是文字表格，没有导入。请上传 .xlsx 或 .csv 格式的表格。")


def _separator(text: str) -> str:
    """The separator under which most of the first records have the same number of cells, over 1."""
    best, best_score = ",", (0, 0)
    for separator in _SEPARATORS:
        widths: list[int] = []
        try:
            for record in _reader(text, separator):
                if any(record):
                    widths.append(len(record))
                if len(widths) == _SAMPLE_ROWS:
                    break
        except csv.Error:
            continue
        several = [width for width in widths if width > 1]
        if not several:
            continue
        usual = max(set(several), key=several.count)
        score = (several.count(usual), usual)
        if score > best_score:
            best, best_score = separator, score
    return best


def _reader(text: str, separator: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator)
