"""The list of works that the office and the review desk share: what is asked in the address, the
tabs, the sorted columns, the lines. The address says everything, so it can be sent to a colleague.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, QueryDict

from fengcai.apps.contests.queries import rules_of, unit
from fengcai.apps.entries.asked import NOTHING
from fengcai.apps.entries.listing import LONGEST_WORDS, SORTS, Asked, Listing, Row, number_falls
from fengcai.apps.entries.scope import theme_names
from fengcai.apps.entries.states import State
from fengcai.web.shared.cards import WorkCard, addresses, file_url
from fengcai.web.shared.texts import storable, whole_number

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

ORDER = (
    *(State.CONFIRMED, State.RETURNED, State.ACCEPTED),
    *(State.SUBMITTED, State.DRAFT, State.WITHDRAWN),
)
"""The tabs, from what the office has to do to what it can only wait for."""

ALL = "all"
COLUMNS = (("title", "作品"), ("", "单位"), ("number", "编号"), ("", "状态"))
TIMES = (("submitted", "提交"), ("updated", "更新"))


@dataclass(frozen=True)
class Tab:
    """A state to choose; `count` of the works that the rest of the choice leaves."""

    name: str
    count: int
    url: str
    current: bool


@dataclass(frozen=True)
class Column:
    """A head of the table; with `url` it sorts. `sorted` is an `aria-sort`, empty where it is not."""

    name: str
    url: str
    sorted: str


@dataclass(frozen=True)
class Line:
    """A work as a line of the table."""

    row: Row
    url: str
    poster: str


@dataclass(frozen=True)
class WorksView:
    """A page of works as `shared/_works.html` shows it."""

    asked: Asked
    tabs: list[Tab]
    columns: list[Column]
    lines: list[Line]
    cards: list[WorkCard]
    page: Page[int]
    query: str
    kept: list[tuple[str, str]]
    tracks: list[tuple[str, str]]
    themes: list[tuple[str, str]]
    tags: list[tuple[str, str]]
    """What else is chosen, in words, with the address without it."""
    clear: str
    filtered: bool

    @property
    def total(self) -> int:
        """How many works fit."""
        return self.page.paginator.count


def asked_for(sent: QueryDict, contest: Contest, *, first: str = "") -> Asked:
    """What an address asks for; what it asks in vain is left out. `first` is the tab that stands
    open where the address names none: a queue, the longest waiting first."""
    wanted = sent.get("state", "")
    chosen = wanted if wanted in State.values else "" if wanted == ALL else first
    tracks = {track.id for track in rules_of(contest).tracks}
    by = sent.get("sort", "")
    return Asked(
        state=chosen,
        track=sent.get("track", "") if sent.get("track", "") in tracks else "",
        unit=whole_number(sent.get("unit")),
        words=storable(sent.get("q", "")).strip()[:LONGEST_WORDS],
        **_parts_of(sent, contest),
        sort=by if by in SORTS else _usual(chosen, first),
        page=whole_number(sent.get("page"), 1),
    )


def works_view(
    contest: Contest, found: Listing, *, to: str, cards: bool = False, first: str = ""
) -> WorksView:
    """The page with addresses; a work leads to the page named `to`. `first` is the tab that stands
    open where the address names none."""
    asked = found.asked
    at = addresses(to)
    tracks = [(track.id, track.name) for track in rules_of(contest).tracks]
    whole = Asked(state=asked.state, sort=asked.sort)
    return WorksView(
        asked=asked,
        tabs=_tabs(found, first),
        columns=[
            *(_column(asked, first, sort, name) for sort, name in COLUMNS),
            Column("检查", "", ""),
            *(_column(asked, first, sort, name) for sort, name in TIMES),
        ],
        lines=[] if cards else [_line(row, at(row.id)) for row in found.rows],
        cards=[_card(row, at(row.id)) for row in found.rows] if cards else [],
        page=Paginator(range(found.total), asked.per_page).page(found.number),
        query=urlencode(_parameters(asked, first)),
        kept=[
            (name, str(value))
            for name, value in _parameters(asked, first).items()
            if name not in ("track", "theme", "q")
        ],
        tracks=tracks if len(tracks) > 1 else [],
        themes=_themes(contest, asked),
        tags=[
            (word, _address(replace(asked, page=1, **{name: none}), first))
            for name, word, none in _told_parts(contest, asked)
        ],
        clear=_address(whole, first),
        filtered=asked.narrows,
    )


def partial(request: HttpRequest) -> bool:
    """Whether htmx asks for the list alone; a page restored from the history is asked for whole."""
    headers = request.headers
    return "HX-Request" in headers and "HX-History-Restore-Request" not in headers


def _parts_of(sent: QueryDict, contest: Contest) -> dict[str, Any]:
    """Direction, division, class and district of the unit, lateness; what the rules do not know is
    left out."""
    rules = rules_of(contest)
    known = {
        "theme": {NOTHING, *(id for track in rules.tracks for id in theme_names(rules, track.id))},
        "division": {each.id for each in rules.divisions},
        "unit_class": {each.id for each in rules.unit_classes},
    }
    found: dict[str, Any] = {
        name: sent[name] for name, ids in known.items() if sent.get(name) in ids
    }
    found["district"] = storable(sent.get("district", "")).strip()[:LONGEST_WORDS]
    return found | {"late": sent.get("late") == "1"}


def _themes(contest: Contest, asked: Asked) -> list[tuple[str, str]]:
    """The directions to choose from: those of the track that is chosen, else of all."""
    rules = rules_of(contest)
    tracks = [track.id for track in rules.tracks if asked.track in ("", track.id)]
    found = {id: name for track in tracks for id, name in theme_names(rules, track).items()}
    return list((found | ({NOTHING: "没有选方向"} if asked.theme == NOTHING else {})).items())


def _told_parts(contest: Contest, asked: Asked) -> list[tuple[str, str, Any]]:
    """What is chosen beside state, track, direction and words: its name, its words, what it is when
    it is not chosen."""
    rules = rules_of(contest)
    divisions = {each.id: each.name for each in rules.divisions}
    classes = {each.id: each.name for each in rules.unit_classes}
    told: list[tuple[str, str, Any]] = []
    if asked.unit:
        told.append(("unit", unit(contest, asked.unit).name, 0))
    if asked.division:
        told.append(("division", divisions[asked.division], ""))
    if asked.unit_class:
        told.append(("unit_class", classes[asked.unit_class], ""))
    if asked.district:
        told.append(("district", "没有片区" if asked.district == NOTHING else asked.district, ""))
    if asked.late:
        told.append(("late", "逾期报送", False))
    return told


def _tabs(found: Listing, first: str) -> list[Tab]:
    asked = replace(found.asked, page=1)

    def tab(state: str, name: str, count: int) -> Tab:
        there = replace(asked, state=state, sort=_usual(state, first))
        return Tab(name, count, _address(there, first), asked.state == state)

    rows = [tab(state, str(state.label), found.counts.get(state, 0)) for state in ORDER]
    return [tab("", "全部", found.whole), *rows]


def _column(asked: Asked, first: str, sort: str, name: str) -> Column:
    if not sort:
        return Column(name, "", "")
    here = asked.sort == sort
    url = _address(replace(asked, sort=sort, page=1), first)
    return Column(name, url, ("descending" if _falls(asked) else "ascending") if here else "none")


def _falls(asked: Asked) -> bool:
    return asked.sort == "updated" or (asked.sort == "number" and number_falls(asked.state))


def _parameters(asked: Asked, first: str) -> Mapping[str, Any]:
    state = asked.state or (ALL if first else "")
    told = {
        "state": "" if asked.state and asked.state == first else state,
        "track": asked.track,
        "unit": asked.unit,
        "q": asked.words,
        "theme": asked.theme,
        "division": asked.division,
        "unit_class": asked.unit_class,
        "district": asked.district,
        "late": "1" if asked.late else "",
        "sort": asked.sort if asked.sort != _usual(asked.state, first) else "",
    }
    return {name: value for name, value in told.items() if value}


def _usual(state: str, first: str) -> str:
    """The order of a tab as long as nobody asks for another: a queue's, or the latest first."""
    return "submitted" if first and state == first else "updated"


def _address(asked: Asked, first: str) -> str:
    return "?" + urlencode(_parameters(asked, first))


def _line(row: Row, url: str) -> Line:
    poster = file_url(row.file, "poster") if row.file and row.has_poster else ""
    return Line(row, url, poster)


def _card(row: Row, url: str) -> WorkCard:
    waiting = "还没有上传文件" if row.file is None else "文件检查中" if row.running else ""
    return WorkCard(
        title=row.title,
        unit=row.unit,
        url=url,
        poster=file_url(row.file, "poster") if row.file and row.has_poster else "",
        duration=row.duration,
        state=row.state,
        state_word=row.state_name,
        meta="、".join(row.themes),
        waiting=waiting or row.trouble[:24],
    )
