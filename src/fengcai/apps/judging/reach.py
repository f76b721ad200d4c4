"""What one judge has to mark in a round, asked of the database and never read whole.

The same rules as `panel` with `core.assignment`, which say why; here they choose rows: a work takes
part while it stands accepted (after the seal: if it was ranked), and one's own unit's and declared
works are not one's own to mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from fengcai.apps.contests.queries import rules_at, without_texts
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.apps.judging import choosing
from fengcai.apps.judging import open_round as part
from fengcai.apps.judging.blind import (
    RECUSED,
    identifying,
    is_blind,
    plain_filename,
    veiled,
)
from fengcai.apps.judging.choosing import FORM, GIVEN
from fengcai.apps.judging.models import Assignment, Commitment, Conflict, Round, RoundEntry, Seat
from fengcai.apps.judging.open_round import Progress, tally, values_for, values_of
from fengcai.apps.judging.panel import (
    NO_PANEL,
    NOT_SHARED_YET,
    panel_id,
    panels_in,
    per_entry,
    rule_of,
    scheme_in,
)
from fengcai.apps.judging.rules import NO_SEAT
from fengcai.apps.people.models import User
from fengcai.apps.prepared import Prepared
from fengcai.apps.refusals import NotFound
from fengcai.apps.releases.standing import unwatchable
from fengcai.core.assignment import eligible_pairs
from fengcai.core.rulebook import Round as RoundRule
from fengcai.core.rulebook import Rules
from fengcai.core.scoring import Scheme


@dataclass(frozen=True)
class Sheet:
    """A judge's own marks for a work, as they were saved last; version 0 is none."""

    values: dict[str, str]
    comment: str
    version: int


@dataclass(frozen=True)
class Place:
    """A work in a round as one judge's card needs it, without the texts that its unit wrote."""

    entry_id: UUID
    number: int
    title: str
    track: str
    themes: tuple[str, ...]
    unit_id: int
    unit: str
    own: bool
    """Whether it is of a unit that counts as the judge's own."""
    declared: str | None
    """The interest in it that the judge declared."""
    found: str | None
    """The interest in it that the rules found."""
    sheet: Sheet


@dataclass(frozen=True)
class Reach:
    """One judge at the seat in one round, with promise and signature as they stand."""

    round: Round
    seat: Seat
    promised: bool
    handed_in_at: datetime | None
    rules: Rules
    rule: RoundRule

    @cached_property
    def scheme(self) -> Scheme:
        """The scheme in core's exact form, with the lines that this judge marks."""
        whole = scheme_in(self.rules, self.round.round_id)
        return whole.for_panel(panel_id(self.rule, self.seat))

    @property
    def many(self) -> int | None:
        """How many judges mark each work of this judge's panel; None where all of them do."""
        return per_entry(self.round, self.rules, self.rule, panel_id(self.rule, self.seat))

    @property
    def shared(self) -> bool:
        """Whether the judge's panel shares its works out."""
        return self.many is not None

    @cached_property
    def waits(self) -> str:
        """Why there is nothing to mark for this judge yet; empty where there is. 1 SQL where works
        are shared out."""
        lines = scheme_in(self.rules, self.round.round_id).panels
        if lines and panel_id(self.rule, self.seat) not in lines:
            return NO_PANEL
        fixed = not self.shared or Assignment.objects.filter(round=self.round).exists()
        return "" if fixed else NOT_SHARED_YET

    @property
    def panel_name(self) -> str:
        """What the judge's panel is called, where the round tells several apart; else empty."""
        return panels_in(self.rules, self.rule).get(panel_id(self.rule, self.seat), "")

    @cached_property
    def values(self) -> dict[str, Any]:
        """What the parts of `open_round` want."""
        return values_of(
            self.round,
            self.seat,
            full=len(self.scheme.criteria),
            recuse_own_unit=self.rule.recuse_own_unit,
        )

    @cached_property
    def blind(self) -> bool:
        """Whether the judge is told neither units nor authors."""
        return is_blind(self.rules, self.rule, panel_id(self.rule, self.seat))

    @property
    def ranked(self) -> list[UUID] | None:
        """The works that were ranked, once the round is sealed."""
        ranking = None if self.round.state == Round.State.OPEN else self.round.ranking
        return None if ranking is None else [UUID(one["work"]) for one in ranking["standings"]]

    def recused(self) -> list[Place]:
        """The works that take part and are not the judge's to mark. 1 SQL."""
        return self.places(choosing.RECUSED[self.blind].of(self))

    def every(self) -> list[Place]:
        """The works that take part, in their order; where works are shared out, the judge's own. 1 SQL."""
        return self.places(choosing.EVERY[self.blind].of(self))

    def page(self, begin: int, end: int) -> list[Place]:
        """The works due from `begin` to `end`. 2 SQL: the keys of the page along the index, then
        what stands there; joined at once, a database may sort the whole round."""
        keys = choosing.DUE.of(self, begin, end)
        return self.places(choosing.THESE[self.blind](keys=keys, **self.values))

    def places(self, rows: Iterable[Sequence[Any]]) -> list[Place]:
        """Rows of `choosing.told` as places, veiled where the judge is blind. No SQL."""
        if self.blind:
            return [self.veiled(*values)[0] for values in rows]
        return [place_of(*values) for values in rows]

    def veiled(self, *values: Any) -> tuple[Place, tuple[str, ...]]:
        """A place from the values of `choosing.told`, without what says whose the work
        is; and the words that say it. No SQL."""
        place, (fields, above) = place_of(*values[: -len(FORM)]), values[-len(FORM) :]
        words = identifying(self.rules, place.track, fields, (place.unit, above or ""))
        return replace(place, title=veiled(place.title, words), unit=""), words

    def progress(self) -> Progress:
        """How many works take part, are due and are done. 1 SQL; 3 once the round is sealed."""
        if self.round.state == Round.State.OPEN:
            return tally(self.values, shared=self.shared)
        every = (choosing.STANDING, choosing.DUE, choosing.UNFINISHED)
        works, due, left = (each.rows(self).count() for each in every)
        return Progress(works, due, due - left)

    def reasons(self, found: Iterable[Place]) -> dict[UUID, tuple[str, ...]]:
        """Why the judge may not mark these works; empty where he may. No SQL."""
        works, judge = list(found), self.seat.label
        matrix = eligible_pairs(
            [{"id": judge, "units": list({str(one.unit_id) for one in works if one.own})}],
            [{"id": str(one.entry_id), "unit": str(one.unit_id)} for one in works],
            recuse_own_unit=self.rule.recuse_own_unit,
            declared=[
                {
                    "judge": judge,
                    "work": str(one.entry_id),
                    "reason": reason,
                    "found": reason is one.found,
                }
                for one in works
                for reason in (one.found, one.declared)
                if reason is not None
            ],
        )
        if self.blind:
            own = {str(one.entry_id) for one in works if one.declared is not None}
            return {
                UUID(pair.work): (RECUSED,)
                if pair.reasons and pair.work not in own
                else pair.reasons
                for pair in matrix.pairs
            }
        return {UUID(pair.work): pair.reasons for pair in matrix.pairs}


def place_of(
    entry: UUID,
    number: int,
    title: str,
    track: str,
    themes: list[str],
    unit: int,
    name: str,
    own: bool | None,
    why: str | None,
    found: str | None,
    marks: dict[str, str] | None,
    comment: str | None,
    version: int | None,
) -> Place:
    """A place from the values of `choosing.told`."""
    sheet = Sheet(marks or {}, comment or "", version or 0)
    shown = title or "未命名作品"
    return Place(
        *(entry, number, shown, track, tuple(themes), unit, name),
        *(bool(own), why, found, sheet),
    )


def fallen(round: Round) -> QuerySet[Entry]:
    """The works of an open round that lost their acceptance and take no part."""
    # Exists, not a join: from the few that are not accepted into the round, on two indices.
    return Entry.objects.filter(
        Exists(RoundEntry.objects.filter(round=round, entry=OuterRef("pk"))),
        contest=round.contest_id,
        state__in=part.LOST,
        number__gt="",  # it has one since its acceptance; the others are never looked up
    )


def reach_of(round: Round, user: User) -> Reach:
    """What this judge has to do in this round. Raises `NotFound` for anybody else. 1 SQL."""
    values = values_for(round, user.pk)
    seat: Any = _SEAT.first(**values) if user.is_active else None  # with two values more
    if seat is None:
        raise NotFound(NO_SEAT)
    rules = rules_at(round.rulebook)
    return Reach(
        round=round,
        seat=seat,
        promised=seat.promised,
        handed_in_at=seat.signed_at,
        rules=rules,
        rule=rule_of(rules, round.round_id),
    )


def _seat() -> QuerySet[Seat]:
    rows = Seat.objects.filter(round=GIVEN["round"], judge=GIVEN["judge"], excused_at=None)
    return rows.annotate(promised=part.PROMISED.of(GIVEN), signed_at=part.SIGNED_AT.of(GIVEN))


_SEAT = Prepared(_seat)


def within_reach(user: User, entry: Entry) -> bool:
    """Whether `user` may see the work's files as a judge: seated in a round with it, promise
    signed, not recused, the work still part of it. 1 SQL."""
    return next(_reaching(user, entry), None) is not None


def name_for_judge(user: User, entry: Entry, filename: str) -> str:
    """What a file of the work is called for this judge: its own name, or one that tells nothing
    where any panel on which he sees it is blind. 1 SQL."""
    for place, rules, rule in _reaching(user, entry):
        if is_blind(rules, rule, place.panel):
            return plain_filename(place.number, filename)
    return filename


def _reaching(user: User, entry: Entry) -> Iterator[tuple[Any, Rules, RoundRule]]:
    """The work's places in the rounds in which `user` may see it as a judge, with their rules; none while
    somebody on screen says otherwise."""
    mine = Q(judge=user, round=OuterRef("round"))
    seats = Seat.objects.filter(mine, excused_at=None)
    places = (
        RoundEntry.objects.filter(Exists(seats), entry=entry)
        .filter(Exists(Commitment.objects.filter(mine)))
        .exclude(Exists(Conflict.objects.filter(mine, entry=entry, withdrawn_at=None)))
        .exclude(Exists(unwatchable(timezone.now()).filter(entry=entry)))
        .annotate(
            own=Exists(seats.filter(units=entry.unit_id)),
            panel=Subquery(seats.values("panel")[:1]),
            given=Exists(Assignment.objects.filter(mine, entry=entry, ended_at=None)),
        )
        .select_related("round__rulebook")
    )
    for place in without_texts(places, "round__rulebook"):
        rules = rules_at(place.round.rulebook)
        rule = rule_of(rules, place.round.round_id)
        if place.own and rule.recuse_own_unit:
            continue
        many = per_entry(place.round, rules, rule, place.panel or rule.panel_id or "")
        if many is not None and not place.given:
            continue
        if place.round.ranking is None:
            part = entry.state == State.ACCEPTED
        else:
            part = any(one["work"] == str(entry.pk) for one in place.round.ranking["standings"])
        if part:
            yield place, rules, rule
