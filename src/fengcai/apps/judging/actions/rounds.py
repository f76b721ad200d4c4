"""What the organiser does with a round: open it, mend its panel, reopen a stack, seal it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.models import Contest, Membership, Unit
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.apps.judging.models import HandIn, Round, RoundEntry, ScoreSheet, Seat
from fengcai.apps.judging.panel import (
    Panel,
    arrange,
    counted_sheets,
    panel_of,
    rule_of,
    sheets_hash,
)
from fengcai.apps.judging.rules import require_in_time, require_open
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused
from fengcai.core.rulebook import Rules
from fengcai.core.scoring import ScoringError, rank
from fengcai.core.timetable import standing

_SHOWN = 5


@transaction.atomic
def open_round(
    *, contest: Contest, round_id: str, by: User, at: datetime, early: bool = False
) -> Round:
    """Begin a round: seat the contest's judges and take every accepted work in.

    Refused while works may still come in (the window is open, or some wait for their head, the
    review or their mending), unless `early` says that those shall be left out; refused when the
    panel is too small, or too small for one work after recusals. Each refusal says for which.
    """
    require_role(by, contest, Role.ORGANISER)
    contest = (
        Contest.objects.select_for_update(of=("self",), no_key=True)
        .select_related("version")
        .get(pk=contest.pk)
    )
    rules = rules_of(contest)
    rule = rule_of(rules, round_id)
    if Round.objects.filter(contest=contest, round_id=round_id).exists():
        raise Refused(f"“{rule.name}”已经开始，不需要再次启动。")
    if rule.input != "submission":
        raise Refused(f"“{rule.name}”评的是上一轮的入围作品，目前只能启动直接评审报送作品的轮次。")
    coming = _may_still_come(contest, rules, at)
    if coming and not early:
        raise Refused(
            "".join(coming) + "现在启动，这些作品就不参加本轮评审。请先办结，或确认提前启动。"
        )
    works_of = Entry.objects.filter(contest=contest)
    if rule.tracks:
        works_of = works_of.filter(track__in=rule.tracks)
    accepted = list(
        works_of.filter(state=State.ACCEPTED)
        .select_related("unit")
        .order_by("number", "created_at")
    )
    if not accepted:
        raise Refused("还没有审核通过的作品，评审不能启动。")
    judges = _judges(contest)
    if len(judges) < rule.min_judges:
        raise Refused(
            f"评委有 {len(judges)} 位，规则要求至少 {rule.min_judges} 位（{rule.cite}）。"
            "请先在人员名单中聘任评委。"
        )
    assert contest.version is not None
    round = Round.objects.create(
        contest=contest, round_id=round_id, rulebook=contest.version, opened_at=at, opened_by=by
    )
    works = RoundEntry.objects.bulk_create(
        RoundEntry(round=round, entry=entry, number=number)
        for number, entry in enumerate(accepted, start=1)
    )
    seats = [
        _seat(round, judge, number, units, at)
        for number, (judge, units) in enumerate(judges.items(), start=1)
    ]
    _refuse_shortages(arrange(round, rules, seats=seats, works=works, conflicts=()))
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="judging.open",
        subject=f"round:{round.pk}",
        details={
            "round": round_id,
            "rules": rules.hash,
            "works": [str(entry.pk) for entry in accepted],
            "seats": {seat.label: f"user:{seat.judge_id}" for seat in seats},
            "early": bool(coming),
        },
        at=at,
    )
    return round


@transaction.atomic
def seat_judge(*, round: Round, judge: User, by: User, at: datetime) -> Seat:
    """Add a judge to an open round's panel, or take an excused one back."""
    require_role(by, round.contest, Role.ORGANISER)
    round = _locked(round)
    require_open(round)
    units = _judges(round.contest).get(judge)
    if units is None:
        raise Refused(f"{judge} 还不是本活动的评委，请先在人员名单中聘任。")
    seat = Seat.objects.filter(round=round, judge=judge).first()
    if seat is None:
        last = Seat.objects.filter(round=round).order_by("number").last()
        seat = _seat(round, judge, last.number + 1 if last else 1, units, at)
    elif seat.excused_at is None:
        raise Refused(f"{judge} 已在本轮评委名单中。")
    else:
        seat.excused_at, seat.excuse = None, ""
        seat.save(update_fields=["excused_at", "excuse"])
        seat.units.set(units)
    _note(round, by, "judging.seat", {"seat": seat.label, "judge": f"user:{judge.pk}"}, at)
    return seat


@transaction.atomic
def excuse_judge(*, round: Round, judge: User, reason: str, by: User, at: datetime) -> Seat:
    """Take a judge off an open round's panel. The sheets are kept and no longer count."""
    require_role(by, round.contest, Role.ORGANISER)
    round = _locked(round)
    require_open(round)
    if not reason.strip():
        raise Refused("请写明评委退出评审的原因。", fields={"reason": "请填写"})
    seat = Seat.objects.filter(round=round, judge=judge, excused_at=None).first()
    if seat is None:
        raise NotFound("这位评委不在本轮评委名单中。")
    seat.excused_at, seat.excuse = at, reason.strip()
    seat.save(update_fields=["excused_at", "excuse"])
    _note(round, by, "judging.excuse", {"seat": seat.label}, at, reason)
    return seat


@transaction.atomic
def reopen_stack(*, round: Round, judge: User, reason: str, by: User, at: datetime) -> HandIn:
    """Give a judge's stack back to be changed, before the seal and while marks may still be made.

    The old signature is void.
    """
    require_role(by, round.contest, Role.ORGANISER)
    round = _locked(round)
    require_open(round)
    require_in_time(round, at)
    if not reason.strip():
        raise Refused("请写明退回评分的原因。", fields={"reason": "请填写"})
    signed = HandIn.objects.filter(round=round, judge=judge, reopened_at=None).first()
    if signed is None:
        raise Refused(f"{judge} 还没有提交评分，不需要退回。")
    signed.reopened_at, signed.reopened_by, signed.reopen_reason = at, by, reason.strip()
    signed.save(update_fields=["reopened_at", "reopened_by", "reopen_reason"])
    ScoreSheet.objects.filter(round=round, judge=judge).update(handed_in_at=None)
    _note(round, by, "judging.reopen", {"judge": f"user:{judge.pk}"}, at, reason)
    return signed


@transaction.atomic
def seal_round(*, round: Round, by: User, at: datetime) -> Round:
    """Close the round for good and rank its works. Refused with the names of those still missing."""
    require_role(by, round.contest, Role.ORGANISER)
    round = _locked(round)
    require_open(round)
    list(Seat.objects.select_for_update(no_key=True).filter(round=round).order_by("pk"))
    panel = panel_of(round)
    signed = set(
        HandIn.objects.filter(round=round, reopened_at=None).values_list("judge_id", flat=True)
    )
    waiting = [str(seat.judge) for seat in panel.seats if seat.judge_id not in signed]
    if waiting:
        raise Refused(
            f"还有 {len(waiting)} 位评委没有提交评分：{'、'.join(waiting)}。全部提交后才能封存。"
        )
    _refuse_shortages(panel)
    sheets = counted_sheets(panel)
    try:
        ranking = rank(
            panel.scheme,
            sheets,
            works=[str(row.entry_id) for row in panel.works],
            submitted={
                str(row.entry_id): row.entry.submitted_at
                for row in panel.works
                if row.entry.submitted_at is not None
            },
        )
    except ScoringError as error:
        raise Refused("评分表有问题，不能封存：" + "".join(error.problems)) from None
    round.state = Round.State.SEALED
    round.sealed_at, round.sealed_by = at, by
    round.ranking, round.hash = ranking.to_json(), sheets_hash(sheets)
    round.save()
    left_out = RoundEntry.objects.filter(round=round).exclude(entry__state=State.ACCEPTED)
    _note(
        round,
        by,
        "judging.seal",
        {
            "sheets": round.hash,
            "count": len(sheets),
            "left_out": [str(row.entry_id) for row in left_out],
        },
        at,
    )
    return round


def _may_still_come(contest: Contest, rules: Rules, at: datetime) -> list[str]:
    said: list[str] = []
    if standing(rules.window, at) != "closed":
        said.append(f"报送还没有截止（{rules.window.cite}）。")
    waiting = Entry.objects.filter(contest=contest).select_related("unit")
    for state, what in (
        (State.SUBMITTED, "等待负责人确认"),
        (State.CONFIRMED, "等待审核"),
        (State.RETURNED, "退回修改、期限未到"),
    ):
        rows = waiting.filter(state=state)
        if state == State.RETURNED:
            rows = rows.filter(mend_until__gte=at)
        names = [f"{row.unit.name}《{row}》" for row in rows]
        if names:
            more = f"等 {len(names)} 件" if len(names) > _SHOWN else ""
            said.append(f"{'、'.join(names[:_SHOWN])}{more}还在{what}。")
    return said


def _judges(contest: Contest) -> dict[User, list[Unit]]:
    """The contest's judges in order of appointment, with every unit they belong to or act for."""
    rows = list(
        Membership.objects.filter(contest=contest, until=None)
        .select_related("user", "unit")
        .order_by("pk")
    )
    units: dict[int, list[Unit]] = defaultdict(list)
    for row in rows:
        if row.unit is not None and row.role in (Role.JUDGE, Role.CONTACT, Role.HEAD):
            units[row.user_id].append(row.unit)
    return {row.user: units[row.user_id] for row in rows if row.role == Role.JUDGE}


def _seat(round: Round, judge: User, number: int, units: Sequence[Unit], at: datetime) -> Seat:
    seat = Seat.objects.create(round=round, judge=judge, number=number, seated_at=at)
    seat.units.set(units)
    return seat


def _refuse_shortages(panel: Panel) -> None:
    short = [each.text for each in panel.shortages()]
    if short:
        more = f"（共 {len(short)} 件）" if len(short) > _SHOWN else ""
        raise Refused(
            "".join(short[:_SHOWN]) + f"{more}规则：{panel.rule.cite}。请增聘与这些作品无关的评委。"
        )


def _locked(round: Round) -> Round:
    return (
        Round.objects.select_for_update(of=("self",), no_key=True)
        .select_related("contest__version", "rulebook")
        .get(pk=round.pk)
    )


def _note(
    round: Round, by: User, action: str, details: dict[str, object], at: datetime, reason: str = ""
) -> None:
    record(
        round.contest.chain,
        actor=f"user:{by.pk}",
        action=action,
        subject=f"round:{round.pk}",
        details=details,
        personal={"reason": reason.strip()} if reason else {},
        at=at,
    )
