"""A scan of a signed paper as it comes in: what it may be, how large, and what a virus scanner says."""

from __future__ import annotations

from fengcai.apps.refusals import Refused
from fengcai.apps.scanning import refuse_infected

MOST_BYTES = 15 * 1024 * 1024
KINDS = (
    (b"%PDF-", "application/pdf", ".pdf"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
)


def kind_of(data: bytes) -> tuple[str, str]:
    """Content type and ending by the first bytes, whatever the name says. Raises `Refused`."""
    if not data:
        raise Refused("扫描件是空的，没有保存。请重新选择文件。", fields={"scan": "空文件"})
    if len(data) > MOST_BYTES:
        raise Refused(
            f"扫描件超过 {MOST_BYTES // 1024 // 1024} MB，没有保存。请压缩或改拍一张照片再传。",
            fields={"scan": "文件太大"},
        )
    for magic, content_type, ending in KINDS:
        if data.startswith(magic):
            return content_type, ending
    raise Refused(
        "扫描件只收 PDF、JPG 或 PNG。这个文件的内容不是，没有保存。", fields={"scan": "格式不收"}
    )


def clean_or_refused(data: bytes) -> None:
    """Where a virus scanner is set, have it look first. Raises `Refused`, also while it cannot."""
    if refuse_infected(data, what="扫描件", field="scan") == "unscanned":
        raise Refused("扫描件还没有查毒，没有保存：查毒程序现在不可用。请稍后再传。")
