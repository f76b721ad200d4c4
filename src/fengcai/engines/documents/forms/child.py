"""The child's side: puts the walls up, then opens the form for the first time.

Standard input: a line of JSON, the form, a line of JSON for each context. Standard output: frames, each
a letter (F form, R refusal, E end), eight bytes of length, and content.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import json
import os
import struct
import sys
import time
from typing import Any

from fengcai.engines.documents.forms.marks import Unfit
from fengcai.media.containment import contain

MEMORY_BYTES = 1024**3
CPU_S = 60
OPEN_FILES = 64
_BROKEN = "这份模板打不开。请在 Word、Excel 或 WPS 里打开并另存一次，再上传。"


def main() -> int:
    """Carry out one order; what the only argument says is the kind of form."""
    room = _words() if sys.argv[1] == "docx" else _sheets()
    given = sys.stdin.buffer
    order = json.loads(given.readline())
    data = given.read(order["template"])
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    contain(memory_bytes=MEMORY_BYTES, cpu_s=CPU_S, open_files=OPEN_FILES)

    def say(kind: bytes, content: bytes) -> None:
        answer.write(kind + struct.pack("<Q", len(content)) + content)
        answer.flush()

    try:
        if order["task"] == "inspect":
            say(b"F", json.dumps({"used": room.used(data)}).encode())
        elif order["task"] == "show":
            say(b"F", json.dumps({"rows": room.shown(data)}).encode())
        elif order["task"] == "together":
            contexts = [json.loads(given.readline()) for _ in range(order["contexts"])]
            say(b"F", room.filled_together(data, contexts, order["names"]))
        else:
            for _ in range(order["contexts"]):
                say(b"F", room.filled(data, json.loads(given.readline())))
        say(b"E", b"")
    except Unfit as unfit:
        say(b"R", json.dumps({"refused": str(unfit)}).encode())
    except Exception:  # a hostile file may raise anything
        say(b"R", json.dumps({"refused": _BROKEN}).encode())
    return 0


CONTEXT = {"单位": "甲", "作品": [{"编号": "1"}, {"编号": "2"}]}


def _words() -> Any:
    """The room of Word forms, warmed up: what its libraries load, they load before the walls."""
    import docx
    import jinja2.debug  # noqa: F401  (loaded when a template is wrong)

    from fengcai.engines.documents.forms import words

    _load()

    def paper(text: str) -> bytes:
        made, written = docx.Document(), io.BytesIO()
        made.add_paragraph(text)
        made.add_table(rows=1, cols=1)
        made.save(written)
        return written.getvalue()

    good = paper("{{ 单位 }}{% for 件 in 作品 %}{{ 件.编号|default('') }}{% endfor %}")
    words.shown(words.filled(good, CONTEXT))
    for wrong in ("{{ 单位 ", "{% include 'x' %}", "{{ 单位|nothing }}"):
        with contextlib.suppress(Unfit):
            words.used(paper(wrong))
    return words


def _sheets() -> Any:
    """The room of Excel forms, warmed up likewise."""
    from openpyxl import Workbook

    from fengcai.engines.documents.forms import sheets

    _load()
    book, written = Workbook(), io.BytesIO()
    book.create_sheet(index=0).append(["{{ 作品.编号 }}", "=SUM(A1:A1)"])
    book.save(written)
    sheets.used(written.getvalue())
    sheets.shown(sheets.filled(written.getvalue(), CONTEXT))
    sheets.filled_together(written.getvalue(), [CONTEXT, CONTEXT], ["a", "b"])
    return sheets


def _load() -> None:
    time.localtime()
    for encoding in ("utf-8-sig", "utf-16", "ascii", "latin-1", "unicode_escape", "gb18030"):
        codecs.lookup(encoding)


if __name__ == "__main__":
    sys.exit(main())
