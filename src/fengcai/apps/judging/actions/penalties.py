"""Points taken off a work in a round (超时 …): recorded with a reason, and taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.queries import rules_at
from fengcai.apps.judging.models import PenaltyRecord, Round, RoundEntry
from fengcai.apps.judging.panel import rule_of
from fengcai.apps.judging.rules import held_open
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused

MEASURED = "这一项是按用时自动记的。用时有误，请在现场页更正用时，扣分随之更正。"
LONGEST_OVER = timedelta(hours=24)


@transaction.atomic
def record_penalty(
    *,
    round: Round,
    entry_id: UUID,
    penalty_id: str,
    reason: str,
    by: User,
    at: datetime,
    over: timedelta | None = None,
) -> PenaltyRecord:
    """Take points off a work before the seal. `over` is by how much it passed the limit, where the
    rule counts each `per` begun; a new record of the same penalty replaces the former."""
    round = held_open(round, by)
    rule = rule_of(rules_at(round.rulebook), round.round_id)
    penalty = next((each for each in rule.scheme.penalties if each.id == penalty_id), None)
    if penalty is None:
        raise NotFound("规则中没有这个扣分项。")
    if not RoundEntry.objects.filter(round=round, entry=entry_id).exists():
        raise NotFound("这一轮评审中没有这件作品。")
    if not reason.strip():
        raise Refused("请写明扣分的事由。", fields={"reason": "请填写"})
    times = 1
    if penalty.per is not None:
        if over is None or not timedelta(0) < over <= LONGEST_OVER:
            raise Refused("请填写超出多少时间。", fields={"over": "请填写超出的秒数"})
        times = -(-over // penalty.per)
    standing = PenaltyRecord.objects.filter(
        round=round, entry=entry_id, penalty_id=penalty_id, withdrawn_at=None
    )
    if standing.filter(performance__isnull=False).exists():
        raise Refused(MEASURED)
    standing.update(withdrawn_at=at)
    made = PenaltyRecord.objects.create(
        round=round,
        entry_id=entry_id,
        penalty_id=penalty_id,
        times=times,
        reason=reason.strip(),
        by=by,
        at=at,
    )
    _note(made, by, "judging.penalty", at, reason=made.reason)
    return made


@transaction.atomic
def withdraw_penalty(*, record_id: int, round: Round, by: User, at: datetime) -> PenaltyRecord:
    """Give the points back before the seal. The row is kept."""
    round = held_open(round, by)
    row = PenaltyRecord.objects.filter(pk=record_id, round=round, withdrawn_at=None).first()
    if row is None:
        raise NotFound("没有这项扣分，可能已经撤回。")
    if row.performance_id is not None:
        raise Refused(MEASURED)
    row.withdrawn_at = at
    row.save(update_fields=["withdrawn_at"])
    _note(row, by, "judging.no_penalty", at)
    return row


def _note(row: PenaltyRecord, by: User, action: str, at: datetime, *, reason: str = "") -> None:
    record(
        row.round.contest.chain,
        actor=f"user:{by.pk}",
        action=action,
        subject=f"entry:{row.entry_id}",
        details={"round": row.round_id, "penalty": row.penalty_id, "times": row.times},
        personal={"reason": reason} if reason else {},
        at=at,
    )
