"""Files that the office takes away: the result as tables, as canonical JSON and as a list to sign."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from asgiref.sync import sync_to_async
from django.utils import timezone

from fengcai.apps.awards.queries import (
    ResultPage,
    awards_rows,
    payment_rows,
    ranking_rows,
    result_json,
)
from fengcai.engines.documents import listing
from fengcai.engines.documents.tables import Sheet, write_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
PDF = "application/pdf"
JSON = "application/json"

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def stamp(at: datetime | None = None) -> str:
    """Today as it stands in a file's name: 2026-05-20; an instant to the minute."""
    if at is None:
        return timezone.localdate().isoformat()
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


async def streamed_csv(headers: list[str], rows: Iterable[list[Any]]) -> AsyncIterator[bytes]:
    """A table as it is read, some hundred lines at a time: memory stays flat at any length. UTF-8
    with a mark, so that Excel reads the Chinese."""
    waiting = iter(rows)
    yield codecs.BOM_UTF8 + _lines([headers])
    while batch := await sync_to_async(lambda: list(islice(waiting, 500)))():
        yield _lines(batch)


def _lines(rows: list[list[Any]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([[_harmless(cell) for cell in row] for row in rows])
    return out.getvalue().encode("utf-8")


def awards_xlsx(page: ResultPage) -> bytes:
    """The award list, the ranking behind it, and the money, a sheet each."""
    names = (("获奖名单", awards_rows), ("名次与得分", ranking_rows), ("奖金发放表", payment_rows))
    sheets = []
    for name, rows in names:
        table = rows(page)
        sheets.append(Sheet(name, table.headers, table.rows))
    return write_xlsx(sheets)


def payment_xlsx(page: ResultPage) -> bytes:
    """The payment sheet alone, for the accounts office."""
    table = payment_rows(page)
    return write_xlsx([Sheet("奖金发放表", table.headers, table.rows)])


def ranking_csv(page: ResultPage) -> bytes:
    """The whole ranking; UTF-8 with a mark, so that Excel reads the Chinese."""
    table = ranking_rows(page)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(table.headers)
    writer.writerows([[_harmless(cell) for cell in row] for row in table.rows])
    return out.getvalue().encode("utf-8-sig")


def _harmless(cell: Any) -> str:
    text = "" if cell is None else str(cell)
    # A title that begins like a formula must stay a title when a spreadsheet opens the file.
    return "'" + text if isinstance(cell, str) and text.startswith(_FORMULA) else text


def list_pdf(page: ResultPage) -> bytes:
    """The award list to sign and file. Raises what the documents engine raises."""
    headers = ["奖项", "作品编号", "作品名称", "获奖单位", "得分", "名次", "奖金（元）"]
    rows = []
    for award in page.awards:
        rows += [
            [
                f"{one.award}（{one.scope}）" if one.scope else one.award,
                one.work.entry_number,
                f"《{one.work.title}》",
                one.work.unit,
                one.figure or "—",
                "—" if one.rank is None else str(one.rank),
                _yuan(one.money),
            ]
            for one in award.winners
        ]
        rows += [
            [
                award.name, "—", "—", one.unit, one.points or "—",
                "—" if one.place is None else str(one.place), _yuan(one.money),
            ]
            for one in award.units
        ]  # fmt: skip
    approved = page.result.approved_at
    return listing(
        f"{page.rules.short_title or page.rules.title} 获奖名单",
        headers,
        rows,
        dated=timezone.localdate(approved) if approved else timezone.localdate(),
        issuer=page.rules.issuer,
        notes=[
            *([] if approved else ["尚未核定，仅供核对。"]),
            page.money_text,
            f"规则校验值 {page.rules.hash}",
            f"结果校验值 {page.result.hash}",
        ],
        signatures=["制表人", "复核人", "评审委员会"],
        widths=[2.2, 1.1, 3.2, 2.4, 1, 0.8, 1.3],
        landscape=True,
        demo=page.contest.demo,
    )


def _yuan(amount: Decimal) -> str:
    return f"{amount:,.2f}".removesuffix(".00")


EXPORTS: dict[str, tuple[str, str, Callable[[ResultPage], bytes]]] = {
    "awards.xlsx": ("获奖名单.xlsx", XLSX, awards_xlsx),
    "ranking.csv": ("名次与得分.csv", CSV, ranking_csv),
    "result.json": ("评选结果.json", JSON, result_json),
    "list.pdf": ("获奖名单（签字）.pdf", PDF, list_pdf),
    "payment.xlsx": ("奖金发放表.xlsx", XLSX, payment_xlsx),
}
"""Name in the address → file name, media type, maker."""
