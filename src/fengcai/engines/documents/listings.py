"""A list as a PDF for signing and filing: title, table, notes, places to sign, page x of y.

What is listed and in which order is the caller's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from fengcai.engines.documents import fonts, typesetting


def listing(
    title: str,
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    dated: date,
    issuer: str = "",
    notes: Sequence[str] = (),
    signatures: Sequence[str] = (),
    widths: Sequence[float] | None = None,
    landscape: bool = False,
    demo: bool = False,
) -> bytes:
    """An A4 PDF. The heading repeats on every page; rows are not broken across pages.

    `widths` are shares of the page, one per column (equal when left out); `signatures` are labels
    followed by a line to sign on. Raises ValueError for rows of another length than the headers,
    UncoveredCharacter, FontsMissing.
    """
    shares = list(widths) if widths is not None else [1.0] * len(headers)
    if not headers or len(shares) != len(headers):
        raise ValueError("a list needs headers and one width for each")
    cells = [[fonts.normalise(cell) for cell in row] for row in rows]
    for number, row in enumerate(cells, start=1):
        if len(row) != len(headers):
            raise ValueError(f"row {number} has {len(row)} cells, not {len(headers)}")
        fonts.require("".join(row), f"名单第 {number} 行")
    texts = [title, issuer, *headers, *notes, *signatures]
    fonts.require("".join(map(fonts.normalise, texts)), "名单的标题、表头或说明")
    return typesetting.pdf(
        "listing",
        {
            "title": fonts.normalise(title),
            "headers": [fonts.normalise(header) for header in headers],
            "rows": cells,
            "widths": shares,
            "issuer": fonts.normalise(issuer),
            "date": f"{dated.year}年{dated.month}月{dated.day}日" if issuer else "",
            "notes": [fonts.normalise(note) for note in notes],
            "signatures": [fonts.normalise(label) for label in signatures],
            "landscape": landscape,
            "demo": demo,
        },
        dated=dated,
    )
