"""The coverage board as a workbook: the list that is on the screen, and the figures above it."""

from __future__ import annotations

from collections.abc import Sequence

from fengcai.apps.entries.coverage import Tally
from fengcai.engines.documents.tables import Sheet
from fengcai.web.organiser.pages.coverage import (
    COLUMNS,
    Asked,
    GroupRow,
    UnitRow,
    by_class,
    by_district,
    group,
)

HEADERS = [
    *("单位", "类别", "片区", "状态", "已报送（件）", "草稿（件）"),
    *("联络员", "电话", "还差"),
]


def coverage_sheets(found: Sequence[Tally], rows: Sequence[UnitRow]) -> list[Sheet]:
    """The list first, then the figures by class and by district."""
    sheets = [
        Sheet("报送情况", HEADERS, [_line(row) for row in rows]),
        _figures("各类单位", "类别", [*by_class(found), group("合计", found, Asked())]),
    ]
    if any(each.district for each in found):
        sheets.append(_figures("各片区", "片区", by_district(found)))
    return sheets


def _line(row: UnitRow) -> list[object]:
    return [
        row.name,
        row.class_name,
        row.district,
        row.word,
        row.works,
        row.drafts,
        "；".join(name for name, _ in row.contacts),
        "；".join(phone for _, phone in row.contacts if phone),
        "；".join(row.short),
    ]


def _figures(title: str, name: str, rows: Sequence[GroupRow]) -> Sheet:
    headers = [name, "单位", *COLUMNS.values(), "其中逾期", "已报占应报"]
    return Sheet(
        title,
        headers,
        [
            [row.name, row.units, *(f.count for f in row.figures), row.late.count, row.share]
            for row in rows
        ],
    )
