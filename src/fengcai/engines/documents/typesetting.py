"""Sets a layout with typst: data goes in as JSON and is never spliced into markup.

One compiler per layout is kept, since most of the time of the first document goes into fonts.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typst

from fengcai.engines.documents import fonts

LAYOUTS = Path(__file__).resolve().parent / "layouts"
BEIJING = ZoneInfo("Asia/Shanghai")

_lock = threading.Lock()


class DocumentTooLong(ValueError):
    """The words do not fit the page even at the smallest legible size; the text is Chinese."""


def pdf(layout: str, data: Mapping[str, Any], *, dated: date) -> bytes:
    """The PDF/A-2u of `layouts/<layout>.typ` with `data` (JSON values) in `sys.inputs.data`.

    `dated` becomes the file's creation date, so the same data gives the same bytes.
    Raises FontsMissing, and DocumentTooLong when the layout finds no size that fits.
    """
    moment = datetime.combine(dated, time(), tzinfo=BEIJING)
    with _lock:
        try:
            made = _compiler(layout).compile(
                format="pdf",
                sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
                pdf_standards=["a-2u"],
                pdf_tags=False,
                timestamp=int(moment.timestamp()),
            )
        except typst.TypstError as error:
            if "too-long" in str(error):
                raise DocumentTooLong("文字太多，缩到最小字号也排不进一页。") from None
            raise
    assert isinstance(made, bytes)
    return made


@cache
def _compiler(layout: str) -> typst.Compiler:
    for face in ("serif", "serif-bold", "sans", "sans-bold", "brush"):
        fonts.path(face)
    # Neither the system's fonts nor typst's own: what is not ours would differ between machines.
    embedded = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(fonts.DIRECTORY)],
    )
    return typst.Compiler(
        input=str(LAYOUTS / f"{layout}.typ"), root=str(LAYOUTS), font_paths=embedded
    )
