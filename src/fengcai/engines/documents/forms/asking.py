"""The parent's side: bounds a form, starts the child, believes nothing of its answer but its form."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import struct
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any, Literal

Kind = Literal["docx", "xlsx"]

MAX_BYTES = 5 * 1024**2
MOST_UNPACKED = 64 * 1024**2
MOST_PARTS = 2_000
MOST_FORM_BYTES = 32 * 1024**2
MOST_ANSWER_BYTES = 512 * 1024**2
SECONDS = 120
BATCH = 100

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_EXTERNAL = re.compile(
    rb'<Relationship\b[^>]*TargetMode\s*=\s*["\']External["\'][^>]*>', re.IGNORECASE
)
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")


class FormRefused(Exception):
    """A form that cannot be used; the message is Chinese and says what to do."""


@dataclass(frozen=True)
class Found:
    """What stands in a form: fields by their paths (`单位`, `作品.编号`), in order, each once."""

    kind: Kind
    used: tuple[str, ...]


def kind_of(data: bytes, name: str) -> Kind:
    """Which kind of form it is, by its content. Raises FormRefused for anything else, for what is too
    large, has macros, or fetches something from elsewhere."""
    if not data:
        raise FormRefused(f"“{name}”是空的（0 字节），没有保存。请重新选择文件。")
    if len(data) > MAX_BYTES:
        raise FormRefused(f"“{name}”超过 5 MB，没有保存。请删去模板里的大图再上传。")
    if data.startswith(_OLE):
        raise FormRefused(
            f"“{name}”是旧版 Office（.doc、.xls）、WPS 格式，或设了密码。"
            "请在 Word、Excel 或 WPS 里另存为 .docx 或 .xlsx、去掉密码，再上传。"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(p.file_size for p in parts) > MOST_UNPACKED:
                raise FormRefused(f"“{name}”解开后太大，不像一份表格模板，没有保存。")
            names = {part.filename for part in parts}
            rels = [archive.read(part) for part in parts if part.filename.endswith(".rels")]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, OSError):
        raise FormRefused(
            f"“{name}”不是 .docx 或 .xlsx，或已经损坏，没有保存。请另存为 .docx 或 .xlsx 再上传。"
        ) from None
    if any(each.rsplit("/", 1)[-1].lower() == "vbaproject.bin" for each in names):
        raise FormRefused(f"“{name}”带有宏，没有保存。请另存为不带宏的 .docx 或 .xlsx 再上传。")
    if "word/document.xml" in names:
        links = [link for rel in rels for link in _EXTERNAL.findall(rel)]
        if any(b"/hyperlink" not in link for link in links):
            raise FormRefused(
                f"“{name}”引用了外部的模板或图片，没有保存。请把它们插入文件本身，或去掉引用。"
            )
        return "docx"
    if "xl/workbook.xml" in names:
        return "xlsx"
    raise FormRefused(f"“{name}”不是 Word 文档，也不是 Excel 工作簿，没有保存。")


def inspect(data: bytes, name: str) -> Found:
    """What a form asks to be filled. Raises FormRefused, in words, where its marks cannot be read."""
    kind = kind_of(data, name)
    answers = list(_asked({"task": "inspect", "kind": kind}, data, ()))
    try:
        used = json.loads(answers[0])["used"]
        return Found(kind, tuple(dict.fromkeys(str(each)[:200] for each in used))[:1000])
    except (IndexError, KeyError, ValueError, TypeError):
        raise FormRefused(_CRASHED.format(name=name)) from None


def fill(
    data: bytes,
    name: str,
    contexts: Sequence[Mapping[str, Any]],
    *,
    together: Sequence[str] = (),
) -> Iterator[bytes]:
    """The form filled once for each context, in order. Values are text, whole numbers, lists of
    mappings; text is only ever text, never a formula or a mark.

    With `together` (a name for each context) the one workbook with a sheet of each. Raises FormRefused.
    """
    kind = kind_of(data, name)
    if together:
        order = {"task": "together", "kind": kind, "names": list(together)}
        yield from _asked(order, data, contexts)
        return
    for start in range(0, len(contexts), BATCH):
        some = contexts[start : start + BATCH]
        count = 0
        for form in _asked({"task": "fill", "kind": kind}, data, some):
            count += 1
            yield form
        if count != len(some):
            raise FormRefused(_CRASHED.format(name=name))


def show(data: bytes, name: str) -> list[list[str]]:
    """What stands in a filled form, row by row, for a preview: paragraphs and rows of tables."""
    answers = list(_asked({"task": "show", "kind": kind_of(data, name)}, data, ()))
    try:
        rows = json.loads(answers[0])["rows"]
        return [[str(cell) for cell in row] for row in rows]
    except (IndexError, KeyError, ValueError, TypeError):
        raise FormRefused(_CRASHED.format(name=name)) from None


_CRASHED = "“{name}”读不出来，没有填写。请在 Word、Excel 或 WPS 里打开并另存一次，再上传。"
_TOO_LONG = f"这份模板 {SECONDS} 秒还没有填完，已停止。请简化模板里的循环，或分几次填。"


def _asked(
    order: Mapping[str, Any], data: bytes, contexts: Sequence[Mapping[str, Any]]
) -> Iterator[bytes]:
    """The frames that the child answers with; its refusal as FormRefused."""
    head = json.dumps({**order, "template": len(data), "contexts": len(contexts)}).encode()
    environment = {k: os.environ[k] for k in ("PATH", "LANG", "PYTHONPATH") if k in os.environ}
    words = [sys.executable, "-I", "-m", "fengcai.engines.documents.forms.child"]
    words.append(str(order["kind"]))
    if "PYTHONPATH" in environment:
        words.remove("-I")
    process = subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env=environment,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    clock = threading.Timer(SECONDS, process.kill)
    clock.start()
    lines = [json.dumps(_plain(each)).encode() for each in contexts]
    sending = threading.Thread(target=_send, args=(process.stdin, head, data, lines), daemon=True)
    sending.start()
    ended = False
    try:
        for kind, frame in _frames(process.stdout):
            if kind == b"R":
                raise FormRefused(str(json.loads(frame)["refused"])[:500])
            if kind == b"E":
                ended = True
                break
            yield frame
        if not ended:
            timed_out = not clock.is_alive()
            raise FormRefused(_TOO_LONG if timed_out else _CRASHED.format(name="模板"))
    finally:
        clock.cancel()
        process.kill()
        process.stdout.close()
        process.wait()
        sending.join()


def _send(pipe: IO[bytes], head: bytes, data: bytes, lines: Sequence[bytes]) -> None:
    with contextlib.suppress(OSError):  # a child that died is noticed by what it does not answer
        pipe.write(head + b"\n" + data)
        for line in lines:
            pipe.write(line + b"\n")
    with contextlib.suppress(OSError):
        pipe.close()


def _frames(pipe: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    whole = 0
    while len(head := pipe.read(9)) == 9:
        kind, length = head[:1], struct.unpack("<Q", head[1:])[0]
        whole += length
        if kind not in b"FRE" or length > MOST_FORM_BYTES or whole > MOST_ANSWER_BYTES:
            return
        frame = pipe.read(length)
        if len(frame) != length:
            return
        yield kind, frame


def _plain(value: Any) -> Any:
    """A context as JSON, texts without what no document may hold."""
    if isinstance(value, str):
        return _ILLEGAL.sub("", value)
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, Sequence):
        return [_plain(each) for each in value]
    return value if isinstance(value, int | float) else "" if value is None else str(value)
