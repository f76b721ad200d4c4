"""Doubles of the obvious kind: the same file, the same title, the same topic inside a unit, a past winner
of the same or nearly the same name.

What two films have in common inside is `Likeness`'; this needs no fingerprint and is there at once.
The unit is told of its own works by name, of others only that there is one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from rapidfuzz import fuzz

from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.apps.entries.scope import track_of
from fengcai.apps.entries.states import State
from fengcai.apps.likeness.models import PriorWork, Twin
from fengcai.apps.likeness.rules import require_seeing
from fengcai.apps.people.models import User
from fengcai.apps.prepared import Given, Prepared

SURE_TITLE = 5
"""Shorter titles (守护, 坚守) are equal by chance, unless the unit is the same too."""
NEAR_TITLE = 85.0
"""How alike (0 to 100) a past winner's title is when it is taken for the same with a word changed."""
SHARED_WORDS = 4
SHARED_PART = 0.5
"""Two works of a unit have one topic when they share so many words, and so much of the shorter one's."""
LONGEST_TEXT = 2_000
OUT = (State.DRAFT, State.WITHDRAWN)
"""Works that are no double of anything: not handed in, or taken out."""


@dataclass(frozen=True)
class TwinRow:
    """One double as a page shows it. `entry_id` is empty where the reader may not know of the work."""

    kind: str
    text: str
    entry_id: UUID | None = None


def keep_twins(*, entry: Entry, at: datetime) -> int:
    """Look for doubles of a work and keep what is found, in place of what was kept. Returns how many.

    7 SQL at most; titles and ids of the series' works are read, texts of the own unit's only.
    """
    found = list(_twins(entry, at))
    Twin.objects.filter(entry=entry).delete()
    Twin.objects.bulk_create(found)
    return len(found)


def twins_of(*, entry: Entry, user: User) -> list[TwinRow]:
    """The doubles of a work, with the other work's name and unit. 1 SQL and the question who asks.

    Raises `NotPermitted` for anybody but the contest's reviewers and organisers.
    """
    require_seeing(user, entry.contest)
    return [_for_the_office(row, entry) for row in _rows(entry)]


def hints_of(entry: Entry) -> list[str]:
    """The same for the work's own unit: its own works by name, others' never. 1 SQL."""
    return [_for_the_unit(row, entry) for row in _rows(entry)]


def _rows(entry: Entry) -> list[Twin]:
    return _TWINS(entry=entry.pk)


_TWINS = Prepared(
    lambda: (
        Twin.objects.filter(entry=Given("entry"))
        .exclude(other__isnull=False, other__state=State.WITHDRAWN)
        .select_related("other__unit", "other__contest", "prior")
    )
)


def _for_the_office(row: Twin, entry: Entry) -> TwinRow:
    if row.prior is not None:
        award = f"，{row.prior.award}" if row.prior.award else ""
        return TwinRow(row.kind, f"往届获奖作品{row.prior}（{row.prior.unit}{award}）：{row.said}")
    assert row.other is not None
    edition = "" if row.other.contest_id == entry.contest_id else f"，{row.other.contest}"
    where = f"《{row.other}》（{row.other.unit}{edition}）"
    return TwinRow(row.kind, f"{where}：{row.said}", row.other_id)


def _for_the_unit(row: Twin, entry: Entry) -> str:
    if row.prior is not None:
        return f"{row.said}：{row.prior}。活动不收往届获奖作品的，请先核对是不是同一件。"
    assert row.other is not None
    if row.other.unit_id == entry.unit_id:
        return f"与本单位的《{row.other}》{row.said}，请确认不是重复报送。"
    where = "本次活动" if row.other.contest_id == entry.contest_id else "往届活动"
    return f"{where}中已有其他单位的作品{row.said}。如系合作或巧合，请准备向审核员说明。"


def _twins(entry: Entry, at: datetime) -> Iterable[Twin]:
    from fengcai.media.fingerprints.text import folded

    series = Entry.objects.filter(contest__series=entry.contest.series).exclude(pk=entry.pk)
    series = series.filter(contest__demo=entry.contest.demo).exclude(state__in=OUT)
    seen: set[UUID] = set()
    for other, name in _same_files(entry, series):
        if other not in seen:
            seen.add(other)
            yield Twin(entry=entry, kind=Twin.Kind.FILE, other_id=other, at=at,
                       said=f"文件“{name}”完全相同"[:300])  # fmt: skip
    mine = folded(entry.title)
    if mine:
        for other, title, unit in series.values_list("pk", "title", "unit"):
            same = folded(title) == mine
            if other not in seen and same and (len(mine) >= SURE_TITLE or unit == entry.unit_id):
                seen.add(other)
                yield Twin(
                    entry=entry, kind=Twin.Kind.TITLE, other_id=other, said="题名相同", at=at
                )
        yield from _priors(entry, mine, at)
    yield from _topics(entry, series, seen, at)


def _same_files(entry: Entry, series: Any) -> list[tuple[UUID, str]]:
    hashes = list(entry.files.filter(current=True).values_list("asset__sha256", flat=True))
    if not hashes:
        return []
    rows = FileVersion.objects.filter(
        current=True, asset__sha256__in=hashes, entry__in=series.values("pk")
    )
    return list(rows.values_list("entry", "asset__filename"))


def _priors(entry: Entry, mine: str, at: datetime) -> Iterable[Twin]:
    from fengcai.media.fingerprints.text import folded

    rows = PriorWork.objects.filter(series=entry.contest.series, kind=PriorWork.Kind.WINNER)
    for prior, title, unit in rows.values_list("pk", "title", "unit"):
        theirs = folded(title)
        near = theirs == mine or (
            min(len(theirs), len(mine)) >= SURE_TITLE and fuzz.ratio(theirs, mine) >= NEAR_TITLE
        )
        if near and (len(mine) >= SURE_TITLE or unit == entry.unit.name):
            said = "题名与往届获奖作品相同" if theirs == mine else "题名与往届获奖作品相近"
            yield Twin(entry=entry, kind=Twin.Kind.PRIOR, prior_id=prior, said=said, at=at)


def _topics(entry: Entry, series: Any, seen: set[UUID], at: datetime) -> Iterable[Twin]:
    from fengcai.media.fingerprints.text import words_of

    own = series.filter(contest=entry.contest_id, unit=entry.unit_id).exclude(pk__in=seen)
    works = list(own.only("title", "fields", "track"))
    if not works:
        return
    mine = words_of(_text(entry, entry))
    for other in works:
        theirs = words_of(_text(other, entry))
        both = mine & theirs
        least = min(len(mine), len(theirs))
        if len(both) >= SHARED_WORDS and len(both) >= SHARED_PART * least:
            words = "、".join(sorted(both, key=lambda word: (-len(word), word))[:5])
            yield Twin(entry=entry, kind=Twin.Kind.TOPIC, other_id=other.pk, at=at,
                       said=f"选题相近（都写到{words}）"[:300])  # fmt: skip


def _text(work: Entry, of: Entry) -> str:
    """Title and long texts of a work of the same contest."""
    fields = track_of(rules_of(of.contest), work.track).fields
    said = [str(work.fields.get(f.id, "")) for f in fields if f.kind == "longtext"]
    return "\n".join([work.title, *said])[:LONGEST_TEXT]
