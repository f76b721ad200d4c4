"""The coverage board: which units have handed in, which still owe a work, and whom to call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator

from fengcai.apps.contests.queries import contacts_of
from fengcai.apps.entries.coverage import OWED, Tally, UnitStanding, units_in

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

STANDINGS = {
    "received": ("pass", "pass", "已报送"),
    "draft": ("note", "draft", "填写中"),
    "missing": ("fail", "alert", "未报送"),
    "none": ("", "info", "可不报送"),
}
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
    short: tuple[str, ...] = ()
    """The minima that the unit's works do not reach yet; nothing where it has handed in none."""

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


def board(
    contest: Contest, found: Sequence[Tally], *, shown: str, page: str | None
) -> dict[str, Any]:
    """The board's part of a page, from the units counted; `shown` is its saved view, `page` of the
    pages of units. 3 SQL at most, whatever the number of units."""
    many = units_in_all(found, shown)
    units: Paginator[Any] = Paginator(range(many), UNITS_PER_PAGE)
    here = units.get_page(page)
    begin = UNITS_PER_PAGE * (here.number - 1)
    here.object_list = unit_rows(units_in(contest, shown, begin=begin, end=begin + UNITS_PER_PAGE))
    return {
        "classes": class_rows(found),
        "views": [
            {"id": id, "word": word, "count": count, "current": id == shown}
            for id, word, count in _views(found)
        ],
        "shown": shown,
        "units": here,
    }


def units_in_all(found: Sequence[Tally], view: str) -> int:
    """How many units a view has."""
    return sum(each.units for each in found if each.fits(view))


def unit_rows(rows: Sequence[UnitStanding]) -> list[UnitRow]:
    """These units as rows of the board, with their contacts. 1 SQL."""
    contacts = contacts_of(row.pk for row in rows)
    return [
        UnitRow(
            row.name,
            row.class_name,
            row.standing,
            *STANDINGS[row.standing],
            works=row.works,
            drafts=row.drafts,
            contacts=tuple(contacts.get(row.pk, ())),
            short=tuple(each.text for each in row.short) if row.works else (),
        )
        for row in rows
    ]


def class_rows(found: Sequence[Tally]) -> list[ClassRow]:
    """The same by class of unit, in the order in which the classes come."""
    by_class: dict[tuple[str, bool], Counter[str]] = {}
    for each in found:
        counts = by_class.setdefault((each.class_name, each.must_enter), Counter())
        counts[each.standing] += each.units
    return [
        ClassRow(name, must, counts.total(), counts["received"], counts["draft"], counts["missing"])
        for (name, must), counts in by_class.items()
    ]


def _views(found: Sequence[Tally]) -> list[tuple[str, str, int]]:
    there = {each.standing for each in found}
    shown = ["", OWED, *(id for id in STANDINGS if id in there)]
    return [(id, VIEWS.get(id, "全部"), units_in_all(found, id)) for id in shown]
