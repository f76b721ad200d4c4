"""What a judge sees: the rounds, the stack of works, one work with its film and the score sheet.

Before the promise is signed nothing of any work is told, not even a title.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import rules_at, without_texts
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.apps.entries.owed import theme_names
from fengcai.apps.judging.models import Conflict, Note, Round, RoundEntry, ScoreSheet, Seat
from fengcai.apps.judging.panel import Panel, panel_of, promise_text
from fengcai.apps.judging.reach import Progress, Reach, for_cards, reach_of, within_reach
from fengcai.apps.judging.rules import handed_in, has_promised, require_promise, require_seat
from fengcai.apps.judging.showing import Film, films_of, texts_of
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, NotPermitted
from fengcai.core.rulebook import Citation, Rules, Window
from fengcai.core.scoring import exact, show
from fengcai.core.scoring.sheet import read_sheet, total

BESIDE = 15
"""How many works the strip beside an open one shows before and after it."""

SHOWN_OF_FILES = (
    *("entry", "slot", "version", "current", "asset"),
    *("asset__filename", "asset__facts", "asset__poster_key", "asset__sprite_key"),
)
"""What a card tells of a work's files."""

STATES = {"todo": "未评", "partial": "评了一部分", "done": "已评", "recused": "回避"}
"""What a card's states are called."""


@dataclass(frozen=True)
class CriterionRow:
    """One line of the score sheet as the page shows it; numbers are plain decimals in text."""

    id: str
    name: str
    description: str
    min: str
    max: str
    step: str
    weight: str
    cite: Citation


@dataclass(frozen=True)
class Card:
    """A work in the judge's stack. `state`: todo | partial | done | recused, with `why`."""

    entry_id: UUID
    number: int
    title: str
    unit: str
    themes: tuple[str, ...]
    film: UUID | None
    has_poster: bool
    duration: Fraction | None
    state: str
    why: str
    own_conflict: bool
    marked: int
    total: str | None
    values: dict[str, str]
    comment: str
    sprite: dict[str, Any] | None

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return STATES[self.state]


@dataclass(frozen=True)
class Stack:
    """A judge's desk in one round. `cards` is empty until the promise is signed."""

    round: Round
    contest: Contest
    name: str
    cite: Citation
    window: Window | None
    criteria: tuple[CriterionRow, ...]
    full: str
    promise: str
    promised: bool
    handed_in_at: datetime | None
    sealed: bool
    works: int
    cards: tuple[Card, ...]

    @property
    def due(self) -> list[Card]:
        """The works that this judge has to mark."""
        return [card for card in self.cards if card.state != "recused"]

    @property
    def done(self) -> int:
        """How many of them are fully marked."""
        return sum(1 for card in self.due if card.state == "done")

    @property
    def left(self) -> int:
        """How many are still to be marked."""
        return len(self.due) - self.done

    @property
    def locked(self) -> bool:
        """Whether marks can no longer be changed here."""
        return self.sealed or self.handed_in_at is not None


@dataclass(frozen=True)
class NoteRow:
    """A private note at `seconds` of the film."""

    id: int
    seconds: Decimal
    text: str


@dataclass(frozen=True)
class Step:
    """A work beside the one that is open. `state`: todo | partial | done."""

    entry_id: UUID
    number: int
    title: str
    state: str

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return STATES[self.state]


@dataclass(frozen=True)
class Work:
    """One work on the judge's desk: film, what the unit wrote, the sheet, the notes, neighbours."""

    round: Round
    contest: Contest
    name: str
    card: Card
    films: tuple[Film, ...]
    texts: tuple[tuple[str, str], ...]
    criteria: tuple[CriterionRow, ...]
    full: str
    values: dict[str, str]
    comment: str
    version: int
    notes: tuple[NoteRow, ...]
    locked: bool
    sealed: bool
    progress: Progress
    strip: tuple[Step, ...]
    previous: UUID | None
    following: UUID | None
    next_todo: UUID | None


@dataclass(frozen=True)
class JudgeRound:
    """A round in which somebody has a seat, for his list of desks."""

    round: Round
    contest: Contest
    name: str
    promised: bool
    handed_in: bool


def judge_rounds(user: User) -> list[JudgeRound]:
    """The rounds in which `user` judges, newest first. 3 SQL."""
    seats = list(
        without_texts(
            Seat.objects.filter(judge=user, excused_at=None).select_related(
                "round__contest", "round__rulebook"
            ),
            "round__rulebook",
        ).order_by("-round__opened_at")
    )
    promised = set(user_rounds(user, "commitments"))
    signed = set(user_rounds(user, "hand_ins", hand_ins__reopened_at=None))
    return [
        JudgeRound(
            round=seat.round,
            contest=seat.round.contest,
            name=_rule_name(rules_at(seat.round.rulebook), seat.round.round_id),
            promised=seat.round_id in promised,
            handed_in=seat.round_id in signed,
        )
        for seat in seats
    ]


def user_rounds(user: User, relation: str, **conditions: Any) -> Sequence[int]:
    """The rounds in which `user` has a row of `relation` (commitments, hand_ins). 1 SQL."""
    named = {f"{relation}__judge": user, **conditions}
    return list(Round.objects.filter(**named).values_list("pk", flat=True))


def judge_stack(*, round: Round, user: User) -> Stack:
    """The judge's own stack. Raises `NotFound` for anybody without a seat. At most 10 SQL."""
    seat = require_seat(user, round)
    panel = panel_of(round, seat=seat)
    promised = has_promised(seat)
    signed = handed_in(seat)
    return Stack(
        round=round,
        contest=round.contest,
        name=panel.rule.name,
        cite=panel.rule.cite,
        window=panel.rules.windows.get(panel.rule.window) if panel.rule.window else None,
        criteria=criteria_of(panel),
        full=show(panel.scheme.total),
        promise=promise_text(panel.rules),
        promised=promised,
        handed_in_at=signed.at if signed else None,
        sealed=round.state == Round.State.SEALED,
        works=len(panel.works),
        cards=tuple(_cards(panel, seat, _declared(seat))) if promised else (),
    )


def judge_work(*, round: Round, user: User, entry_id: UUID) -> Work:
    """One work of the judge's stack, with its neighbours in it. At most 18 SQL, as a rule 14.

    Raises `NotFound` for strangers, `NotPermitted` before the promise and for a recused work.
    """
    seat = require_seat(user, round)
    require_promise(seat)
    reach = reach_of(round, seat)
    place = reach.standing.filter(entry=entry_id).select_related("entry__unit").first()
    if place is None:
        raise NotFound("这一轮评审中没有这件作品。")
    panel = reach.panel([place])
    if why := panel.reasons[seat.judge_id, entry_id]:
        raise NotPermitted(f"这件作品您须回避，不能观看和评分。{''.join(why)}")
    versions = FileVersion.objects.filter(entry=entry_id, current=True).select_related("asset")
    films = films_of(panel.rules, place.entry.track, versions)
    sheet = ScoreSheet.objects.filter(round=round, judge=user, entry_id=entry_id).first()
    strip = _strip(reach, place)
    here = next(index for index, step in enumerate(strip) if step.entry_id == entry_id)
    notes = Note.objects.filter(round=round, judge=user, entry_id=entry_id)
    return Work(
        round=round,
        contest=round.contest,
        name=panel.rule.name,
        card=_card(panel, place, (), sheet, films, False),
        films=films,
        texts=texts_of(panel.rules, place.entry.track, place.entry.fields),
        criteria=criteria_of(panel),
        full=show(panel.scheme.total),
        values=dict(sheet.values) if sheet else {},
        comment=sheet.comment if sheet else "",
        version=sheet.version if sheet else 0,
        notes=tuple(NoteRow(note.pk, note.seconds, note.text) for note in notes),
        locked=round.state == Round.State.SEALED or handed_in(seat) is not None,
        sealed=round.state == Round.State.SEALED,
        progress=reach.progress(),
        strip=strip,
        previous=strip[here - 1].entry_id if here else None,
        following=strip[here + 1].entry_id if here + 1 < len(strip) else None,
        next_todo=_next_todo(reach, place, strip[here + 1 :]),
    )


def _strip(reach: Reach, place: RoundEntry) -> tuple[Step, ...]:
    """The works due around this one, at most `BESIDE` on either side. 2 SQL."""
    with_marks: Any = reach.marked(reach.due)  # "mine" is no field that types know of
    rows = with_marks.values_list("entry_id", "number", "entry__title", "mine__marked")
    before = rows.filter(number__lt=place.number).reverse()[:BESIDE]
    found = [*reversed(before), *rows.filter(number__gte=place.number)[: BESIDE + 1]]
    full = len(reach.scheme.criteria)
    return tuple(
        Step(
            entry_id=entry,
            number=number,
            title=title or "未命名作品",
            state="done" if (marks or 0) >= full else "partial" if marks else "todo",
        )
        for entry, number, title, marks in found
    )


def _next_todo(reach: Reach, place: RoundEntry, later: Sequence[Step]) -> UUID | None:
    """The next work that wants marks, from this one on and then from the first. 0 to 2 SQL."""
    near = next((step.entry_id for step in later if step.state != "done"), None)
    if near is not None:
        return near
    rows = reach.unfinished().exclude(entry=place.entry_id).values_list("entry_id", flat=True)
    return rows.filter(number__gt=place.number).first() or rows.first()


PER_PAGE = 48
"""How many works of a stack stand on a page."""

RECUSED_SHOWN = 24
"""How many works of one's own unit are named; those that one declared oneself are named always."""


@dataclass(frozen=True)
class Desk:
    """A page of a judge's desk: what a `Stack` tells, with the cards of one page only.

    `going` is the work to go on with: the first that has some of its marks, else the first without.
    """

    round: Round
    contest: Contest
    name: str
    cite: Citation
    window: Window | None
    criteria: tuple[CriterionRow, ...]
    full: str
    promise: str
    promised: bool
    handed_in_at: datetime | None
    sealed: bool
    progress: Progress
    cards: tuple[Card, ...]
    recused: tuple[Card, ...]
    recused_works: int
    """How many there are, named in `recused` or not."""
    going: Step | None
    number: int
    per_page: int

    @property
    def left(self) -> int:
        """How many works are still to be marked."""
        return self.progress.due - self.progress.done

    @property
    def locked(self) -> bool:
        """Whether marks can no longer be changed here."""
        return self.sealed or self.handed_in_at is not None


def judge_desk(*, round: Round, user: User, page: int = 1) -> Desk:
    """A page of the judge's own desk. Raises `NotFound` for anybody without a seat.

    At most 14 SQL, whatever the number of works. A page that does not exist is the nearest one.
    """
    seat = require_seat(user, round)
    reach = reach_of(round, seat)
    promised = has_promised(seat)
    out = reach.recused if promised else []
    progress = reach.progress()
    signed = handed_in(seat)
    pages = max(1, -(-progress.due // PER_PAGE))
    number = min(max(page, 1), pages)
    begin = (number - 1) * PER_PAGE
    shown = for_cards(reach.due)[begin : begin + PER_PAGE] if promised else []
    panel = reach.panel(shown)
    return Desk(
        round=round,
        contest=round.contest,
        name=panel.rule.name,
        cite=panel.rule.cite,
        window=panel.rules.windows.get(panel.rule.window) if panel.rule.window else None,
        criteria=criteria_of(panel),
        full=show(panel.scheme.total),
        promise=promise_text(panel.rules),
        promised=promised,
        handed_in_at=signed.at if signed else None,
        sealed=round.state == Round.State.SEALED,
        progress=progress,
        cards=tuple(_cards(panel, seat, reach.conflicts)) if promised else (),
        recused=tuple(_recused(reach, _named(reach, out))) if out else (),
        recused_works=len(out),
        going=_going(reach) if promised and progress.due > progress.done else None,
        number=number,
        per_page=PER_PAGE,
    )


def _named(reach: Reach, out: Sequence[RoundEntry]) -> list[RoundEntry]:
    declared = {conflict.entry_id for conflict in reach.conflicts}
    own = [place for place in out if place.entry_id not in declared][:RECUSED_SHOWN]
    return sorted(
        [*own, *(place for place in out if place.entry_id in declared)],
        key=lambda place: place.number,
    )


def _going(reach: Reach) -> Step | None:
    full = len(reach.scheme.criteria)
    begun = ScoreSheet.objects.filter(
        round=reach.round, judge=reach.seat.judge_id, marked__gt=0, marked__lt=full
    )
    rows = reach.due.filter(entry__in=begun.values("entry"))
    place = rows.first()
    state = "partial" if place else "todo"
    place = place or reach.unfinished().first()
    return Step(place.entry_id, place.number, "", state) if place else None


def may_watch_as_judge(user: User, entry: Entry) -> bool:
    """Whether `user` may see the work's files as a judge: seated in a round with it, promise
    signed, not recused. 1 SQL."""
    return within_reach(user, entry)


def criteria_of(panel: Panel) -> tuple[CriterionRow, ...]:
    """The score sheet's lines, ready to show."""
    return tuple(
        CriterionRow(
            id=one.id,
            name=one.name,
            description=one.description or "",
            min=_plain(one.min),
            max=_plain(one.max),
            step=_plain(one.step),
            weight=_plain(one.weight),
            cite=one.cite,
        )
        for one in panel.rule.scheme.criteria
    )


def _cards(panel: Panel, seat: Seat, conflicts: Iterable[Conflict]) -> list[Card]:
    """The stack's cards in the order of their numbers. 2 SQL."""
    ids = [row.entry_id for row in panel.works]
    sheets = {
        row.entry_id: row
        for row in ScoreSheet.objects.filter(
            round=panel.round, judge_id=seat.judge_id, entry__in=ids
        )
    }
    declared = {row.entry_id for row in conflicts}
    versions: dict[UUID, list[FileVersion]] = defaultdict(list)
    current = FileVersion.objects.filter(entry__in=ids, current=True).select_related("asset")
    for version in current.only(*SHOWN_OF_FILES):
        versions[version.entry_id].append(version)
    return [
        _card(
            panel,
            place,
            panel.reasons[seat.judge_id, place.entry_id],
            sheets.get(place.entry_id),
            films_of(panel.rules, place.entry.track, versions[place.entry_id]),
            place.entry_id in declared,
        )
        for place in panel.works
    ]


def _declared(seat: Seat) -> QuerySet[Conflict]:
    return Conflict.objects.filter(round=seat.round_id, judge=seat.judge_id, withdrawn_at=None)


def _recused(reach: Reach, places: Sequence[RoundEntry]) -> list[Card]:
    """The cards of works that are not the judge's to mark: what they are called and why. No SQL."""
    panel = reach.panel(places)
    declared = {row.entry_id for row in reach.conflicts}
    judge = reach.seat.judge_id
    return [
        _card(panel, row, panel.reasons[judge, row.entry_id], None, (), row.entry_id in declared)
        for row in places
    ]


def _card(
    panel: Panel,
    place: RoundEntry,
    reasons: tuple[str, ...],
    sheet: ScoreSheet | None,
    films: tuple[Film, ...],
    declared: bool,
) -> Card:
    values = sheet.values if sheet else {}
    marks, problems = read_sheet(panel.scheme, values) if values else ({}, ())
    complete = bool(values) and not problems
    state = "done" if complete else "partial" if values else "todo"
    names = theme_names(panel.rules, place.entry.track)
    film = films[0] if films else None
    return Card(
        entry_id=place.entry_id,
        number=place.number,
        title=str(place.entry),
        unit=place.entry.unit.name,
        themes=tuple(names.get(theme, theme) for theme in place.entry.themes),
        film=film.asset_id if film else None,
        has_poster=bool(film and film.has_poster),
        duration=film.duration if film else None,
        state="recused" if reasons else state,
        why="".join(reasons),
        own_conflict=declared,
        marked=sum(1 for one in panel.scheme.criteria if one.id in values),
        total=show(total(panel.scheme, marks)) if complete and not reasons else None,
        values={} if reasons else dict(values),
        comment=sheet.comment if sheet and not reasons else "",
        sprite=film.sprite if film else None,
    )


def _rule_name(rules: Rules, round_id: str) -> str:
    return next((rule.name for rule in rules.rounds if rule.id == round_id), round_id)


def _plain(value: Decimal) -> str:
    number = exact(value)
    assert number is not None
    return show(number)
