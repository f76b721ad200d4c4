"""A contest's works a page at a time: chosen by state, track, unit or words, sorted, counted.

However many works there are, a page reads its own rows and an index; it never reads them all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, QuerySet

from fengcai.apps.assets.models import Asset, Finding
from fengcai.apps.assets.queries import LENGTH, length_of
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries.asked import LONGEST_WORDS, Asked, chosen
from fengcai.apps.entries.broken import Binding, Bound
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.apps.entries.owed import theme_names
from fengcai.apps.entries.states import State
from fengcai.apps.prepared import Given, Prepared

CHUNK = 500
__all__ = [
    "LONGEST_WORDS",
    "SORTS",
    "Asked",
    "Listing",
    "Row",
    "counts",
    "every",
    "listing",
    "number_falls",
]

SORTS = ("updated", "submitted", "title", "number")
"""What a list can be sorted by: latest change, earliest handing in, title, number."""


@dataclass(frozen=True)
class Row:
    """A work as a line of a list shows it. `duration` in seconds; `broken` counts binding clauses
    that are measured as broken; `trouble` says why a file cannot be read."""

    id: UUID
    number: str
    title: str
    unit: str
    track: str
    themes: tuple[str, ...]
    state: str
    state_name: str
    late: bool
    updated_at: datetime
    submitted_at: datetime | None
    file: UUID | None
    has_poster: bool
    running: bool
    trouble: str
    duration: Fraction | None
    broken: int


@dataclass(frozen=True)
class Listing:
    """A page of works. `counts` are of the same choice by state; `total` of the state chosen."""

    asked: Asked
    rows: list[Row]
    counts: Mapping[str, int]
    total: int
    number: int
    pages: int

    @property
    def whole(self) -> int:
        """How many works there are in every state together."""
        return sum(self.counts.values())


def counts(contest: Contest) -> dict[str, int]:
    """How many works stand in each state; states without a work are missing. 1 SQL, on an index."""
    values = [value for state in State for value in (str(state), contest.pk, str(state))]
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, values)
        return {state: many for state, many in cursor.fetchall() if many}


# State by state: counting a part of an index takes less than half of what grouping all of it does.
_COUNT = f"SELECT %s, COUNT(*) FROM {Entry._meta.db_table} WHERE contest_id = %s AND state = %s"  # noqa: S608
_COUNTS = " UNION ALL ".join([_COUNT] * len(State))


def listing(contest: Contest, asked: Asked) -> Listing:
    """One page of a contest's works. 5 SQL, and 1 for each word that is looked for.

    A page that does not exist is the nearest one that does; an unknown sort is the first.
    """
    rows = chosen(contest, asked)
    found = _found(rows, asked) if asked.words.split() else None
    if found is not None:
        by_state: Mapping[str, int] = Counter(state for _, state in found)
    else:
        by_state = _by_state(rows) if asked.narrows else counts(contest)
    total = by_state.get(asked.state, 0) if asked.state else sum(by_state.values())
    pages = max(1, -(-total // asked.per_page))
    number = min(max(asked.page, 1), pages)
    begin, end = (number - 1) * asked.per_page, min(number * asked.per_page, total)
    if found is None:
        ids = _page(_in_order(rows, asked), begin, end, total)
    else:
        fitting = [pk for pk, state in found if not asked.state or state == asked.state]
        ids = [UUID(str(pk)) for pk in fitting[begin:end]]
    return Listing(asked, _rows(contest, ids), by_state, total, number, pages)


def every(contest: Contest, asked: Asked) -> Iterator[Row]:
    """Every work of the choice in its order, read in chunks: for an export."""
    ids = list(_in_order(chosen(contest, asked), asked))
    for start in range(0, len(ids), CHUNK):
        yield from _rows(contest, ids[start : start + CHUNK])


def _by_state(rows: QuerySet[Entry]) -> dict[str, int]:
    return dict(rows.order_by().values_list("state").annotate(many=Count("*")))


def _found(rows: QuerySet[Entry], asked: Asked) -> list[tuple[Any, str]]:
    """Key, as the database has it, and state of every work in which the words stand, in order. 1 SQL.

    Sorted here: a database that walks an index of the order looks every work up in the table,
    while the words stand in an index of their own (`entry_search`). Read as the database gives
    them: of a thousand works that are found, fifty are shown.
    """
    column, _, falling = _order(asked)
    statement, values = rows.order_by().values_list(column, "pk", "state").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchall()
    # SQLite's instants are text that sorts as they do. None, where it may be, comes last.
    found.sort(key=lambda row: (row[0] is None, row[0], row[1]), reverse=falling)
    return [(pk, state) for _, pk, state in found]


def _order(asked: Asked) -> tuple[str, bool, bool]:
    """Column, whether it may be empty, whether it falls."""
    if asked.sort == "submitted":
        return "submitted_at", True, False
    if asked.sort == "title":
        return "title", False, False
    if asked.sort == "number":
        return "number", False, number_falls(asked.state)
    return "updated_at", False, True


def number_falls(state: str) -> bool:
    """Sorted by number a list falls, so that works without one come last; it rises where all have
    one."""
    return state != State.ACCEPTED


def _in_order(rows: QuerySet[Entry], asked: Asked) -> QuerySet[Entry, UUID]:
    """The keys of the works of the chosen state in their order."""
    column, empty, falling = _order(asked)
    if asked.state:
        rows = rows.filter(state=asked.state)
    by = F(column).desc() if falling else F(column).asc(nulls_last=True if empty else None)
    return rows.order_by(by, "-pk" if falling else "pk").values_list("pk", flat=True)


def _page(found: QuerySet[Entry, UUID], begin: int, end: int, total: int) -> list[UUID]:
    """The keys from `begin` to `end`, counted from the nearer end: the last page of 400 costs what
    the first one does."""
    if begin <= total // 2:
        return list(found[begin:end])
    return list(found.reverse()[total - end : total - begin])[::-1]


def _rows(contest: Contest, ids: list[UUID]) -> list[Row]:
    """The lines of these works, in this order. 3 SQL, 1 more where an amendment came between them."""
    rules = rules_of(contest)
    names = {track.id: theme_names(rules, track.id) for track in rules.tracks}
    tracks = {track.id: track.name for track in rules.tracks}
    entries = {one["pk"]: one for one in _WORKS(works=ids)}
    files = _files(ids)
    broken = _broken(contest, entries, files)
    none = _File()
    return [
        Row(
            id=pk,
            number=one["number"],
            title=one["title"] or "未命名作品",
            unit=one["unit__name"],
            track=tracks.get(one["track"], one["track"]),
            themes=tuple(names.get(one["track"], {}).get(t, t) for t in one["themes"]),
            state=one["state"],
            state_name=str(State(one["state"]).label),
            late=one["late"],
            updated_at=one["updated_at"],
            submitted_at=one["submitted_at"],
            file=files.get(pk, none).pk,
            has_poster=files.get(pk, none).has_poster,
            running=files.get(pk, none).running,
            trouble=files.get(pk, none).trouble,
            duration=files.get(pk, none).duration,
            broken=broken.get(pk, 0),
        )
        for pk in ids
        if (one := entries.get(pk))  # deleted between the statements: then it is no more there
    ]


@dataclass(frozen=True)
class _File:
    pk: UUID | None = None
    has_poster: bool = False
    running: bool = False
    trouble: str = ""
    duration: Fraction | None = None


def _files(ids: list[UUID]) -> dict[UUID, _File]:
    """The first current file of each work; of its facts only the length is read."""
    first: dict[UUID, tuple[Any, ...]] = {}
    for entry, *told in _FILES(works=ids):
        if entry not in first or tuple(told[:2]) < first[entry][:2]:
            first[entry] = tuple(told)
    return {
        entry: _File(
            pk=asset,
            has_poster=bool(poster),
            running=state == Asset.State.RECEIVED,
            trouble=trouble,
            duration=length_of(length),
        )
        for entry, (_, _, asset, state, trouble, poster, length) in first.items()
    }


def _broken(
    contest: Contest, entries: Mapping[UUID, Mapping[str, Any]], files: Mapping[UUID, _File]
) -> dict[UUID, int]:
    """How many binding demands each work's first file breaks. 1 SQL, 1 more after an amendment."""
    of = {file.pk: entry for entry, file in files.items() if entry in entries}
    found: dict[UUID, set[str]] = {}
    for asset, requirement in _BROKEN(files=list(of)):
        found.setdefault(of[asset], set()).add(requirement)
    works = {
        pk: Bound(one["track"], tuple(one["divisions"]), one["state"], one["rulebook_id"])
        for pk, one in entries.items()
        if pk in found
    }
    binding = Binding(contest, works.values())
    return {pk: binding.many(work, found[pk]) for pk, work in works.items()}


_WORKS: Prepared[dict[str, Any]] = Prepared(
    lambda: (
        Entry.objects.filter(pk__in=Given("works", many=True))
        .order_by()
        .values(
            *("pk", "number", "title", "track", "themes", "divisions", "state", "late"),
            *("rulebook_id", "updated_at", "submitted_at", "unit__name"),
        )
    )
)
_FILES: Prepared[tuple[Any, ...]] = Prepared(
    lambda: (
        FileVersion.objects.filter(entry__in=Given("works", many=True), current=True)
        .order_by()
        .values_list(
            *("entry_id", "slot", "place", "asset_id", "asset__state", "asset__trouble"),
            *("asset__poster_key", LENGTH),
        )
    )
)
_BROKEN: Prepared[tuple[UUID, str]] = Prepared(
    lambda: (
        Finding.objects.filter(
            asset__in=Given("files", many=True), verdict=Finding.Verdict.FAIL, severity="must"
        )
        .order_by()
        .values_list("asset_id", "requirement")
    )
)
