"""The coverage board: which units have handed in, which still owe a work, and whom to call.

Every figure counts the units of one view of `entries.coverage`, and leads to the list of just those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.paginator import Paginator

from fengcai.apps.contests.queries import contacts_of
from fengcai.apps.entries.coverage import OWED, VIEWS, Part, Tally, UnitStanding, units_in
from fengcai.web.organiser.coverage_picture import Segment, bar

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from fengcai.apps.contests.models import Contest

STANDINGS = {
    "received": ("pass", "pass", "已报送"),
    "late": ("doubt", "clock", "逾期报送"),
    "draft": ("note", "draft", "填写中"),
    "missing": ("fail", "alert", "未报送"),
    "exempt": ("", "minus", "免报"),
    "none": ("", "info", "可不报送"),
}
TABS = {OWED: "必报未交", **{id: word for id, (_, _, word) in STANDINGS.items()}}
"""The saved views of the list, but for the whole."""

COLUMNS = {
    "due": "应报",
    "done": "已报",
    "writing": "填写中",
    "missing": "未报",
    "exempt": "免报",
    "extra": "自愿报送",
    "free": "可不报",
}
"""The columns of the figures, each a view. 应报 = 已报 + 填写中 + 未报; the rest is not counted in it."""

WORDS = {**COLUMNS, **TABS}
NOWHERE = "未分片区"
UNITS_PER_PAGE = 100


@dataclass(frozen=True)
class Asked:
    """What of the board is looked at: a view, and perhaps one class or one district."""

    view: str = ""
    unit_class: str | None = None
    district: str | None = None

    @classmethod
    def of(cls, sent: Mapping[str, str]) -> Asked:
        """As the address says it; what there is not is left out."""
        view = sent.get("show", "")
        return cls(
            view if view in WORDS else "",
            sent.get("class") or None,
            None
            if sent.get("district") is None or sent.get("district") == "*"
            else sent["district"],
        )

    @property
    def part(self) -> Part:
        """The part of the roster."""
        return Part(self.unit_class, self.district)

    @property
    def query_parts(self) -> bool:
        """Whether only a part of the roster is looked at."""
        return self.unit_class is not None or self.district is not None

    def query(self, **changes: str | None) -> str:
        """The query string that asks for this, with `changes`."""
        said = {"show": self.view, "class": self.unit_class, "district": self.district, **changes}
        return urlencode({key: value for key, value in said.items() if value is not None})


@dataclass(frozen=True)
class Figure:
    """One number of the board with the address of its list."""

    view: str
    word: str
    count: int
    query: str


@dataclass(frozen=True)
class GroupRow:
    """One class, one district, or all units: its figures, and its bar."""

    name: str
    figures: tuple[Figure, ...]
    late: Figure
    units: int
    due: int
    done: int
    bar: SafeString

    @property
    def share(self) -> str:
        """How much of what is due is done: 58%. Never 100% while one is missing."""
        return f"{100 * self.done // self.due}%" if self.due else "—"


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
    district: str = ""
    url: str = ""

    @property
    def works_text(self) -> str:
        """How many works, drafts named as such."""
        said = [f"{self.works} 件"] if self.works or not self.drafts else []
        return "，".join(said + ([f"草稿 {self.drafts} 件"] if self.drafts else []))


def board(
    contest: Contest,
    found: Sequence[Tally],
    *,
    asked: Asked,
    page: str | None,
    unit_url: Callable[[int], str],
) -> dict[str, Any]:
    """The board's part of a page, from the units counted. 2 SQL, 3 where the rules ask for a mix."""
    here = [each for each in found if asked.part.holds(each)]
    many = units_in_all(here, asked.view)
    units: Paginator[Any] = Paginator(range(many), UNITS_PER_PAGE)
    shown = units.get_page(page)
    begin = UNITS_PER_PAGE * (shown.number - 1)
    rows = units_in(contest, asked.view, begin=begin, end=begin + UNITS_PER_PAGE, part=asked.part)
    shown.object_list = unit_rows(rows, unit_url)
    districts = by_district(found)
    return {
        "whole": group("全部", found, Asked()),
        "classes": by_class(found),
        "districts": districts if any(each.district for each in found) else [],
        "legend": LEGEND,
        "views": [
            {"query": asked.query(show=id), "word": word, "count": n, "current": id == asked.view}
            for id, word, n in _tabs(here)
        ],
        "asked": asked,
        "asked_words": in_words(asked, found),
        "class_options": list({t.unit_class: t.class_name for t in found}.items()),
        "district_options": list(dict.fromkeys(t.district for t in found)),
        "units": shown,
        "many": many,
    }


def in_words(asked: Asked, found: Sequence[Tally]) -> str:
    """What is looked at: 临床科室 · 东院区 · 未报."""
    names = {each.unit_class: each.class_name for each in found}
    said = [
        names.get(asked.unit_class or "", ""),
        "" if asked.district is None else asked.district or NOWHERE,
        WORDS.get(asked.view, ""),
    ]
    return " · ".join(filter(None, said))


def units_in_all(found: Sequence[Tally], view: str) -> int:
    """How many units a view has."""
    return sum(each.units for each in found if each.fits(view))


def unit_rows(
    rows: Sequence[UnitStanding], unit_url: Callable[[int], str] = lambda pk: ""
) -> list[UnitRow]:
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
            district=row.district,
            url=unit_url(row.pk),
        )
        for row in rows
    ]


def by_class(found: Sequence[Tally]) -> list[GroupRow]:
    """The figures of each class of units, in the order in which the classes come."""
    ids = dict.fromkeys((each.unit_class, each.class_name) for each in found)
    return [
        group(name, [t for t in found if t.unit_class == id], Asked(unit_class=id))
        for id, name in ids
    ]


def by_district(found: Sequence[Tally]) -> list[GroupRow]:
    """The figures of each district, those with most to do first; units without one last."""
    ids = dict.fromkeys(each.district for each in found)
    rows = [
        group(id or NOWHERE, [t for t in found if t.district == id], Asked(district=id))
        for id in ids
    ]
    return sorted(rows, key=lambda row: (row.name == NOWHERE, row.done - row.due, row.name))


def group(name: str, found: Sequence[Tally], asked: Asked) -> GroupRow:
    """The figures of some units."""

    def figure(view: str) -> Figure:
        return Figure(view, WORDS[view], units_in_all(found, view), asked.query(show=view))

    figures = tuple(figure(view) for view in COLUMNS)
    count = {each.view: each.count for each in figures}
    timely = units_in_all([t for t in found if t.must_enter], "received")
    parts = (
        ("pass", timely),
        ("late", count["done"] - timely),
        ("draft", count["writing"]),
        ("missing", count["missing"]),
        ("beside", count["exempt"] + count["extra"] + count["free"]),
    )
    told = f"{name}：应报 {count['due']} 个，已报 {count['done']} 个，填写中 {count['writing']} 个，未报 {count['missing']} 个"
    return GroupRow(
        name=name,
        figures=figures,
        late=figure("late"),
        units=sum(each.units for each in found),
        due=count["due"],
        done=count["done"],
        bar=bar([Segment(kind, many) for kind, many in parts], told),
    )


LEGEND = (
    ("pass", "pass", "按时已报"),
    ("late", "clock", "逾期已报"),
    ("draft", "draft", "填写中"),
    ("missing", "alert", "未报"),
    ("beside", "minus", "免报、可不报（不计入应报）"),
)


def _tabs(found: Sequence[Tally]) -> Iterator[tuple[str, str, int]]:
    there = {each.standing for each in found}
    for id in ("", OWED, *(id for id in STANDINGS if id in there)):
        yield id, TABS.get(id, "全部"), units_in_all(found, id)


assert set(COLUMNS) <= {*VIEWS, *STANDINGS}
