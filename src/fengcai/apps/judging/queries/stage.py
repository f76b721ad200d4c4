"""The stage of a live round as the officer sees it: who comes when, how long it took, what it cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from fengcai.apps.contests.queries import rules_at
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.entries.scope import people_of, scope_of
from fengcai.apps.entries.states import State
from fengcai.apps.judging.models import Draw, PenaltyRecord, Performance, Round, RoundEntry
from fengcai.apps.judging.panel import rule_of
from fengcai.apps.judging.staging import (
    Side,
    bounds_of,
    left_to_choose,
    measured_penalties,
    missed,
    price_of,
    span_spoken,
    spoken,
)
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound
from fengcai.core.rulebook.rules import Live


@dataclass(frozen=True)
class StageRow:
    """A work on stage. `time` is empty before it is measured; `cost` says what it cost and why."""

    entry_id: UUID
    place: int
    title: str
    unit: str
    people: str
    seconds: Decimal | None
    time: str
    over: str
    """By how much it is outside the bounds; empty within."""
    badge: str
    """超时 or 不足; empty within the bounds."""
    cost: str
    gone: bool
    """Whether the work fell out of the round after the draw; its place stays empty."""


@dataclass(frozen=True)
class StagePage:
    """A live round: its rule, the draws (the last one stands), the works in their order."""

    round: Round
    name: str
    live: Live
    rows: tuple[StageRow, ...]
    draws: tuple[Draw, ...]
    limit: str
    """How long a work may take, in words; empty where nothing is measured."""
    questions: str
    penalty: str
    """The rule by which time costs points, in words; empty where there is none."""
    choose: bool
    """Whether several penalties stand against one side, so that a person has to record them."""
    open: bool

    @property
    def drawn(self) -> bool:
        """Whether the order of appearance stands."""
        return self.live.order != "draw" or bool(self.draws)

    @property
    def next(self) -> UUID | None:
        """The first work that is not measured yet."""
        rest = (row.entry_id for row in self.rows if row.seconds is None and not row.gone)
        return next(rest, None)

    @property
    def timed(self) -> int:
        """How many works were measured."""
        return sum(row.seconds is not None for row in self.rows if not row.gone)


def stage_page(*, round: Round, user: User) -> StagePage:
    """The stage of a live round. Raises `NotFound` where the rules know none. 6 SQL."""
    require_role(user, round.contest, Role.ORGANISER)
    rules = rules_at(round.rulebook)
    rule = rule_of(rules, round.round_id)
    if rule.live is None:
        raise NotFound("这一轮不是现场评审。")
    times = {
        row.entry_id: row.seconds
        for row in Performance.objects.filter(round=round, replaced_at=None)
    }
    costs = {
        row.entry_id: row
        for row in PenaltyRecord.objects.filter(
            round=round, withdrawn_at=None, performance__isnull=False
        )
    }
    rows = []
    for place in (
        RoundEntry.objects.filter(round=round).select_related("entry__unit").order_by("number")
    ):
        entry, seconds = place.entry, times.get(place.entry_id)
        miss = missed(rule, seconds) if seconds is not None else None
        people = people_of(scope_of(entry, rules), entry.fields)
        cost = costs.get(place.entry_id)
        rows.append(
            StageRow(
                entry_id=place.entry_id,
                place=place.number,
                title=str(entry),
                unit=entry.unit.name,
                people="、".join(dict.fromkeys(row["name"].strip() for _, row in people)),
                seconds=seconds,
                time=spoken(seconds) if seconds is not None else "",
                over=span_spoken(miss.by) if miss else "",
                badge=miss.name if miss else "",
                cost=cost.reason if cost else "",
                gone=entry.state != State.ACCEPTED,
            )
        )
    return StagePage(
        round=round,
        name=rule.name,
        live=rule.live,
        rows=tuple(rows),
        draws=tuple(Draw.objects.filter(round=round).select_related("by")),
        limit=_asked(bounds_of(rule)),
        questions=span_spoken(rule.live.questions) if rule.live.questions else "",
        penalty="；".join(
            dict.fromkeys(
                f"{each.name}：{price_of(each)}" for each in measured_penalties(rule).values()
            )
        ),
        choose=left_to_choose(rule),
        open=round.state == Round.State.OPEN,
    )


def _asked(bounds: Mapping[Side, timedelta]) -> str:
    longest, least = bounds.get("too_long"), bounds.get("too_short")
    if longest is not None and least is not None:
        return f"每件 {span_spoken(least)}至 {span_spoken(longest)}"
    if longest is not None:
        return f"每件限时 {span_spoken(longest)}"
    return f"每件至少 {span_spoken(least)}" if least is not None else ""
