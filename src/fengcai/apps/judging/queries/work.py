"""One work on a judge's desk: its film, its words, the score sheet, private notes, neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from fengcai.apps.entries.models import Entry
from fengcai.apps.judging import choosing
from fengcai.apps.judging.blind import identifying, veiled
from fengcai.apps.judging.choosing import FORM
from fengcai.apps.judging.models import Note, Round
from fengcai.apps.judging.open_round import Progress
from fengcai.apps.judging.queries.cards import STATES, Card, cards_of
from fengcai.apps.judging.queries.head import Head, head_of
from fengcai.apps.judging.reach import (
    Place,
    Reach,
    name_for_judge,
    place_of,
    reach_of,
    within_reach,
)
from fengcai.apps.judging.rules import NO_PROMISE
from fengcai.apps.judging.showing import Film, films_of, texts_of
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, NotPermitted
from fengcai.apps.releases.standing import STOPPED, may_be_watched

BESIDE = 15
"""How many works the strip beside an open one shows before and after it."""


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
class Work(Head):
    """One work on the judge's desk: film, what the unit wrote, the sheet, the notes, neighbours."""

    card: Card
    films: tuple[Film, ...]
    stopped: str
    """Why nobody may watch it for now; empty where one may."""
    texts: tuple[tuple[str, str], ...]
    values: dict[str, str]
    comment: str
    version: int
    notes: tuple[NoteRow, ...]
    progress: Progress
    strip: tuple[Step, ...]
    previous: UUID | None
    following: UUID | None
    next_todo: UUID | None


def judge_work(*, round: Round, user: User, entry_id: UUID) -> Work:
    """One work of the judge's stack, with its neighbours in it. 7 SQL while the round is open, 9
    where the next work to mark has to be looked for; 1 more where works are shared out, and where there
    is no film.

    Raises `NotFound` for strangers, `NotPermitted` before the promise and for a recused work.
    """
    reach = reach_of(round, user)
    if not reach.promised:
        raise NotPermitted(NO_PROMISE)
    if reach.waits:
        raise NotPermitted(reach.waits)
    place, fields, words = _place(reach, entry_id)
    if why := reach.reasons([place])[entry_id]:
        raise NotPermitted(f"这件作品您须回避，不能观看和评分。{''.join(why)}")
    films = films_of(reach.rules, {entry_id: place.track}, "judges")
    if reach.blind:
        films = {id: tuple(replace(film, filename="") for film in own) for id, own in films.items()}
    (card,) = cards_of(reach, [place], films=films)
    strip = _strip(reach, place)
    here = next(index for index, step in enumerate(strip) if step.entry_id == entry_id)
    notes = Note.objects.filter(round=round, judge=user, entry=entry_id)
    return Work(
        **head_of(reach),
        card=card,
        films=films[entry_id],
        stopped="" if films[entry_id] or may_be_watched(entry_id, timezone.now()) else STOPPED,
        texts=tuple(
            (label, veiled(text, words))
            for label, text in texts_of(reach.rules, place.track, fields, "judges")
        ),
        values=dict(place.sheet.values),
        comment=place.sheet.comment,
        version=place.sheet.version,
        notes=tuple(NoteRow(*row) for row in notes.values_list("pk", "seconds", "text")),
        progress=reach.progress(),
        strip=strip,
        previous=strip[here - 1].entry_id if here else None,
        following=strip[here + 1].entry_id if here + 1 < len(strip) else None,
        next_todo=_next_todo(reach, place, strip[here + 1 :]),
    )


def _place(reach: Reach, entry_id: UUID) -> tuple[Place, dict[str, Any], tuple[str, ...]]:
    """The work's place, what its unit wrote, and what of it is hidden. Raises `NotFound`. 1 SQL."""
    row = next(iter(choosing.WORK.of(reach, 0, 1, entry=entry_id)), None)
    if row is None:
        raise NotFound("这一轮评审中没有这件作品。")
    fields = row[-len(FORM)]
    if reach.blind:
        place, words = reach.veiled(*row)
        return place, fields, words
    return place_of(*row[: -len(FORM)]), fields, ()


def _strip(reach: Reach, place: Place) -> tuple[Step, ...]:
    """The works due around this one, at most `BESIDE` on either side. 2 SQL."""
    before = choosing.BEFORE[reach.blind].of(reach, 0, BESIDE, number=place.number)
    after = choosing.ONWARD[reach.blind].of(reach, 0, BESIDE + 1, number=place.number)
    found = [*reversed(before), *after]
    full = len(reach.scheme.criteria)
    return tuple(
        Step(
            entry_id=entry,
            number=number,
            title=_title(reach, title, *more),
            state="done" if (marks or 0) >= full else "partial" if marks else "todo",
        )
        for entry, number, title, marks, *more in found
    )


def _title(
    reach: Reach, title: str, track: str = "", unit: str = "", fields: Any = None, above: str = ""
) -> str:
    if reach.blind:
        title = veiled(title, identifying(reach.rules, track, fields, (unit, above or "")))
    return title or "未命名作品"


def _next_todo(reach: Reach, place: Place, later: Sequence[Step]) -> UUID | None:
    """The next work that wants marks, from this one on and then from the first. 0 to 2 SQL."""
    near = next((step.entry_id for step in later if step.state != "done"), None)
    if near is not None:
        return near
    for works in (choosing.LATER, choosing.UNFINISHED):
        for entry, number in works.of(reach, 0, 2, number=place.number):
            if number != place.number:  # two are asked for: one may be this work itself
                found: UUID = entry
                return found
    return None


def may_watch_as_judge(user: User, entry: Entry) -> bool:
    """Whether `user` may see the work's files as a judge: seated in a round with it, promise
    signed, not recused, everybody on screen agreeing. 1 SQL."""
    return within_reach(user, entry)


def filename_for_judge(user: User, entry: Entry, filename: str) -> str:
    """What a file of a work is called where `user` gets it as a judge. 1 SQL."""
    return name_for_judge(user, entry, filename)
