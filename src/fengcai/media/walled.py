"""Read a stranger's notice without trusting it: in a child behind the walls of `containment`.

The file is the child's standard input, its report one JSON object on standard output. Whatever the
child does (hangs, floods, dies), the parent gets a `Document` or one sentence. It keeps nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from typing import Any

from fengcai.media.containment import contain
from fengcai.media.documents import Document, DocumentRefused, Paragraph

SECONDS = 20
CPU_S = 15
MEMORY_BYTES = 1024**3
OPEN_FILES = 64
ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk", "big5", "latin-1",
             "cp1252", "ascii", "utf-32")  # fmt: skip
MOST_REPORT_BYTES = 16 * 1024**2

UNREADABLE = "这个文件读不出来，没有保存。请另存为 .docx，或另存为纯文本（.txt）后再上传。"
TOO_LONG = f"这个文件 {SECONDS} 秒还没有读完，已停止，没有保存。请另存为纯文本（.txt）后再上传。"


def read_walled(data: bytes, name: str) -> Document:
    """The paragraphs of a notice, read in a process of its own. Raises DocumentRefused."""
    environment = {
        key: os.environ[key] for key in ("PATH", "LANG", "PYTHONPATH") if key in os.environ
    }
    command = [sys.executable, "-I", "-m", "fengcai.media.walled", name]
    if "PYTHONPATH" in environment:
        command.remove("-I")
    try:
        done = subprocess.run(
            command,
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise DocumentRefused(TOO_LONG) from None
    if done.returncode != 0 or len(done.stdout) > MOST_REPORT_BYTES:
        raise DocumentRefused(UNREADABLE)
    try:
        return _believed(json.loads(done.stdout), name)
    except (ValueError, KeyError, TypeError):
        raise DocumentRefused(UNREADABLE) from None


def _believed(report: Any, name: str) -> Document:
    """The report as a document, every value of the kind it has to be."""
    if refusal := report.get("refused"):
        raise DocumentRefused(str(refusal)[:500])
    rows = [
        Paragraph(text=str(text), number=number, page=int(page) if page else None, row=bool(row))
        for number, (text, page, row) in enumerate(report["paragraphs"], 1)
    ]
    pages = report["pages"]
    return Document(
        name=name,
        kind=report["kind"] if report["kind"] in {"docx", "pdf", "html"} else "txt",
        paragraphs=tuple(rows),
        pages=int(pages) if pages else None,
        warnings=tuple(str(each)[:500] for each in report["warnings"]),
    )


def main() -> int:
    """Read everything, put up the walls, then look at it for the first time."""
    from fengcai.media.documents import read

    _warm_up()
    data = sys.stdin.buffer.read()
    report = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    contain(memory_bytes=MEMORY_BYTES, cpu_s=CPU_S, open_files=OPEN_FILES)
    try:
        found = read(data, sys.argv[1])
        told: dict[str, Any] = {
            "kind": found.kind,
            "pages": found.pages,
            "warnings": list(found.warnings),
            "paragraphs": [[each.text, each.page, each.row] for each in found.paragraphs],
        }
    except DocumentRefused as refusal:
        told = {"refused": str(refusal)}
    report.write(json.dumps(told, ensure_ascii=True).encode())
    report.flush()
    return 0


def _warm_up() -> None:
    """Read one small notice of each kind: what the parsers load, they load before the walls."""
    import codecs
    import io

    import docx
    import pypdfium2  # type: ignore[import-untyped]

    from fengcai.media.documents import read

    for encoding in ENCODINGS:
        codecs.lookup(encoding)
    word, pdf = io.BytesIO(), io.BytesIO()
    paper = docx.Document()
    paper.add_paragraph("一、通知")
    paper.add_table(rows=1, cols=1)
    paper.save(word)
    empty = pypdfium2.PdfDocument.new()
    empty.new_page(100, 100)
    empty.save(pdf)
    for sample in (
        word.getvalue(),
        pdf.getvalue(),
        b"<html><p>a</p></html>",
        "通知".encode("gb18030"),
    ):
        with contextlib.suppress(DocumentRefused):
            read(sample, "warm")


if __name__ == "__main__":
    sys.exit(main())
