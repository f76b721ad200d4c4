"""The stage of a live round: the order drawn by lot, the time of each performance measured."""

from __future__ import annotations

import secrets
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import F

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.queries import rules_at
from fengcai.apps.judging.models import (
    Draw,
    PenaltyRecord,
    Performance,
    Round,
    RoundEntry,
    ScoreSheet,
)
from fengcai.apps.judging.panel import panel_of, rule_of
from fengcai.apps.judging.rules import held_open
from fengcai.apps.judging.seeds import derived
from fengcai.apps.judging.staging import (
    bounds_of,
    measured_penalties,
    missed,
    reason_of,
    times_of,
)
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused
from fengcai.core.assignment import draw
from fengcai.core.rulebook import Round as RoundRule

LONGEST = Decimal(4 * 3600)
"""Seconds; nobody performs longer."""

_APART = 1_000_000
"""Numbers are put out of the way by this much while works change places."""


@transaction.atomic
def draw_order(*, round: Round, by: User, at: datetime, reason: str = "") -> Draw:
    """Draw the order of appearance by lot; the works' numbers in the judges' list follow it.

    Once drawn it stands: drawing again needs a reason, and is refused once a work was timed or
    marked. The seed follows from the round's, which was committed at the opening.
    """
    round = held_open(round, by)
    rule = _live(round)
    if rule.live is None or rule.live.order != "draw":
        raise Refused("规则没有规定这一轮抽签定出场次序。")
    before = Draw.objects.filter(round=round).count()
    if before and not reason.strip():
        raise Refused("次序已经抽定。确需重抽，请写明原因。", fields={"reason": "请填写"})
    if before and _begun(round):
        raise Refused("已有作品计时或打分，次序不能重抽。")
    panel = panel_of(round)
    if not panel.works:
        raise Refused("这一轮没有参评的作品，无从抽签。")
    # A round opened before there were draws has no seed of its own.
    seed = derived(round.seed, f"draw {before + 1}") or secrets.token_hex(32)
    order = draw((str(row.entry_id) for row in panel.works), seed=seed)
    _renumber(round, order)
    made = Draw.objects.create(
        round=round,
        number=before + 1,
        seed=seed,
        order=list(order),
        reason=reason.strip(),
        by=by,
        at=at,
    )
    record(
        round.contest.chain,
        actor=f"user:{by.pk}",
        action="judging.draw",
        subject=f"round:{round.pk}",
        details={"draw": made.number, "seed": seed, "order": list(order)},
        personal={"reason": made.reason} if made.reason else {},
        at=at,
    )
    return made


@transaction.atomic
def record_time(
    *, round: Round, entry_id: UUID, seconds: Decimal, by: User, at: datetime, reason: str = ""
) -> Performance:
    """Keep how long a work took on stage; what the rules take off for too long or too short a time
    follows from it.

    Another time than before is a correction and needs a reason; the former is kept.
    """
    round = held_open(round, by)
    rule = _live(round)
    if rule.live is None or not bounds_of(rule):
        raise Refused("规则没有规定这一轮的时限，不需要计时。")
    if rule.live.order == "draw" and not Draw.objects.filter(round=round).exists():
        raise Refused("请先抽签定出场次序，再计时。")
    place = RoundEntry.objects.filter(round=round, entry=entry_id).select_related("entry").first()
    if place is None:
        raise NotFound("这一轮评审中没有这件作品。")
    if not seconds.is_finite() or not 0 < seconds <= LONGEST:
        raise Refused(
            "用时请写成“分:秒”，例如 7:45，最长 4 小时。", fields={"seconds": "例如 7:45"}
        )
    measured = seconds.quantize(Decimal("0.1"), ROUND_HALF_UP)
    former = Performance.objects.filter(round=round, entry=entry_id, replaced_at=None).first()
    if former is not None and former.seconds == measured:
        return former
    if former is not None and not reason.strip():
        raise Refused("更正用时，请写明原因。", fields={"reason": "请填写"})
    if former is not None:
        former.replaced_at = at
        former.save(update_fields=["replaced_at"])
    made = Performance.objects.create(
        round=round, entry=place.entry, seconds=measured, reason=reason.strip(), by=by, at=at
    )
    penalty = _take_off(made, rule, by, at)
    record(
        round.contest.chain,
        actor=f"user:{by.pk}",
        action="judging.time",
        subject=f"entry:{entry_id}",
        details={
            "round": round.pk,
            "seconds": str(measured),
            "replaces": former.pk if former else None,
            **({"penalty": penalty.penalty_id, "times": penalty.times} if penalty else {}),
        },
        personal={"reason": made.reason} if made.reason else {},
        at=at,
    )
    return made


def _take_off(made: Performance, rule: RoundRule, by: User, at: datetime) -> PenaltyRecord | None:
    """The penalty that follows from the measured time, in the place of what followed before."""
    standing = PenaltyRecord.objects.filter(round=made.round, entry=made.entry, withdrawn_at=None)
    standing.filter(performance__isnull=False).update(withdrawn_at=at)
    miss = missed(rule, made.seconds)
    penalty = measured_penalties(rule).get(miss.side) if miss else None
    if miss is None or penalty is None:
        return None
    standing.filter(penalty_id=penalty.id).update(withdrawn_at=at)
    return PenaltyRecord.objects.create(
        round=made.round,
        entry=made.entry,
        penalty_id=penalty.id,
        times=times_of(penalty, miss.by),
        performance=made,
        reason=reason_of(penalty, miss, made.seconds),
        by=by,
        at=at,
    )


def _renumber(round: Round, order: tuple[str, ...]) -> None:
    """Works in their new order from 1 on; those that fell out come after them, as they stood."""
    RoundEntry.objects.filter(round=round).update(number=F("number") + _APART)
    rows = {str(row.entry_id): row for row in RoundEntry.objects.filter(round=round)}
    rest = [id for id in rows if id not in set(order)]
    for number, id in enumerate([*order, *rest], start=1):
        rows[id].number = number
    RoundEntry.objects.bulk_update(rows.values(), ["number"], batch_size=200)


def _begun(round: Round) -> bool:
    timed = Performance.objects.filter(round=round, replaced_at=None).exists()
    return timed or ScoreSheet.objects.filter(round=round, marked__gt=0).exists()


def _live(round: Round) -> RoundRule:
    return rule_of(rules_at(round.rulebook), round.round_id)
