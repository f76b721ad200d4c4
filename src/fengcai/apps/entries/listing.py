"""A contest's works a page at a time: chosen by state, track, unit or words, sorted, counted.

However many works there are, a page reads its own rows and an index; it never reads them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from fengcai.apps.assets.models import Asset, Finding
from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.apps.entries.owed import theme_names
from fengcai.apps.entries.states import State

PER_PAGE = 50
LONGEST_WORDS = 60
CHUNK = 500

SORTS = {"updated": "最近更新", "submitted": "最早提交", "title": "作品名称", "number": "作品编号"}
"""What a list can be sorted by. Sorted by number, it holds the works that have one."""


@dataclass(frozen=True)
class Asked:
    """Which works somebody wants to see. `words` are looked for in titles, numbers and units."""

    state: str = ""
    track: str = ""
    unit: int = 0
    words: str = ""
    sort: str = "updated"
    page: int = 1
    per_page: int = PER_PAGE


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
    return _by_state(Entry.objects.filter(contest=contest))


def listing(contest: Contest, asked: Asked) -> Listing:
    """One page of a contest's works. At most 6 SQL whatever the number.

    A page that does not exist is the nearest one that does; an unknown sort is the first.
    """
    chosen = _chosen(contest, asked)
    by_state = _by_state(chosen)
    if asked.sort == "number":
        chosen = chosen.exclude(number="")
        by_state = _by_state(chosen)
    total = by_state.get(asked.state, 0) if asked.state else sum(by_state.values())
    if asked.state:
        chosen = chosen.filter(state=asked.state)
    pages = max(1, -(-total // asked.per_page))
    number = min(max(asked.page, 1), pages)
    ids = _page(chosen, asked.sort, number, asked.per_page, total)
    return Listing(asked, _rows(contest, ids), by_state, total, number, pages)


def every(contest: Contest, asked: Asked) -> Iterator[Row]:
    """Every work of the choice in its order, read in chunks: for an export."""
    chosen = _chosen(contest, asked)
    if asked.sort == "number":
        chosen = chosen.exclude(number="")
    if asked.state:
        chosen = chosen.filter(state=asked.state)
    ids = list(_sorted(chosen, asked.sort).values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        yield from _rows(contest, ids[start : start + CHUNK])


def _chosen(contest: Contest, asked: Asked) -> QuerySet[Entry]:
    """The works asked for, in every state."""
    rows = Entry.objects.filter(contest=contest)
    if asked.track:
        rows = rows.filter(track=asked.track)
    if asked.unit:
        rows = rows.filter(unit=asked.unit)
    for word in asked.words[:LONGEST_WORDS].split():
        # Units are a few hundred, works many thousand: look the unit up first.
        named = Unit.objects.filter(contest=contest, name__icontains=word)
        units = list(named.values_list("pk", flat=True))
        told = Q(title__icontains=word) | Q(number__icontains=word)
        rows = rows.filter(told | Q(unit__in=units) if units else told)
    return rows


def _by_state(rows: QuerySet[Entry]) -> dict[str, int]:
    return dict(rows.order_by().values_list("state").annotate(many=Count("pk")))


def _sorted(rows: QuerySet[Entry], sort: str) -> QuerySet[Entry]:
    if sort == "submitted":
        return rows.order_by(F("submitted_at").asc(nulls_last=True), "pk")
    if sort == "title":
        return rows.order_by("title", "pk")
    if sort == "number":
        return rows.order_by("number")
    return rows.order_by("-updated_at", "-pk")


def _page(rows: QuerySet[Entry], sort: str, number: int, size: int, total: int) -> list[UUID]:
    """The keys of one page, counted from the nearer end: the last page costs what the first does."""
    found = _sorted(rows, sort).values_list("pk", flat=True)
    begin, end = (number - 1) * size, min(number * size, total)
    if begin <= total // 2:
        return list(found[begin:end])
    return list(found.reverse()[total - end : total - begin])[::-1]


def _rows(contest: Contest, ids: list[UUID]) -> list[Row]:
    """The lines of these works, in this order. 3 SQL."""
    rules = rules_of(contest)
    names = {track.id: theme_names(rules, track.id) for track in rules.tracks}
    tracks = {track.id: track.name for track in rules.tracks}
    entries = {
        one["pk"]: one
        for one in Entry.objects.filter(pk__in=ids).values(
            *("pk", "number", "title", "track", "themes", "state", "late"),
            *("updated_at", "submitted_at", "unit__name"),
        )
    }
    files = _files(ids)
    broken = _broken([file.pk for file in files.values()])
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
            broken=broken.get(files.get(pk, none).pk, 0),
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
    facts = "asset__facts"
    length = Coalesce(
        KeyTextTransform("duration_s", KeyTextTransform("video", facts)),
        KeyTextTransform("duration_s", KeyTextTransform("audio", facts)),
    )
    rows = (
        FileVersion.objects.filter(entry__in=ids, current=True)
        .order_by("-slot")
        .values_list(
            *("entry_id", "asset_id", "asset__poster_key", "asset__state", "asset__trouble"), length
        )
    )
    slots: dict[UUID, _File] = {}
    for entry, asset, poster, state, trouble, seconds in rows:
        slots[entry] = _File(
            pk=asset,
            has_poster=bool(poster),
            running=state == Asset.State.RECEIVED,
            trouble=trouble,
            duration=None if seconds is None else Fraction(str(seconds)),
        )
    return slots


def _broken(assets: list[Any]) -> dict[Any, int]:
    rows = Finding.objects.filter(
        asset__in=assets, verdict=Finding.Verdict.FAIL, severity="must"
    ).order_by()
    return dict(rows.values_list("asset").annotate(many=Count("pk")))
