"""Which format the bytes really are, whatever the name says; kinds that are not read are named.

It looks at first bytes and, of a zip, at the list of its parts; nothing is unpacked before the
declared sizes are within the limits (zipfile never reads more of a part than it declares).
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import NoReturn

from .parts import DocumentKind, DocumentLimits, DocumentRefused

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SAVE_AS = "请在 Word 或 WPS 里打开，另存为 .docx 后再试。"
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM", b"RIFF")
MARKUP = re.compile(
    rb"<!doctype html|<(html|head|body|div|p|span|table|meta|title|article|section|h[1-6])[\s>/]",
    re.IGNORECASE,
)


def sniff(data: bytes, name: str, limits: DocumentLimits) -> DocumentKind:
    """The format. Raises DocumentRefused for one that cannot be read here."""
    head = data[:1024].lstrip()
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"PK"):
        return _zipped(data, name, limits)
    if data.startswith(OLE):
        _old(data, name)
    if head.startswith(b"{\\rtf"):
        raise DocumentRefused(f"{name} 是 RTF 文件，这里不读。{SAVE_AS}")
    if data.startswith(PICTURES):
        raise DocumentRefused(f"{name} 是图片，读不出文字。请用文字识别软件转成 .docx 后再试。")
    if data.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise DocumentRefused(f"{name} 是压缩包。请先解压，再选其中的文件。")
    start = data[:65536]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start.replace(b"\0", b"")
    if MARKUP.search(start) and (
        start.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")
        or Path(name).suffix.lower() in {".html", ".htm", ".xhtml"}
    ):
        return "html"
    return "txt"


def _zipped(data: bytes, name: str, limits: DocumentLimits) -> DocumentKind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise DocumentRefused(f"{name} 已损坏，打不开。请重新导出或重新下载后再试。") from error
    names = {each.filename for each in parts}
    unpacked = sum(each.file_size for each in parts)
    if len(parts) > limits.parts or unpacked > limits.unpacked_bytes:
        raise DocumentRefused(
            f"{name} 解开后有 {len(parts)} 个部分、{unpacked / 1024**2:.0f} MB，超过上限，没有打开。"
            "请把文字复制到新文档里再试。"
        )
    if "word/document.xml" in names or any(re.match(r"word/document\d*\.xml$", n) for n in names):
        return "docx"
    if any(each.startswith("xl/") for each in names):
        raise DocumentRefused(f"{name} 是 Excel 表格。请用 .docx、PDF、网页或 .txt。")
    if any(each.startswith("ppt/") for each in names):
        raise DocumentRefused(f"{name} 是演示文稿。请用 .docx、PDF、网页或 .txt。")
    if "OFD.xml" in names:
        raise DocumentRefused(f"{name} 是 OFD 版式文件，这里不读。请导出为 PDF 后再试。")
    if "content.xml" in names:
        raise DocumentRefused(f"{name} 是 OpenDocument 文件，这里不读。{SAVE_AS}")
    raise DocumentRefused(f"{name} 是压缩包，不是 Word 文档。请先解压，再选其中的文件。")


def _old(data: bytes, name: str) -> NoReturn:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise DocumentRefused(f"{name} 设了密码。请取消密码保护后再试。")
    if "Workbook".encode("utf-16-le") in data:
        raise DocumentRefused(f"{name} 是旧版 Excel 表格。请用 .docx、PDF、网页或 .txt。")
    raise DocumentRefused(f"{name} 是旧版 Word（.doc）或 WPS 文件，这里不读。{SAVE_AS}")
