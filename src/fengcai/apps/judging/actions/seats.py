"""The judges of a round: seated, put on panels, excused, given their stacks back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from fengcai.apps.contests.models import Contest, Membership, Unit
from fengcai.apps.contests.queries import rules_at
from fengcai.apps.contests.roles import Role
from fengcai.apps.judging.actions.noting import note
from fengcai.apps.judging.manning import Seating, kinds_in, panels_of
from fengcai.apps.judging.models import Assignment, HandIn, Round, ScoreSheet, Seat
from fengcai.apps.judging.panel import panel_id, panels_in, rule_of
from fengcai.apps.judging.recusing import find_anew, listed
from fengcai.apps.judging.rules import held_open, require_in_time
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused


@transaction.atomic
def seat_judge(*, round: Round, judge: User, by: User, at: datetime) -> Seat:
    """Add a judge to an open round's panel, or take an excused one back."""
    round = held_open(round, by)
    units = judges_of(round.contest).get(judge)
    if units is None:
        raise Refused(f"{judge} 还不是本活动的评委，请先在人员名单中聘任。")
    seat = Seat.objects.filter(round=round, judge=judge).first()
    if seat is None:
        last = Seat.objects.filter(round=round).order_by("number").last()
        seat = sit(round, judge, last.number + 1 if last else 1, units, at)
    elif seat.excused_at is None:
        raise Refused(f"{judge} 已在本轮评委名单中。")
    else:
        seat.excused_at, seat.excuse = None, ""
        seat.save(update_fields=["excused_at", "excuse"])
        seat.units.set(units)
    found = find_anew(round, rules_at(round.rulebook), seat, at=at)
    details = {"seat": seat.label, "judge": f"user:{judge.pk}", **listed(found, [seat])}
    note(round, by, "judging.seat", details, at)
    return seat


@transaction.atomic
def excuse_judge(*, round: Round, judge: User, reason: str, by: User, at: datetime) -> Seat:
    """Take a judge off an open round's panel. The sheets are kept and no longer count."""
    round = held_open(round, by)
    if not reason.strip():
        raise Refused("请写明评委退出评审的原因。", fields={"reason": "请填写"})
    seat = Seat.objects.filter(round=round, judge=judge, excused_at=None).first()
    if seat is None:
        raise NotFound("这位评委不在本轮评委名单中。")
    seat.excused_at, seat.excuse = at, reason.strip()
    seat.save(update_fields=["excused_at", "excuse"])
    Assignment.objects.filter(round=round, judge=judge, ended_at=None).update(ended_at=at)
    note(round, by, "judging.excuse", {"seat": seat.label}, at, reason)
    return seat


@transaction.atomic
def reopen_stack(*, round: Round, judge: User, reason: str, by: User, at: datetime) -> HandIn:
    """Give a judge's stack back to be changed, before the seal and while marks may still be made.

    The old signature is void.
    """
    round = held_open(round, by)
    require_in_time(round, at)
    if not reason.strip():
        raise Refused("请写明退回评分的原因。", fields={"reason": "请填写"})
    signed = HandIn.objects.filter(round=round, judge=judge, reopened_at=None).first()
    if signed is None:
        raise Refused(f"{judge} 还没有提交评分，不需要退回。")
    signed.reopened_at, signed.reopened_by, signed.reopen_reason = at, by, reason.strip()
    signed.save(update_fields=["reopened_at", "reopened_by", "reopen_reason"])
    ScoreSheet.objects.filter(round=round, judge=judge).update(handed_in_at=None)
    note(round, by, "judging.reopen", {"judge": f"user:{judge.pk}"}, at, reason)
    return signed


@transaction.atomic
def assign_panel(
    *,
    round: Round,
    judge: User,
    panel: str,
    by: User,
    at: datetime,
    kinds: Collection[str] | None = None,
) -> Seat:
    """Say on which of a round's panels (评委组) a judge sits, where it has several, and what the judge
    is in the words of the panels' composition (`kinds`; None leaves that as it is)."""
    round = held_open(round, by)
    rules = rules_at(round.rulebook)
    rule = rule_of(rules, round.round_id)
    if panel not in {*panels_in(rules, rule), rule.panel_id or ""}:
        raise Refused("这一轮没有这个评委组。", fields={"panel": "请选择评委组"})
    seat = Seat.objects.filter(round=round, judge=judge, excused_at=None).first()
    if seat is None:
        raise NotFound("这位评委不在本轮评委名单中。")
    own_lines = any(one.panel for one in rule.scheme.criteria)
    if own_lines and panel_id(rule, seat) != panel and _has_marked(seat):
        raise Refused(
            f"{judge} 已经打过分。各评委组评的项目不同，改组会使这些分数作废，所以不能改；"
            "请让这位评委退出评审，另请一位编入该组。"
        )
    if panel_id(rule, seat) != panel:
        # What was shared out to the judge was the other panel's.
        mine = Assignment.objects.filter(round=round, judge=judge, ended_at=None)
        mine.update(ended_at=at)
    seat.panel = panel
    if kinds is not None:
        known = kinds_in(panels_of(rules, rule))
        seat.kinds = [kind for kind in known if kind in kinds]
    seat.save(update_fields=["panel", "kinds"])
    found = find_anew(round, rules, seat, at=at)
    details: dict[str, object] = {"seat": seat.label, "panel": panel, **listed(found, [seat])}
    if kinds is not None:
        details["kinds"] = seat.kinds
    note(round, by, "judging.panel", details, at)
    return seat


def judges_of(contest: Contest) -> dict[User, list[Unit]]:
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


def sit(
    round: Round,
    judge: User,
    number: int,
    units: Sequence[Unit],
    at: datetime,
    placing: Seating | None = None,
) -> Seat:
    """A seat for somebody who had none."""
    where = placing or Seating()
    seat = Seat.objects.create(
        round=round,
        judge=judge,
        number=number,
        panel=where.panel,
        kinds=list(where.kinds),
        seated_at=at,
    )
    seat.units.set(units)
    return seat


def _has_marked(seat: Seat) -> bool:
    sheets = ScoreSheet.objects.filter(round=seat.round_id, judge=seat.judge_id)
    return any(sheet.values for sheet in sheets)
