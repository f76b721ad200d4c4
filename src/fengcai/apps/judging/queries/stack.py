"""What a judge sees: the rounds, the stack of works, one work with its film and the score sheet.

Before the promise is signed nothing of any work is told, not even a title.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import rules_at, without_texts
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.apps.entries.owed import theme_names
from fengcai.apps.judging.models import Conflict, Note, Round, RoundEntry, ScoreSheet, Seat
from fengcai.apps.judging.panel import Panel, panel_of, promise_text
from fengcai.apps.judging.rules import handed_in, has_promised, require_promise, require_seat
from fengcai.apps.judging.showing import Film, films_of, texts_of
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotPermitted
from fengcai.core.rulebook import Citation, Rules, Window
from fengcai.core.scoring import check_sheet, exact, sheet_total, show


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
        names = {"todo": "未评", "partial": "评了一部分", "done": "已评", "recused": "回避"}
        return names[self.state]


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
        cards=tuple(_cards(panel, seat)) if promised else (),
    )


def judge_work(*, round: Round, user: User, entry_id: UUID) -> Work:
    """One work of the judge's stack, with its neighbours in it. At most 13 SQL.

    Raises `NotFound` for strangers, `NotPermitted` before the promise and for a recused work.
    """
    seat = require_seat(user, round)
    require_promise(seat)
    panel = panel_of(round, seat=seat)
    place = panel.place(entry_id)
    cards = _cards(panel, seat)
    card = next(each for each in cards if each.entry_id == entry_id)
    if card.state == "recused":
        raise NotPermitted(f"这件作品您须回避，不能观看和评分。{card.why}")
    due = [each for each in cards if each.state != "recused"]
    index = due.index(card)
    later = due[index + 1 :] + due[:index]
    sheet = ScoreSheet.objects.filter(round=round, judge=user, entry_id=entry_id).first()
    notes = Note.objects.filter(round=round, judge=user, entry_id=entry_id)
    return Work(
        round=round,
        contest=round.contest,
        name=panel.rule.name,
        card=card,
        films=films_of(
            panel.rules,
            place.entry.track,
            FileVersion.objects.filter(entry=place.entry, current=True).select_related("asset"),
        ),
        texts=texts_of(panel.rules, place.entry.track, place.entry.fields),
        criteria=criteria_of(panel),
        full=show(panel.scheme.total),
        values=dict(sheet.values) if sheet else {},
        comment=sheet.comment if sheet else "",
        version=sheet.version if sheet else 0,
        notes=tuple(NoteRow(note.pk, note.seconds, note.text) for note in notes),
        locked=round.state == Round.State.SEALED or handed_in(seat) is not None,
        previous=due[index - 1].entry_id if index else None,
        following=due[index + 1].entry_id if index + 1 < len(due) else None,
        next_todo=next((each.entry_id for each in later if each.state != "done"), None),
    )


def may_watch_as_judge(user: User, entry: Entry) -> bool:
    """Whether `user` may see the work's files as a judge: seated in a round with it, promise
    signed, not recused. At most 7 SQL for each round that has the work; there is mostly one."""
    places = without_texts(
        RoundEntry.objects.filter(entry=entry).select_related("round__rulebook"), "round__rulebook"
    )
    for place in places:
        seat = Seat.objects.filter(round=place.round, judge=user, excused_at=None).first()
        if seat is None or not has_promised(seat):
            continue
        panel = panel_of(place.round, seat=seat, work=entry.pk)
        # () is eligible; None is a work that lost its acceptance after the opening.
        if panel.reasons.get((user.pk, entry.pk)) == ():
            return True
    return False


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


def _cards(panel: Panel, seat: Seat) -> list[Card]:
    """The stack's cards in the order of their numbers. 3 SQL."""
    ids = [row.entry_id for row in panel.works]
    sheets = {
        row.entry_id: row
        for row in ScoreSheet.objects.filter(round=panel.round, judge_id=seat.judge_id)
    }
    declared = set(
        Conflict.objects.filter(
            round=panel.round, judge_id=seat.judge_id, withdrawn_at=None
        ).values_list("entry_id", flat=True)
    )
    versions: dict[UUID, list[FileVersion]] = defaultdict(list)
    current = FileVersion.objects.filter(entry__in=ids, current=True).select_related("asset")
    for version in current:
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


def _card(
    panel: Panel,
    place: RoundEntry,
    reasons: tuple[str, ...],
    sheet: ScoreSheet | None,
    films: tuple[Film, ...],
    declared: bool,
) -> Card:
    values = sheet.values if sheet else {}
    complete = bool(values) and not check_sheet(panel.scheme, values)
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
        total=show(sheet_total(panel.scheme, values)) if complete and not reasons else None,
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
