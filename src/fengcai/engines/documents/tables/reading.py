"""From an uploaded file to a table: tells formats apart by content and refuses in plain Chinese.

The file's name only words the message; nobody's data is trusted to be what its name says.
"""

from __future__ import annotations

from collections.abc import Collection

from fengcai.engines.documents.tables.separated import read_separated
from fengcai.engines.documents.tables.table import Table, TableRefused, build
from fengcai.engines.documents.tables.workbook import read_workbook

MAX_BYTES = 5 * 1024 * 1024

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_SAVE_AS = "请在 Excel 或 WPS 里打开它，选“另存为”→“Excel 工作簿（.xlsx）”，再上传。"


def read_table(data: bytes, filename: str, *, expected: Collection[str] = ()) -> Table:
    """Read .xlsx or .csv: the first visible sheet with content, below its heading row.

    Title rows and blank rows above the heading are passed over; `expected` names headers by which
    it is known for sure. Merged cells give their value to each cell they cover. Formulas give the
    value that the spreadsheet program last saved. Text files may be UTF-8, UTF-16 with a mark, or
    GB 18030, parted by comma, tab, semicolon or bar.
    Raises TableRefused (Chinese): over 5 MiB, over 20 000 rows, encrypted, old .xls, not a table.
    """
    shown = filename.replace("\\", "/").rsplit("/", 1)[-1][:80] or "文件"
    try:
        if not data:
            raise TableRefused("文件是空的（0 字节），没有导入。请重新保存后再上传。")
        if len(data) > MAX_BYTES:
            raise TableRefused(
                f"文件有 {len(data) / 1024 / 1024:.1f} MB，超过 5 MB，没有导入。"
                "请删去图片和多余的工作表，另存后再上传。"
            )
        if data.startswith(b"PK\x03\x04"):
            return build(read_workbook(data), expected)
        _refuse_other_formats(data)
        return build(read_separated(data), expected)
    except TableRefused as refusal:
        raise TableRefused(f"“{shown}”：{refusal}") from refusal.__cause__


def _refuse_other_formats(data: bytes) -> None:
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise TableRefused("文件加了打开密码，读不出内容，没有导入。请去掉密码后再上传。")
        if "WordDocument".encode("utf-16-le") in data:
            raise TableRefused(f"这是 Word 文档，不是表格，没有导入。{_TABLES}")
        raise TableRefused(f"这是旧版 .xls（或 WPS .et）格式，没有导入。{_SAVE_AS}")
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")):
        raise TableRefused(f"这是网页格式的导出文件，不是真正的表格，没有导入。{_SAVE_AS}")
    if head.startswith(b"%pdf"):
        raise TableRefused(f"这是 PDF，不是表格，没有导入。{_TABLES}")
    if head.startswith((b"\xff\xd8\xff", b"\x89png", b"gif8", b"rar!", b"7z\xbc\xaf")):
        raise TableRefused(f"这不是表格文件，没有导入。{_TABLES}")


_TABLES = "请上传 .xlsx 或 .csv 格式的表格。"
