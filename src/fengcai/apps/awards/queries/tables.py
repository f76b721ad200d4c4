"""The result as tables and as canonical JSON, ready to be written to a file by anybody.

Cells are text, whole numbers or Decimals; every row is as long as the headers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from fengcai.apps.awards.queries.rows import ResultPage, WinnerRow
from fengcai.apps.judging.field import names_of
from fengcai.core.ledger import canonical

T = TypeVar("T")
Cell = str | int | Decimal | None
UNNAMED = "公布时不写姓名"


@dataclass(frozen=True)
class Table:
    """A table ready to be written: headers, then rows."""

    headers: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def _table(headers: Iterable[str], rows: Iterable[Iterable[Cell]]) -> Table:
    return Table(tuple(headers), tuple(tuple(row) for row in rows))


def awards_rows(page: ResultPage) -> Table:
    """The award list (获奖名单), one row an award given, vacancies named, the sum at the end.

    The column of scopes (评奖范围) is there where awards have any, and one of those whom a published
    list must not name (不公开姓名) where there are such.
    """
    headers = [
        "奖项组别", "奖项", "评奖范围", "作品编号", "作品名称", "获奖单位", "获奖人", "综合得分", "名次",
        "奖金（元）", "获奖理由", "依据", UNNAMED,
    ]  # fmt: skip
    rows: list[list[Cell]] = []
    blank: list[Cell] = [None] * 7
    for row in page.awards:
        rows.extend(
            [
                one.group, one.award, one.scope, one.work.entry_number, one.work.title, one.work.unit,
                "、".join(one.recipients or one.work.authors),
                None if one.figure is None else Decimal(one.figure),
                one.rank, one.money, one.reason, str(one.cite), _unnamed(page, one),
            ]
            for one in row.winners
        )  # fmt: skip
        rows.extend(
            [
                one.group, one.award, row.scope, None, None, one.unit, None,
                None if one.points is None else Decimal(one.points), one.place, one.money,
                one.reason, str(one.cite), None,
            ]
            for one in row.units
        )  # fmt: skip
        rows.extend(
            [
                row.award.group, f"{row.award.name}（空缺 {many} 名）", scope, *blank, why,
                str(row.award.cite), None,
            ]
            for scope, many, why in row.vacancies
        )  # fmt: skip
    cite = str(page.rules.award_cite)
    rows.append(["合计", None, *blank, page.awarded, page.money_text, cite, None])
    if not any(row[-1] for row in rows):
        headers, rows = headers[:-1], [row[:-1] for row in rows]
    if not any(row[2] for row in rows):
        headers, rows = _without(headers, 2), [_without(row, 2) for row in rows]
    return _table(headers, rows)


def _unnamed(page: ResultPage, one: WinnerRow) -> str:
    hidden = page.unnamed.get(one.work.entry_id, ())
    return "、".join(name for name in one.recipients or one.work.authors if name in hidden)


def _without(row: list[T], column: int) -> list[T]:
    return [*row[:column], *row[column + 1 :]]


def ranking_rows(page: ResultPage) -> Table:
    """The whole ranking, one row a work, every judge's total in the order of the seats.

    Judges stand under their posts on the organiser's page and under seat numbers on the public one.
    """
    seats = sorted(
        {mark.seat: mark.judge for row in page.ranking for mark in row.marks}.items(),
        key=lambda item: int(item[0].split()[1]),
    )
    headers = [
        "名次", "作品编号", "作品名称", "报送单位", "综合得分", "有效评分",
        *[judge or seat for seat, judge in seats], "合分说明", "与前一名", "获奖",
    ]  # fmt: skip
    rows: list[list[Cell]] = []
    for row in page.ranking:
        given = {mark.seat: mark for mark in row.marks}
        rows.append([
            row.rank, row.work.entry_number, row.work.title, row.work.unit,
            None if row.figure is None else Decimal(row.figure), row.n,
            *[_mark(given[seat].total, given[seat].why) if seat in given else "回避"
              for seat, _ in seats],
            row.trimming or row.reason, row.above, "、".join(row.awards),
        ])  # fmt: skip
    return _table(headers, rows)


def payment_rows(page: ResultPage) -> Table:
    """The payment sheet (奖金发放表) with its sum; who receives is as the rules say.

    While winners still have to sign what the rules ask of them, a column says whose money waits and
    a line what may be paid now.
    """
    rows: list[list[Cell]] = []
    recipient = {each.award.id: each.award.recipient for each in page.awards}
    for one in page.winners:
        to_authors = (recipient[one.award_id] or page.rules.money_recipient) == "authors"
        receiver = "、".join(one.work.authors) if to_authors else one.work.unit
        receiver = "、".join(one.recipients) or receiver
        waits = _waits(page, one.work.entry_id)
        rows.append([one.award, one.work.title, one.work.unit, receiver, one.money, "", waits])
    rows += [[one.award, None, one.unit, one.unit, one.money, "", ""] for one in page.unit_winners]
    rows = [[index, *row] for index, row in enumerate(rows, start=1)]
    blank: list[Cell] = [None] * 4
    if page.awaiting:
        now = sum((one.money for one in page.winners if not _waits(page, one.work.entry_id)),
                  sum((one.money for one in page.unit_winners), Decimal(0)))  # fmt: skip
        rows.append(["其中现在可以发放", *blank, now, None, None])
    rows.append(["合计", *blank, page.awarded, None, None])
    headers = ["序号", "奖项", "作品名称", "报送单位", "领取人", "金额（元）", "签收", "暂缓发放"]
    width = len(headers) if page.awaiting else len(headers) - 1
    return _table(headers[:width], (row[:width] for row in rows))


def _waits(page: ResultPage, entry: UUID) -> str:
    who = dict.fromkeys(each.who for each in page.awaiting.get(entry, ()))
    return f"待{'、'.join(who)}签署" if who else ""


def result_json(page: ResultPage) -> bytes:
    """The result as canonical JSON: rules, sheets' hash, ranking, decisions, awards, works.

    Judges appear by seat, never by name; the same result always gives the same bytes. `units` and
    `scopes` name the units and the tracks, divisions and regions that the awards speak of by id.
    """
    result = page.result
    units = {str(one.unit_id): one.unit for one in page.unit_winners}
    scopes = _scopes(page)
    return canonical(
        {
            "contest": page.contest.slug,
            "title": page.rules.title,
            "demo": page.contest.demo,
            "rules": page.rules.hash,
            "round": result.round.round_id,
            "sheets": result.round.hash,
            "hash": result.hash,
            "approved_at": result.approved_at.isoformat() if result.approved_at else None,
            "works": [
                {
                    "id": str(row.work.entry_id),
                    "number": row.work.number,
                    "entry_number": row.work.entry_number,
                    "title": row.work.title,
                    "unit": row.work.unit,
                }
                for row in sorted(page.ranking, key=lambda row: row.work.number)
            ],
            "ranking": result.ranking,
            "decisions": result.decisions,
            "allocation": result.allocation,
            # Said only where there is something to say: older results keep their bytes.
            **({"units": units} if units else {}),
            **({"scopes": scopes} if scopes else {}),
        }
    )


def _scopes(page: ResultPage) -> dict[str, str]:
    """The names of the ids that awards are scoped by, as far as the result names any."""
    names, found = names_of(page.rules), page.result.allocation
    rows = [*found["winners"], *found["vacancies"], *found["flags"], *found.get("places", ())]
    ids = {id for one in rows for _, id in one.get("cell", ())}
    return {id: names.get(id, id) for id in sorted(ids)}


def _mark(total: str, why: str) -> Cell:
    return f"{total}（{why}）" if why else Decimal(total)
