"""What pages may know of remarks on wording. The desk's queries ask for a role; a unit's for its work."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from fengcai.apps.compliance.finding import MOST_REMARKS, remarks
from fengcai.apps.compliance.models import Remark
from fengcai.apps.compliance.passages import SPEECH, SUBTITLES, track_of_entry, written
from fengcai.apps.compliance.rules import require_deciding
from fengcai.apps.contests.models import Contest
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import HANDED_IN, WRITABLE, State
from fengcai.apps.people.models import User
from fengcai.apps.prepared import Given, Prepared
from fengcai.core import wording
from fengcai.core.rulebook import Requirement, Rules

OPEN = "open"
STATES = {OPEN: "待判断", **{str(value): str(label) for value, label in Remark.Decision.choices}}
PER_PAGE = 40
MOST_HINTS = 12
_LONGEST_LIVE = 20_000
"""Of a text that is read while the page is made; the job reads all of it."""
_SHOWN_STATES = (*HANDED_IN, State.RETURNED)
_ABOUT = re.compile(r"广告|宣传纪律|宣传相关规定|虚假宣传|夸大|商业宣传|商业推广|商业性")


@dataclass(frozen=True)
class Basis:
    """A legal basis: 广告法第十六条第（一）项, what it says, and whether its text was read."""

    law: str
    article: str
    says: str
    reads_as: str
    advice: str
    second_hand: bool

    @property
    def cited(self) -> str:
        """Law and article in one."""
        return f"{self.law}{self.article}"


@dataclass(frozen=True)
class Moment:
    """When words stood on screen, in seconds."""

    from_s: float
    to_s: float


@dataclass(frozen=True)
class RemarkRow:
    """A remark, ready to show. `alike` tells which remarks of one work are on the same words."""

    id: int
    version: int
    entry: UUID
    work: str
    unit: str
    number: str
    place: str
    on_screen: bool
    before: str
    words: str
    behind: str
    alike: str
    times: int
    moments: tuple[Moment, ...]
    bases: tuple[Basis, ...]
    clear: bool
    decision: str
    decision_name: str
    reason: str
    decided_by: str
    decided_at: datetime | None

    @property
    def open(self) -> bool:
        """Whether a person still has to decide."""
        return not self.decision


@dataclass(frozen=True)
class Asked:
    """What of the desk is looked at. `state` is one of `STATES` or empty for all of them."""

    state: str = OPEN
    law: str = ""
    work: UUID | None = None
    page: int = 1


@dataclass(frozen=True)
class Desk:
    """A page of the desk, with how many remarks each choice would show."""

    rows: tuple[RemarkRow, ...]
    total: int
    states: Mapping[str, int]
    laws: Mapping[str, int]
    work: str


@dataclass(frozen=True)
class Clause:
    """A demand of the contest's own rules that a person judges, as it stands in the notice."""

    text: str
    section: str
    words: str


@dataclass(frozen=True)
class Hint:
    """A remark in plain words for those who made the work. `asked` by a person to be changed."""

    text: str
    asked: bool
    reason: str


def desk(*, contest: Contest, user: User, asked: Asked) -> Desk:
    """A contest's remarks as asked, those of one work together. 4 SQL, 1 more for one work.

    Raises `NotPermitted` for anybody but reviewers and organisers.
    """
    require_deciding(user, contest)
    rows = shown_in(contest)
    work = ""
    if asked.work:
        rows = rows.filter(entry=asked.work)
        work = str(
            Entry.objects.filter(pk=asked.work, contest=contest)
            .values_list("title", flat=True)
            .first()
            or ""
        )
    of_law = rows.filter(law=asked.law) if asked.law else rows
    chosen = in_state(of_law, asked.state)
    states = {
        str(each["decision"] or OPEN): each["n"]
        for each in of_law.values("decision").order_by().annotate(n=Count("pk"))
    }
    counted = in_state(rows, asked.state).values("law").order_by().annotate(n=Count("pk"))
    start = (max(1, asked.page) - 1) * PER_PAGE
    found = (
        chosen.select_related("entry__unit", "decided_by").order_by(
            F("entry__submitted_at").desc(nulls_last=True), "entry_id", "weight", "alike", "pk"
        )
    )[start : start + PER_PAGE]
    return Desk(
        rows=tuple(row_of(each) for each in found),
        total=states.get(asked.state, 0) if asked.state else sum(states.values()),
        states=states,
        laws={str(each["law"]): each["n"] for each in counted},
        work=work,
    )


def remarks_of(*, entry: Entry, user: User) -> list[RemarkRow]:
    """The remarks on one work, open ones first, for the review page. 2 SQL.

    Raises `NotPermitted` for anybody but reviewers and organisers.
    """
    require_deciding(user, entry.contest)
    told = [row_of(each) for each in _OF_WORK(entry=entry.pk)]
    return sorted(told, key=lambda row: (not row.open, not row.clear, row.id))


def hints_for(*, entry: Entry, rules: Rules) -> list[Hint]:
    """What those who made the work are told, at most `MOST_HINTS`. 1 SQL.

    The caller has asked whether they may see it. While they write, the form's texts are read as they
    stand now; of files, and of a work that lies with the office, what was read when it came in. What a
    person found fit to stay is not mentioned.
    """
    rows = _HINTS(entry=entry.pk)
    settled = {
        row.key for row in rows if row.decision in (Remark.Decision.KEEP, Remark.Decision.UNRELATED)
    }
    told: dict[str, Hint] = {}
    writing = entry.state in WRITABLE
    asked = {row.key: row for row in rows if row.decision == Remark.Decision.CHANGE}
    if writing:
        texts = (
            replace(each, text=each.text[:_LONGEST_LIVE])
            for each in written(entry.title, entry.fields, track_of_entry(entry, rules))
        )
        for one in remarks(texts, (), names_around(entry, rules)):
            if one.key not in settled:
                row = asked.get(one.key)
                told[one.key] = _hint(one.place_name, one.words, one.bases[0], row)
    for row in rows:
        in_file = row.place.startswith(("file:", "caption:"))
        if row.key not in settled and row.key not in told and (in_file or not writing):
            told[row.key] = _hint(_where(row), row.words, row.bases[0], asked.get(row.key))
    return sorted(told.values(), key=lambda hint: not hint.asked)[:MOST_HINTS]


_HINTS = Prepared(lambda: Remark.objects.filter(entry=Given("entry"), current=True)[:MOST_REMARKS])
_OF_WORK = Prepared(
    lambda: Remark.objects.filter(entry=Given("entry"), current=True).select_related(
        "entry__unit", "decided_by"
    )[:MOST_REMARKS]
)


def clauses_on_wording(rules: Rules) -> tuple[Clause, ...]:
    """What the contest's own rules demand of publicity and leave to a person."""
    slots = (slot for track in rules.tracks for slot in track.slots)
    every: Iterable[Requirement] = (
        *rules.requirements,
        *(each for slot in slots for each in slot.requirements),
    )
    fitting = {
        each.text: Clause(each.text, each.cite.section, each.cite.words)
        for each in every
        if each.checked_by == "human" and _ABOUT.search(f"{each.text}{each.cite.words}")
    }
    return tuple(fitting.values())


def laws() -> dict[str, str]:
    """The sources of the lexicons by id: what the desk can be filtered by."""
    return {term.source.id: term.source.short for term in wording.shipped().terms}


def names_around(entry: Entry, rules: Rules) -> list[str]:
    """Names that a work may hold without claiming anything: contest, unit, issuer, themes."""
    track = track_of_entry(entry, rules)
    themes = [each.name for each in track.themes.options] if track.themes else []
    organisers = [each.name for each in rules.organisers]
    awards = [each.name for each in rules.awards]
    named = [
        *(entry.contest.title, rules.title, rules.short_title, rules.theme, rules.issuer),
        *(entry.unit.name, *organisers, *themes, *awards),
    ]
    return [each for each in named if len(each) >= 2]


def shown_in(contest: Contest) -> QuerySet[Remark]:
    """The remarks of a contest's works that were handed in, as their texts stand now."""
    return Remark.objects.filter(
        entry__contest=contest, entry__state__in=_SHOWN_STATES, current=True
    )


def in_state(rows: QuerySet[Remark], state: str) -> QuerySet[Remark]:
    """Those of one of `STATES`; all for an empty one."""
    if not state:
        return rows
    return rows.filter(Q(decision="" if state == OPEN else state))


def row_of(row: Remark) -> RemarkRow:
    """A remark ready to show; its entry, unit and decider are read already."""
    by = row.decided_by
    return RemarkRow(
        id=row.pk,
        version=row.version,
        entry=row.entry_id,
        work=row.entry.title or "未命名作品",
        unit=row.entry.unit.name,
        number=row.entry.number,
        place=row.place_name,
        on_screen=bool(row.moments),
        before=row.before,
        words=row.words,
        behind=row.behind,
        alike=row.alike,
        times=row.times,
        moments=tuple(
            Moment(float(Fraction(began)), float(Fraction(ended))) for began, ended in row.moments
        ),
        bases=tuple(_basis(each) for each in row.bases),
        clear=row.weight == "clear",
        decision=row.decision,
        decision_name=str(Remark.Decision(row.decision).label) if row.decision else "",
        reason=row.reason,
        decided_by=(by.get_full_name() or by.username) if by else "",
        decided_at=row.decided_at,
    )


def _basis(told: Mapping[str, Any]) -> Basis:
    return Basis(
        told["law"],
        told["article"],
        told["says"],
        told["reads_as"],
        told["advice"],
        told["status"] != "verified",
    )


def _where(row: Remark) -> str:
    if not row.moments:
        return row.place_name
    seconds = int(Fraction(row.moments[0][0]))
    name, moment = row.place_name, f"{seconds // 60}:{seconds % 60:02d}"
    for beside, what in ((SUBTITLES, "的字幕"), (SPEECH, "的讲话")):
        if name.endswith(beside):
            return f"{name.removesuffix(beside)} {moment} 处{what}"
    return f"{name} {moment} 处的画面文字"


def _hint(where: str, words: str, basis: Mapping[str, Any], asked: Remark | None) -> Hint:
    cited = f"{basis['law']}{basis['article']}"
    text = wording.plainly(
        words, where=where, reads_as=basis["reads_as"], basis=cited, advice=basis["advice"]
    )
    return Hint(text, asked is not None, asked.reason if asked is not None else "")
