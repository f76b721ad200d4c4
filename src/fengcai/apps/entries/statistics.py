"""A contest's works counted: by everything that they are told apart by, and by the day they came in.

Counted by the database in one statement, whatever is asked: groups of works that are alike in every
respect, which a page adds up as it likes. No work is read.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, tzinfo
from uuid import UUID

from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate

from fengcai.apps.contests.models import Contest
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State


@dataclass(frozen=True)
class Alike:
    """How many works are alike: track, directions, divisions, their units' class and district, state,
    and whether they came in late."""

    track: str
    themes: tuple[str, ...]
    divisions: tuple[str, ...]
    unit_class: str
    district: str
    state: str
    late: bool
    works: int


@dataclass(frozen=True)
class Day:
    """Works that were handed in last on a day; `late` of them after the deadline."""

    day: date
    works: int
    late: int


def alike(contest: Contest, among: Collection[UUID] | None = None) -> list[Alike]:
    """The contest's works (or those `among` them) in groups of works that are alike. 1 SQL."""
    rows = Entry.objects.filter(contest=contest)
    if among is not None:
        rows = rows.filter(pk__in=list(among))
    told = (
        rows.order_by()
        .annotate(unit_class=F("unit__unit_class"), district=F("unit__district"))
        .values_list("track", "themes", "divisions", "unit_class", "district", "state", "late")
        .annotate(works=Count("*"))
    )
    return [
        Alike(track, tuple(themes), tuple(divisions), unit_class, district, state, late, works)
        for track, themes, divisions, unit_class, district, state, late, works in told
    ]


def by_day(contest: Contest, zone: tzinfo) -> list[Day]:
    """How many works came in on which day, by the hour of `zone`, drafts and those that were withdrawn
    left out: a work that was handed in again counts on its last day. 1 SQL."""
    rows = (
        Entry.objects.filter(contest=contest, submitted_at__isnull=False)
        .exclude(state__in=(State.DRAFT, State.WITHDRAWN))
        .order_by()
        .annotate(day=TruncDate("submitted_at", tzinfo=zone))
        .values_list("day")
        .annotate(works=Count("*"), behind=Count("pk", filter=Q(late=True)))
    )
    return sorted((Day(*row) for row in rows), key=lambda each: each.day)
