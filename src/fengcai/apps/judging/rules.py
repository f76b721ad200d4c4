"""Who may do what in a round: the judge at a seat, before and after the promise; the organiser.

Whether a judge may mark one particular work is `panel`'s answer.
"""

from __future__ import annotations

from datetime import datetime

from fengcai.apps.contests.queries import rules_at
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.judging.models import Commitment, HandIn, Round, Seat
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, NotPermitted, Refused, TooLate
from fengcai.core.timetable import admit

NO_SEAT = "没有这一轮评审，或您不在评委名单中。如有疑问，请联系活动组织者。"
NO_PROMISE = "请先阅读并签署保密承诺，然后才能看到参评作品。"


def seat_of(user: object, round: Round) -> Seat | None:
    """The seat that `user` holds on this panel now; None for everybody else."""
    if not isinstance(user, User) or not user.is_active:
        return None
    return Seat.objects.filter(round=round, judge=user, excused_at=None).first()


def require_seat(user: object, round: Round, *, lock: bool = False) -> Seat:
    """The judge's own seat. Raises `NotFound` for anybody else: a round is not for strangers.

    With `lock` the seat is held until the transaction ends, and the seat's `round` is read after
    that: the seal takes every seat first, so no mark can slip in beside it.
    """
    seat = seat_of(user, round)
    if seat is not None and lock:
        seat = (
            Seat.objects.select_for_update(no_key=True).filter(pk=seat.pk, excused_at=None).first()
        )
    if seat is None:
        raise NotFound(NO_SEAT)
    return seat


def has_promised(seat: Seat) -> bool:
    """Whether the judge signed the promise of confidentiality of this round."""
    return Commitment.objects.filter(round_id=seat.round_id, judge_id=seat.judge_id).exists()


def require_promise(seat: Seat) -> None:
    """Raise `NotPermitted` before the promise is signed: until then no work is shown."""
    if not has_promised(seat):
        raise NotPermitted(NO_PROMISE)


def held(round: Round, by: User) -> Round:
    """The organiser's round, read anew and held until the transaction ends. Raises `NotPermitted`
    for anybody else. 2 SQL."""
    require_role(by, round.contest, Role.ORGANISER)
    return (
        Round.objects.select_for_update(of=("self",), no_key=True)
        .select_related("contest__version", "rulebook")
        .get(pk=round.pk)
    )


def held_open(round: Round, by: User) -> Round:
    """The same of a round that is still open. Raises `Refused` once it is sealed."""
    round = held(round, by)
    require_open(round)
    return round


def require_open(round: Round) -> None:
    """Raise `Refused` once the round is sealed."""
    if round.state != Round.State.OPEN:
        raise Refused("本轮评审已封存，评分不能再改动。您此前提交的内容都已存档。")


def require_in_time(round: Round, at: datetime) -> None:
    """Raise `TooLate` outside the time that the rulebook gives for marking, if it gives one."""
    rules = rules_at(round.rulebook)
    names = [rule.window for rule in rules.rounds if rule.id == round.round_id and rule.window]
    for name in names:
        admission = admit(rules.windows[name], arrived=at)
        if not admission.accepted:
            raise TooLate(f"评审时间：{admission.reason}。已填的分数都在，如需延期请联系组织者。")


def handed_in(seat: Seat) -> HandIn | None:
    """The judge's standing signature under the whole stack, if there is one."""
    return HandIn.objects.filter(
        round_id=seat.round_id, judge_id=seat.judge_id, reopened_at=None
    ).first()


def require_not_handed_in(seat: Seat) -> None:
    """Raise `Refused` after the judge handed the stack in."""
    if handed_in(seat) is not None:
        raise Refused("您已签名提交全部评分，内容已锁定。确需修改，请联系组织者退回。")
