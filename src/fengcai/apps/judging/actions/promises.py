"""What a judge signs before and beside marking: the promise of confidentiality, and recusals."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.naming import plain
from fengcai.apps.contests.queries import rules_at
from fengcai.apps.judging.models import Commitment, Conflict, Round, ScoreSheet
from fengcai.apps.judging.panel import panel_of, promise_text
from fengcai.apps.judging.recusing import find_anew
from fengcai.apps.judging.rules import (
    require_not_handed_in,
    require_open,
    require_promise,
    require_seat,
)
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused
from fengcai.apps.texts import storable


@transaction.atomic
def sign_commitment(*, round: Round, signed_name: str, by: User, at: datetime) -> Commitment:
    """Sign the promise of confidentiality (保密承诺); before it no work is shown to the judge.

    The words are kept as they stood. Signing twice changes nothing.
    """
    seat = require_seat(by, round, lock=True)
    require_open(seat.round)
    signed = Commitment.objects.filter(round=seat.round, judge=by).first()
    if signed is not None:
        return signed
    signed_name = plain(storable(signed_name))
    if not signed_name:
        raise Refused("请签上您的姓名。", fields={"signed_name": "请填写姓名"})
    text = promise_text(rules_at(seat.round.rulebook))
    signed = Commitment.objects.create(
        round=seat.round, judge=by, text=text, signed_name=signed_name[:60], at=at
    )
    record(
        seat.round.contest.chain,
        actor=f"user:{by.pk}",
        action="judging.promise",
        subject=f"round:{round.pk}",
        details={"text": hashlib.sha256(text.encode()).hexdigest()},
        personal={"signed_name": signed.signed_name},
        at=at,
    )
    return signed


@transaction.atomic
def declare_conflict(
    *, round: Round, entry_id: UUID, reason: str, by: User, at: datetime
) -> Conflict:
    """Recuse oneself from a work, before the stack is handed in. A draft sheet stops counting."""
    seat = require_seat(by, round, lock=True)
    require_open(seat.round)
    require_promise(seat)
    require_not_handed_in(seat)
    panel = panel_of(seat.round, seat=seat, work=entry_id)
    place = panel.place(entry_id)
    if panel.reasons[by.pk, entry_id]:
        raise Refused("这件作品您已经回避，不需要再次声明。")
    if not panel.marks(seat, entry_id):
        raise NotFound("这件作品没有分给您评，不需要声明回避。")
    if not reason.strip():
        raise Refused("请简要写明回避的原因。", fields={"reason": "请填写回避原因"})
    conflict = Conflict.objects.create(
        round=seat.round, judge=by, entry=place.entry, reason=reason.strip(), declared_at=at
    )
    had = ScoreSheet.objects.filter(round=seat.round, judge=by, entry=place.entry).exists()
    _note(conflict, by, "judging.recuse", at, {"draft_set_aside": had}, reason.strip())
    return conflict


@transaction.atomic
def withdraw_conflict(*, round: Round, entry_id: UUID, by: User, at: datetime) -> Conflict:
    """Take one's own declaration back, before the stack is handed in."""
    seat = require_seat(by, round, lock=True)
    require_open(seat.round)
    require_not_handed_in(seat)
    conflict = Conflict.objects.filter(
        round=seat.round,
        judge=by,
        entry_id=entry_id,
        kind=Conflict.Kind.DECLARED,
        withdrawn_at=None,
    ).first()
    if conflict is None:
        raise NotFound("您没有声明过回避这件作品；按规则回避的（本单位、本赛区等），不能撤回。")
    conflict.withdrawn_at = at
    conflict.save(update_fields=["withdrawn_at"])
    # What the rules found was not looked for while the declaration stood.
    find_anew(seat.round, rules_at(seat.round.rulebook), seat, at=at, work=entry_id)
    _note(conflict, by, "judging.unrecuse", at, {})
    return conflict


def _note(
    conflict: Conflict,
    by: User,
    action: str,
    at: datetime,
    details: dict[str, object],
    reason: str = "",
) -> None:
    record(
        conflict.round.contest.chain,
        actor=f"user:{by.pk}",
        action=action,
        subject=f"entry:{conflict.entry_id}",
        details={"round": conflict.round_id, "conflict": conflict.pk, **details},
        personal={"reason": reason} if reason else {},
        at=at,
    )
