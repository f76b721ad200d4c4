"""The statistics of a contest: works by what they are told apart by, and by the day they came in.

Each figure that a list can show leads to that list.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse

from fengcai.apps.awards.queries import awarded
from fengcai.apps.contests.queries import rules_of, units_of
from fengcai.apps.entries.asked import NOTHING, Asked
from fengcai.apps.entries.scope import theme_names
from fengcai.apps.entries.states import State
from fengcai.apps.entries.statistics import Alike, alike, by_day
from fengcai.apps.judging.queries import shortlisted
from fengcai.core.rulebook import Rules
from fengcai.engines.documents.tables import Sheet
from fengcai.web.organiser.day_plot import plot

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

STATES = (
    *(State.DRAFT, State.SUBMITTED, State.GATHERED, State.CONFIRMED),
    *(State.RETURNED, State.ACCEPTED, State.WITHDRAWN),
)
ALWAYS = (State.DRAFT, State.CONFIRMED, State.RETURNED, State.ACCEPTED)
"""States that have a column even while no work stands in them."""


@dataclass(frozen=True)
class Column:
    """A column of figures: its words, the list that it stands for (None where none is), what counts."""

    word: str
    asked: dict[str, Any] | None
    counts: Callable[[Alike], bool] | None = None
    among: str = ""
    """Counted among works that were chosen: `shortlisted` or `awarded`."""


@dataclass(frozen=True)
class Figure:
    """A number with the list behind it; no list where it is nought or no list can show it."""

    word: str
    count: int
    url: str


@dataclass(frozen=True)
class Line:
    """A direction, a track, a class … with its figures."""

    name: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Cut:
    """One table: the works told apart by one thing. `note` says what its sums do not say."""

    id: str
    title: str
    head: str
    lines: tuple[Line, ...]
    note: str = ""


@dataclass(frozen=True)
class _Part:
    name: str
    asked: dict[str, Any]
    holds: Callable[[Alike], bool]


def statistics_page(contest: Contest) -> dict[str, Any]:
    """The page's context. At most 7 SQL, however many works and whatever they are told apart by."""
    rules = rules_of(contest)
    found = alike(contest)
    chosen = {"shortlisted": shortlisted(contest), "awarded": awarded(contest)}
    sets = {name: _among(contest, ids) for name, ids in chosen.items() if ids is not None}
    columns = _columns(found, sets)
    works = reverse("office-works", args=[contest.slug])
    counter = _Counter(found, sets, columns, works)
    whole = counter.line("全部作品", _Part("", {}, lambda each: True))
    zone = ZoneInfo(rules.timezone)
    days = by_day(contest, zone)
    closes = rules.window.closes.astimezone(zone).date()
    return {
        "whole": whole,
        "columns": [column.word for column in columns],
        "cuts": [cut for cut in _cuts(contest, rules, counter) if cut.lines],
        "days": days,
        "plot": plot(days, closes),
        "began": days[0].day if days else None,
        "ended": days[-1].day if days else None,
        "most": max((each.works for each in days), default=0),
        "closes": closes,
        "any": whole.figures[0].count > 0,
    }


def statistics_sheets(page: dict[str, Any]) -> list[Sheet]:
    """Exactly what is on the page, a sheet for each table."""
    sheets = []
    for cut in page["cuts"]:
        lines = [*cut.lines, replace(page["whole"], name="全部作品")]
        rows: list[list[Any]] = [
            [line.name, *(figure.count for figure in line.figures)] for line in lines
        ]
        sheets.append(Sheet(cut.title, [cut.head, *page["columns"]], rows))
    days = [[each.day, each.works, each.late] for each in page["days"]]
    return [*sheets, Sheet("按日报送", ["日期", "报送（件）", "其中逾期"], days)]


def _among(contest: Contest, ids: Collection[UUID]) -> Sequence[Alike]:
    return alike(contest, ids) if ids else []


def _columns(found: Sequence[Alike], sets: dict[str, Sequence[Alike]]) -> list[Column]:
    standing = {each.state for each in found}
    columns = [Column("全部", {}, lambda each: True)]
    columns += [
        Column(str(state.label), {"state": str(state)}, _in(state))
        for state in STATES
        if state in ALWAYS or state in standing
    ]
    columns.append(Column("逾期", {"late": True}, lambda each: each.late))
    columns += [
        Column(word, None, among=name)
        for name, word in (("shortlisted", "入围"), ("awarded", "获奖"))
        if name in sets
    ]
    return columns


def _in(state: State) -> Callable[[Alike], bool]:
    return lambda each: each.state == state


class _Counter:
    """Adds groups of works up; every figure knows the list that shows as many."""

    def __init__(
        self,
        found: Sequence[Alike],
        sets: dict[str, Sequence[Alike]],
        columns: Sequence[Column],
        works: str,
    ) -> None:
        self.found, self.sets, self.columns, self.works = found, sets, columns, works

    def line(self, name: str, part: _Part) -> Line:
        """The figures of one part, in the order of the columns."""
        return Line(name, tuple(self._figure(part, column) for column in self.columns))

    def _figure(self, part: _Part, column: Column) -> Figure:
        rows = self.sets[column.among] if column.among else self.found
        counts = column.counts
        many = sum(
            each.works for each in rows if part.holds(each) and (counts is None or counts(each))
        )
        url = ""
        if many and column.asked is not None:
            told = Asked.of({**part.asked, **column.asked}).choice
            query = urlencode({name: 1 if value is True else value for name, value in told.items()})
            url = f"{self.works}?{query}" if query else self.works
        return Figure(column.word, many, url)


def _cuts(contest: Contest, rules: Rules, counter: _Counter) -> list[Cut]:
    def cut(id: str, title: str, head: str, parts: Sequence[_Part], note: str = "") -> Cut:
        return Cut(id, title, head, tuple(counter.line(p.name, p) for p in parts), note)

    found = [cut("themes", "按方向", "方向", _themes(rules, counter.found), _many(counter.found))]
    if len(rules.tracks) > 1:
        tracks = [_track(track.id, track.name) for track in rules.tracks]
        found.append(cut("tracks", "按类别", "类别", tracks))
    if rules.divisions:
        divisions = [_division(each.id, each.name) for each in rules.divisions]
        found.append(cut("divisions", "按组别", "组别", divisions))
    classes = [_class(each.id, each.name) for each in rules.unit_classes]
    found.append(cut("classes", "按单位类别", "单位类别", classes))
    names = sorted({unit.district for unit in units_of(contest)}, key=lambda name: (not name, name))
    if any(names):
        districts = [_district(name) for name in names]
        found.append(cut("districts", "按片区", "片区", districts))
    return found


def _many(found: Sequence[Alike]) -> str:
    if any(len(each.themes) > 1 for each in found):
        return "选了几个方向的作品，在每个方向各计一次，所以各行相加多于作品数。"
    return ""


def _themes(rules: Rules, found: Sequence[Alike]) -> list[_Part]:
    """A part for each direction, named with its track where several tracks have directions; then the
    works that have chosen none where there could be one."""
    have = [track for track in rules.tracks if theme_names(rules, track.id)]
    parts = []
    for track in have:
        for id, name in theme_names(rules, track.id).items():
            shown = f"{track.name} · {name}" if len(have) > 1 else name
            asked = {"theme": id} | ({"track": track.id} if len(have) > 1 else {})
            parts.append(_Part(shown, asked, _of_theme(track.id if len(have) > 1 else "", id)))
    if have and any(not each.themes for each in found):
        parts.append(_Part("没有选方向", {"theme": NOTHING}, lambda each: not each.themes))
    return parts


def _of_theme(track: str, id: str) -> Callable[[Alike], bool]:
    return lambda each: id in each.themes and track in ("", each.track)


def _track(id: str, name: str) -> _Part:
    return _Part(name, {"track": id}, lambda each: each.track == id)


def _division(id: str, name: str) -> _Part:
    return _Part(name, {"division": id}, lambda each: id in each.divisions)


def _class(id: str, name: str) -> _Part:
    return _Part(name, {"unit_class": id}, lambda each: each.unit_class == id)


def _district(name: str) -> _Part:
    asked = {"district": name or NOTHING}
    return _Part(name or "没有片区", asked, lambda each: each.district == name)
