"""The coverage board: which units have handed in, which still owe a work, and whom to call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator

from fengcai.apps.contests.queries import contacts_of
from fengcai.apps.entries.queries import UnitStanding

STANDINGS = {
    "received": ("pass", "pass", "已报送"),
    "draft": ("note", "draft", "填写中"),
    "missing": ("fail", "alert", "未报送"),
    "none": ("", "info", "可不报送"),
}
OWED = "owed"
VIEWS = {OWED: "必报未交", **{id: word for id, (_, _, word) in STANDINGS.items()}}
"""The saved views of the coverage board, but for the whole."""

UNITS_PER_PAGE = 100


@dataclass(frozen=True)
class UnitRow:
    """A unit on the coverage board, with whom to call."""

    name: str
    class_name: str
    standing: str
    tone: str
    icon: str
    word: str
    works: int
    drafts: int
    contacts: tuple[tuple[str, str], ...]

    @property
    def works_text(self) -> str:
        """How many works, drafts named as such."""
        said = [f"{self.works} 件"] if self.works or not self.drafts else []
        return "，".join(said + ([f"草稿 {self.drafts} 件"] if self.drafts else []))


@dataclass(frozen=True)
class ClassRow:
    """One class of units: how many of those it has have handed in."""

    name: str
    must_enter: bool
    units: int
    received: int
    drafts: int
    missing: int


def board(rows: Sequence[UnitStanding], *, shown: str, page: str | None) -> dict[str, Any]:
    """The board's part of a page; `shown` is its saved view, `page` of the pages of units. 1 SQL."""
    units: Paginator[Any] = Paginator(shown_rows(rows, shown), UNITS_PER_PAGE)
    here = units.get_page(page)
    here.object_list = unit_rows(list(here.object_list))
    return {
        "classes": class_rows(rows),
        "views": [
            {"id": id, "word": word, "count": count, "current": id == shown}
            for id, word, count in _views(rows)
        ],
        "shown": shown,
        "units": here,
    }


def owes(row: UnitStanding) -> bool:
    """Whether the unit must enter and has not handed in."""
    return row.must_enter and row.standing in ("missing", "draft")


def shown_rows(rows: Sequence[UnitStanding], view: str) -> list[UnitStanding]:
    """The units of a saved view: one standing, `owed`, or all."""
    if view == OWED:
        return [row for row in rows if owes(row)]
    return [row for row in rows if not view or row.standing == view]


def unit_rows(rows: Sequence[UnitStanding]) -> list[UnitRow]:
    """These units as rows of the board, with their contacts. 1 SQL."""
    contacts = contacts_of(row.unit for row in rows)
    return [
        UnitRow(
            row.unit.name,
            row.class_name,
            row.standing,
            *STANDINGS[row.standing],
            works=row.handed_in + row.accepted,
            drafts=row.drafts,
            contacts=tuple(contacts.get(row.unit.pk, ())),
        )
        for row in rows
    ]


def class_rows(rows: Sequence[UnitStanding]) -> list[ClassRow]:
    """The same by class of unit, in the order in which the classes come."""
    by_class: dict[tuple[str, bool], list[str]] = {}
    for row in rows:
        by_class.setdefault((row.class_name, row.must_enter), []).append(row.standing)
    return [
        ClassRow(
            name,
            must,
            len(found),
            found.count("received"),
            found.count("draft"),
            found.count("missing"),
        )
        for (name, must), found in by_class.items()
    ]


def _views(rows: Sequence[UnitStanding]) -> list[tuple[str, str, int]]:
    found = [row.standing for row in rows]
    return [
        ("", "全部", len(found)),
        (OWED, VIEWS[OWED], sum(owes(row) for row in rows)),
        *((id, word, found.count(id)) for id, (_, _, word) in STANDINGS.items() if id in found),
    ]
