"""How much room the works that are still to come will take: from the sizes of those that have come.

Sizes are the database's to rank: a work is the sum of its current files, and what replaced versions
take beside them is measured too. How many works come is told in two ways, by the pace of the last
week and by the units that still owe one, and the greater counts.
"""

# ruff: noqa: S608  (only names of our own tables are put together; every value is a parameter)
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.db import connection

from fengcai.apps.assets.models import Asset
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import rules_of, without_texts
from fengcai.apps.entries.coverage import OWED, tallies
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.core.timetable import standing

WEEK = timedelta(days=7)
ENOUGH = 5
"""From so many works on their sizes say something."""


@dataclass(frozen=True)
class Sizes:
    """The works of one track that hold files: how many, the middle one's bytes, those of the tenth and
    the ninetieth in a hundred, and their sum; `kept` counts replaced versions in, `lately` the works
    whose first file came within the week."""

    track: str
    works: int
    low: int
    median: int
    high: int
    bytes: int
    kept: int
    lately: int


@dataclass(frozen=True)
class Forecast:
    """What a contest that still collects will take. `by_pace` and `by_units` are works to come."""

    title: str
    closes: datetime
    sizes: Sequence[Sizes]
    by_pace: int
    by_units: int

    @property
    def works(self) -> int:
        """How many works have come."""
        return sum(each.works for each in self.sizes)

    @property
    def told(self) -> bool:
        """Whether enough works have come for their sizes to say something."""
        return self.works >= ENOUGH

    @property
    def coming(self) -> int:
        """How many are to come: by pace or by the units that owe, whichever is more."""
        return max(self.by_pace, self.by_units)

    @property
    def times(self) -> float:
        """How much more than its current files a work takes with its replaced versions."""
        whole = sum(each.bytes for each in self.sizes)
        return sum(each.kept for each in self.sizes) / whole if whole else 1.0

    @property
    def likely(self) -> int:
        """Bytes to come if works go on as they have been: each takes what they took in the mean."""
        whole = sum(each.kept for each in self.sizes)
        return self.coming * whole // self.works if self.works else 0

    @property
    def cautious(self) -> int:
        """Bytes to come if every work is as great as the ninetieth in a hundred of its track."""
        if not self.works:
            return 0
        tall = sum(each.high * each.works for each in self.sizes) / self.works
        return max(self.likely, ceil(self.coming * tall * self.times))


def forecasts(at: datetime) -> list[Forecast]:
    """Every contest that collects works now or will, the next to close first. 2 SQL, and 1 for each."""
    rows = without_texts(
        Contest.objects.filter(state=Contest.State.OPEN).select_related("version"), "version"
    )
    waiting = [one for one in rows if standing(rules_of(one).window, at) != "closed"]
    sizes = _sizes([one.pk for one in waiting], at) if waiting else {}
    found = [_forecast(one, sizes.get(one.pk, []), at) for one in waiting]
    return sorted(found, key=lambda each: each.closes)


def _forecast(contest: Contest, rows: Sequence[Sizes], at: datetime) -> Forecast:
    rules = rules_of(contest)
    names = {track.id: track.name for track in rules.tracks}
    least = {each.id: max(1, rules.quota_of(each.id).min or 1) for each in rules.unit_classes}
    owed = [each for each in tallies(contest) if each.fits(OWED)]
    left = max(timedelta(0), rules.window.closes - at)
    return Forecast(
        title=contest.title,
        closes=rules.window.closes,
        sizes=[
            Sizes(names.get(each.track, each.track), *_rest(each))
            for each in sorted(rows, key=lambda each: list(names).index(each.track))
        ],
        by_pace=ceil(sum(each.lately for each in rows) * (left / WEEK)),
        by_units=sum(each.units * least[each.unit_class] for each in owed),
    )


def _rest(each: Sizes) -> tuple[int, int, int, int, int, int, int]:
    return each.works, each.low, each.median, each.high, each.bytes, each.kept, each.lately


def _sizes(contests: Sequence[int], at: datetime) -> dict[int, list[Sizes]]:
    places = ", ".join(["%s"] * len(contests))
    with connection.cursor() as cursor:
        cursor.execute(_RANKED.format(contests=places), [*contests, at - WEEK])
        found: dict[int, list[Sizes]] = {}
        for contest, *told in cursor.fetchall():
            track, *numbers = told
            found.setdefault(contest, []).append(Sizes(track, *(int(each) for each in numbers)))
    return found


_ENTRY, _VERSION, _ASSET = (each._meta.db_table for each in (Entry, FileVersion, Asset))
_RANKED = f"""
WITH work AS (
    SELECT e.contest_id, e.track, MIN(f.at) AS began, SUM(a.size) AS kept,
      SUM(CASE WHEN f.current THEN a.size ELSE 0 END) AS bytes
    FROM {_ENTRY} e JOIN {_VERSION} f ON f.entry_id = e.id JOIN {_ASSET} a ON a.id = f.asset_id
    WHERE e.contest_id IN ({{contests}}) GROUP BY e.id, e.contest_id, e.track),
  ranked AS (
    SELECT work.*, ROW_NUMBER() OVER (PARTITION BY contest_id, track ORDER BY bytes) AS place,
      COUNT(*) OVER (PARTITION BY contest_id, track) AS works
    FROM work WHERE bytes > 0)
SELECT contest_id, track, works,
  MIN(CASE WHEN place * 10 >= works THEN bytes END),
  MIN(CASE WHEN place * 2 >= works THEN bytes END),
  MIN(CASE WHEN place * 10 >= works * 9 THEN bytes END),
  SUM(bytes), SUM(kept), SUM(CASE WHEN began >= %s THEN 1 ELSE 0 END)
FROM ranked GROUP BY contest_id, track, works
"""
