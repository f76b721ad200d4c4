"""Paper of one entry: labels for originals with a QR code, and the entry form to be signed.

What stands in them is the caller's; nothing is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from fengcai.engines.documents import fonts, qr, typesetting, wording


@dataclass(frozen=True, slots=True)
class Label:
    """One thing: the work, its unit, its number where it has one, which piece it is, and the address
    that its QR code holds."""

    title: str
    unit: str
    number: str
    what: str
    piece: str
    url: str


def entry_labels(
    contest: str,
    labels: Iterable[Label],
    *,
    printed: datetime,
    zone: tzinfo = typesetting.BEIJING,
) -> bytes:
    """An A4 PDF with eight labels a page, to be cut apart. Raises ValueError without labels,
    UncoveredCharacter, FontsMissing."""
    rows = []
    for each in labels:
        words = {
            name: fonts.normalise(getattr(each, name))
            for name in ("title", "unit", "number", "what", "piece")
        }
        fonts.require("".join(words.values()), f"标签“{each.what}”", "sans")
        rows.append({**words, "qr": qr.svg(each.url).decode()})
    if not rows:
        raise ValueError("there is nothing to label")
    day = printed.astimezone(zone)
    fonts.require(fonts.normalise(contest), "标题", "sans")
    return typesetting.pdf(
        "entry_labels",
        {"contest": fonts.normalise(contest), "labels": rows, "printed": wording.plain_time(day)},
        dated=day.date(),
    )


def entry_form(
    title: str,
    rows: Sequence[tuple[str, str]],
    *,
    signers: Sequence[str],
    printed: datetime,
    zone: tzinfo = typesetting.BEIJING,
) -> bytes:
    """An A4 PDF: the rows as a table, then a place to sign for each signer, with 年 月 日.

    Raises UncoveredCharacter, FontsMissing.
    """
    table = []
    for label, text in rows:
        cleaned = "\n".join(fonts.normalise(line) for line in text.splitlines())
        fonts.require(label + cleaned.replace("\n", ""), f"“{label}”一栏", "serif")
        table.append([label, cleaned])
    day = printed.astimezone(zone)
    fonts.require(fonts.normalise(title), "标题", "serif")
    return typesetting.pdf(
        "entry_form",
        {
            "title": fonts.normalise(title),
            "rows": table,
            "signers": list(signers),
            "printed": wording.plain_time(day),
        },
        dated=day.date(),
    )
