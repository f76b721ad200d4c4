"""Plain text in the character sets of Chinese offices: UTF-8, UTF-16, GB 18030 (with GBK).

A text is taken only when every byte of it fits its character set; nothing is replaced silently.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .parts import CELL, DocumentRefused, Line

MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
)  # fmt: skip
# GB2312 and GBK are parts of GB 18030, and files labelled with them often hold more (朱镕基).
WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030"}


def decode(data: bytes, name: str, label: str | None = None) -> str:
    """The text of the bytes; `label` is a character set that the file itself names."""
    for mark, charset in MARKS:
        if data.startswith(mark):
            return _strictly(data, charset, name)
    if wide := _wide(data):
        return _strictly(data, wide, name)
    if b"\0" in data:
        raise DocumentRefused(f"{name} 不是文字文件。请换成 .docx、PDF、网页或 .txt 的通知。")
    candidates = [WIDER.get(label.lower(), label.lower())] if label else []
    for charset in (*candidates, "utf-8", "gb18030"):
        try:
            return data.decode(charset)
        except (UnicodeDecodeError, LookupError):
            continue
    raise DocumentRefused(f"{name} 的文字编码认不出。请用记事本打开，另存为 UTF-8 编码后再试。")


def _strictly(data: bytes, charset: str, name: str) -> str:
    try:
        return data.decode(charset)
    except UnicodeDecodeError as error:
        raise DocumentRefused(
            f"{name} 在第 {error.start + 1} 字节处损坏，读不完整。请重新另存为 UTF-8 编码后再试。"
        ) from error


def _wide(data: bytes) -> str | None:
    """UTF-16 without its mark: line ends and Latin letters have their zero byte on one side."""
    start = data[:4096]
    if len(data) % 2 or b"\0" not in start:
        return None
    ends = {"utf-16-le": (b"\n\0", start[1::2]), "utf-16-be": (b"\0\n", start[0::2])}
    for charset, (end, side) in ends.items():
        other = start[0::2] if charset == "utf-16-le" else start[1::2]
        if (end in start or side.count(0) * 2 > len(side)) and not other.count(0):
            return charset
    return None


def read_plain(data: bytes, name: str) -> Iterator[Line]:
    """A paragraph per line; blank lines are left out, a line with tabs is a table's row."""
    for line in re.split(r"\r\n|[\n\r\v\f\x85\u2028\u2029]", decode(data, name)):
        cells = [each.strip() for each in line.strip().split("\t")]
        if len(cells) > 1 and sum(map(bool, cells)) > 1:
            yield Line(CELL.join(cells), row=True)
        else:
            yield Line(line, row=CELL in line)
