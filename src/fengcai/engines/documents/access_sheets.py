"""Printed cards by which people without e-mail get in: one QR code each, to be cut apart.

A card is a key; the sheet says so. Issuing and revoking the links is done elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from fengcai.engines.documents import fonts, qr, typesetting, wording


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One card: whose it is (a unit and a post or name), the personal link, and until when."""

    unit: str
    post: str
    url: str
    expires: datetime


def access_sheet(
    title: str,
    rows: Iterable[AccessRow | tuple[str, str, str, datetime]],
    *,
    issued: datetime,
    demo: bool = False,
    zone: tzinfo = typesetting.BEIJING,
) -> bytes:
    """An A4 PDF with eight cards a page, in the order given, and dashed lines to cut along.

    Rows may be plain `(unit, post, url, expires)`; times must be aware and print in `zone`.
    Raises ValueError without rows, UncoveredCharacter, FontsMissing.
    """
    cards = []
    fonts.require(fonts.normalise(title), "标题", "sans")
    for number, given in enumerate(rows, start=1):
        row = given if isinstance(given, AccessRow) else AccessRow(*given)
        if row.expires.tzinfo is None:
            raise ValueError(f"row {number}: the expiry must carry a time zone")
        unit, post = fonts.normalise(row.unit), fonts.normalise(row.post)
        fonts.require(unit + post, f"第 {number} 张入口卡的单位或岗位", "sans")
        fonts.require(row.url, f"第 {number} 张入口卡的链接", "sans")
        cards.append(
            {
                "unit": unit,
                "post": post,
                "url": row.url,
                "expires": wording.plain_time(row.expires.astimezone(zone)),
                "qr": qr.svg(row.url).decode(),
            }
        )
    if not cards:
        raise ValueError("没有可打印的入口卡：名单是空的。")
    return typesetting.pdf(
        "access_sheet",
        {
            "title": fonts.normalise(title),
            "cards": cards,
            "issued": wording.plain_time(issued.astimezone(zone)),
            "demo": demo,
        },
        dated=issued.astimezone(zone).date(),
    )
