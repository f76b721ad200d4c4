"""What one judge has to mark in a round, asked of the database and never read whole.

The same rules as `panel` with `core.assignment`, which say why; here they choose rows: a work takes
part while it stands accepted (after the seal: if it was ranked), and one's own unit's and declared
works are not one's own to mark.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db.models import (
    Exists,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    prefetch_related_objects,
)

from fengcai.apps.contests.queries import rules_at, without_texts
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.apps.judging.models import Commitment, Conflict, Round, RoundEntry, ScoreSheet, Seat
from fengcai.apps.judging.panel import Panel, arrange, rule_of, scheme_of
from fengcai.apps.people.models import User
from fengcai.core.rulebook import Round as RoundRule
from fengcai.core.rulebook import Rules
from fengcai.core.scoring import Scheme


@dataclass(frozen=True)
class Reach:
    """One judge in one round."""

    round: Round
    seat: Seat
    rules: Rules
    rule: RoundRule
    units: tuple[int, ...]
    conflicts: tuple[Conflict, ...]

    @cached_property
    def scheme(self) -> Scheme:
        """The scheme in core's exact form."""
        return scheme_of(self.rule)

    @property
    def standing(self) -> QuerySet[RoundEntry]:
        """The works that take part."""
        works = RoundEntry.objects.filter(round=self.round)
        ranking = None if self.round.state == Round.State.OPEN else self.round.ranking
        if ranking is None:
            return works.filter(entry__state=State.ACCEPTED)
        return works.filter(entry__in=[one["work"] for one in ranking["standings"]])

    @property
    def barred(self) -> Q:
        """Which of them the judge must not mark; of nothing, if it is none."""
        declared = [row.entry_id for row in self.conflicts]
        own = Q(entry__unit__in=self.units) if self.units and self.rule.recuse_own_unit else Q()
        return own | (Q(entry__in=declared) if declared else Q())

    @property
    def due(self) -> QuerySet[RoundEntry]:
        """The works that the judge has to mark, in their order."""
        rows = self.standing.exclude(self.barred) if self.barred else self.standing
        return rows.order_by("number")

    @cached_property
    def recused(self) -> list[RoundEntry]:
        """The others, as cards need them. 1 SQL, none where there can be none."""
        if not self.barred:
            return []
        return list(for_cards(self.standing.filter(self.barred)).order_by("number"))

    def marked(self, rows: QuerySet[RoundEntry]) -> QuerySet[RoundEntry]:
        """`rows` with the judge's own sheet joined as `mine`, of nothing where there is none."""
        mine = FilteredRelation(
            "entry__sheets",
            condition=Q(entry__sheets__round=self.round, entry__sheets__judge=self.seat.judge_id),
        )
        return rows.annotate(mine=mine)

    def unfinished(self) -> QuerySet[RoundEntry]:
        """Of the works due those whose sheet wants marks still."""
        whole = ScoreSheet.objects.filter(
            round=self.round,
            judge=self.seat.judge_id,
            entry=OuterRef("entry"),
            marked__gte=len(self.scheme.criteria),
        )
        return self.due.filter(~Exists(whole))

    def progress(self) -> Progress:
        """How many works take part, are due and are done. 4 SQL on indices, 3 after `recused`.

        What takes no part is counted and taken off: nearly always it is the smaller part.
        """
        full = len(self.scheme.criteria)
        done = ScoreSheet.objects.filter(
            round=self.round, judge=self.seat.judge_id, marked__gte=full
        )
        if self.round.state != Round.State.OPEN:
            works, due = self.standing.count(), self.due.count()
            return Progress(works, due, due - self.unfinished().count())
        gone = fallen(self.round)
        fell = gone.count()
        works = RoundEntry.objects.filter(round=self.round).count() - fell
        barred = self._barred_ids()
        lost = done.filter(entry__in=barred).count() if barred else 0
        lost += done.filter(entry__in=gone).count() if fell else 0
        return Progress(works, works - len(barred), done.count() - lost)

    def _barred_ids(self) -> list[UUID]:
        if "recused" in self.__dict__:  # read already
            return [row.entry_id for row in self.recused]
        if not self.barred:
            return []
        return list(self.standing.filter(self.barred).values_list("entry_id", flat=True))

    def panel(self, works: Iterable[RoundEntry]) -> Panel:
        """These works, read with their entries, with the reasons of each recusal. No SQL."""
        return arrange(
            self.round, self.rules, seats=[self.seat], works=list(works), conflicts=self.conflicts
        )


@dataclass(frozen=True)
class Progress:
    """Works that take part, those the judge has to mark, and those marked in full."""

    works: int
    due: int
    done: int


def for_cards(rows: QuerySet[RoundEntry]) -> QuerySet[RoundEntry]:
    """`rows` with what a card tells of a work, without the texts that its unit wrote."""
    return rows.select_related("entry__unit").only(
        *("round", "number", "entry", "entry__title", "entry__track", "entry__themes"),
        *("entry__unit", "entry__unit__name"),
    )


def fallen(round: Round) -> QuerySet[Entry]:
    """The works of an open round that lost their acceptance and take no part."""
    # Exists, not a join: from the few that are not accepted into the round, on two indices.
    return Entry.objects.filter(
        Exists(RoundEntry.objects.filter(round=round, entry=OuterRef("pk"))),
        contest=round.contest_id,
        state__in=[state for state in State if state != State.ACCEPTED],
    )


def reach_of(round: Round, seat: Seat) -> Reach:
    """What this judge has to do in this round. 2 SQL."""
    rules = rules_at(round.rulebook)
    prefetch_related_objects([seat], "units")
    conflicts = Conflict.objects.filter(round=round, judge=seat.judge_id, withdrawn_at=None)
    return Reach(
        round=round,
        seat=seat,
        rules=rules,
        rule=rule_of(rules, round.round_id),
        units=tuple(unit.pk for unit in seat.units.all()),
        conflicts=tuple(conflicts),
    )


def within_reach(user: User, entry: Entry) -> bool:
    """Whether `user` may see the work's files as a judge: seated in a round with it, promise
    signed, not recused, the work still part of it. 1 SQL."""
    mine = Q(judge=user, round=OuterRef("round"))
    seats = Seat.objects.filter(mine, excused_at=None)
    places = (
        RoundEntry.objects.filter(Exists(seats), entry=entry)
        .filter(Exists(Commitment.objects.filter(mine)))
        .exclude(Exists(Conflict.objects.filter(mine, entry=entry, withdrawn_at=None)))
        .annotate(own=Exists(seats.filter(units=entry.unit_id)))
        .select_related("round__rulebook")
    )
    for place in without_texts(places, "round__rulebook"):
        rule = rule_of(rules_at(place.round.rulebook), place.round.round_id)
        if place.own and rule.recuse_own_unit:
            continue
        if place.round.ranking is None:
            part = entry.state == State.ACCEPTED
        else:
            part = any(one["work"] == str(entry.pk) for one in place.round.ranking["standings"])
        if part:
            return True
    return False
