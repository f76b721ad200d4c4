"""What the organiser does with a round: open it, mend its panel, reopen a stack, seal it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.actions import locked
from fengcai.apps.contests.models import Contest, Membership, Unit
from fengcai.apps.contests.queries import rules_at, rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.entries.states import State
from fengcai.apps.judging.actions.entering import SHOWN, entering, may_still_come
from fengcai.apps.judging.models import (
    Assignment,
    Conflict,
    HandIn,
    Round,
    RoundEntry,
    ScoreSheet,
    Seat,
)
from fengcai.apps.judging.panel import (
    Panel,
    arrange,
    counted_sheets,
    given_in,
    panel_id,
    panel_of,
    panels_in,
    rule_of,
)
from fengcai.apps.judging.recusing import find_anew, find_conflicts, listed
from fengcai.apps.judging.rules import held_open, require_in_time
from fengcai.apps.judging.seeds import committed, fresh_seed
from fengcai.apps.judging.sharing import refuse_few, refuse_unshared
from fengcai.apps.judging.tallying import inputs_of, named, ranking_of, seal_hash
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused
from fengcai.core.rulebook import Round as RoundRule
from fengcai.core.rulebook import Rules
from fengcai.core.scoring import ScoringError


@transaction.atomic
def open_round(
    *,
    contest: Contest,
    round_id: str,
    by: User,
    at: datetime,
    early: bool = False,
    panel: Collection[int] | None = None,
) -> Round:
    """Begin a round: seat the contest's judges (with `panel` only those accounts) and take its works
    in: every accepted work, or those that the shortlist of the round before let through.

    A round that nobody marks has no seats. Refused while works may still come in (the window is open, or some wait for their head, the
    review or their mending), unless `early` says that those shall be left out; refused when the
    panel is too small, or too small for one work after recusals. Each refusal says for which.
    """
    require_role(by, contest, Role.ORGANISER)
    contest = locked(contest)
    rules = rules_of(contest)
    rule = rule_of(rules, round_id)
    if Round.objects.filter(contest=contest, round_id=round_id).exists():
        raise Refused(f"“{rule.name}”已经开始，不需要再次启动。")
    coming = may_still_come(contest, rules, at) if rule.input == "submission" else []
    if coming and not early:
        raise Refused(
            "".join(coming) + "现在启动，这些作品就不参加本轮评审。请先办结，或确认提前启动。"
        )
    accepted = entering(contest, rules, rule)
    marked = bool(rule.scheme.criteria)
    judges = _judges(contest) if marked else {}
    if panel is not None:
        judges = {judge: units for judge, units in judges.items() if judge.pk in panel}
    if len(judges) < rule.min_judges:
        raise Refused(
            f"评委有 {len(judges)} 位，规则要求至少 {rule.min_judges} 位（{rule.cite}）。"
            "请先在人员名单中聘任评委。"
        )
    assert contest.version is not None
    round = Round.objects.create(
        contest=contest,
        round_id=round_id,
        rulebook=contest.version,
        opened_at=at,
        opened_by=by,
        seed=fresh_seed(rules, rule),
    )
    works = RoundEntry.objects.bulk_create(
        RoundEntry(round=round, entry=entry, number=number)
        for number, entry in enumerate(accepted, start=1)
    )
    seats = [
        _seat(round, judge, number, units, at)
        for number, (judge, units) in enumerate(judges.items(), start=1)
    ]
    conflicts = Conflict.objects.bulk_create(
        find_conflicts(round, rules, rule, seats=seats, works=works, at=at)
    )
    arranged = arrange(
        round, rules, seats=seats, works=works, conflicts=conflicts,
        given=given_in(round, rules, seats),
    )  # fmt: skip
    _refuse_shortages(arranged)
    refuse_few(arranged)
    _refuse_crowded(rules, rule, judges.values())
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
            **listed(conflicts, seats),
            **({"input": rule.input} if rule.input != "submission" else {}),
            # The lot's seed is fixed before the first mark; whoever hears of it later can check it.
            **({"seed_sha256": committed(round.seed)} if round.seed else {}),
        },
        at=at,
    )
    return round


@transaction.atomic
def seat_judge(*, round: Round, judge: User, by: User, at: datetime) -> Seat:
    """Add a judge to an open round's panel, or take an excused one back."""
    round = held_open(round, by)
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
    found = find_anew(round, rules_at(round.rulebook), seat, at=at)
    details = {"seat": seat.label, "judge": f"user:{judge.pk}", **listed(found, [seat])}
    _note(round, by, "judging.seat", details, at)
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
    _note(round, by, "judging.excuse", {"seat": seat.label}, at, reason)
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
    _note(round, by, "judging.reopen", {"judge": f"user:{judge.pk}"}, at, reason)
    return signed


@transaction.atomic
def assign_panel(*, round: Round, judge: User, panel: str, by: User, at: datetime) -> Seat:
    """Say on which of a round's panels (评委组) a judge sits; only in a round with several."""
    round = held_open(round, by)
    rules = rules_at(round.rulebook)
    rule = rule_of(rules, round.round_id)
    if panel not in panels_in(rules, rule):
        raise Refused("这一轮没有这个评委组。", fields={"panel": "请选择评委组"})
    seat = Seat.objects.filter(round=round, judge=judge, excused_at=None).first()
    if seat is None:
        raise NotFound("这位评委不在本轮评委名单中。")
    own_lines = any(one.panel for one in rule.scheme.criteria)
    if own_lines and seat.panel != panel and _has_marked(seat):
        raise Refused(
            f"{judge} 已经打过分。各评委组评的项目不同，改组会使这些分数作废，所以不能改；"
            "请让这位评委退出评审，另请一位编入该组。"
        )
    seat.panel = panel
    seat.save(update_fields=["panel"])
    found = find_anew(round, rules, seat, at=at)
    details = {"seat": seat.label, "panel": panel, **listed(found, [seat])}
    _note(round, by, "judging.panel", details, at)
    return seat


@transaction.atomic
def seal_round(*, round: Round, by: User, at: datetime, without_missing: bool = False) -> Round:
    """Close the round for good and rank its works. Refused with the names of those still missing.

    Where the rules say what a missing sheet counts (`missing`), `without_missing` seals all the
    same: the sheets that never came are named in the round's inputs.
    """
    round = held_open(round, by)
    list(Seat.objects.select_for_update(no_key=True).filter(round=round).order_by("pk"))
    panel = panel_of(round)
    _refuse_unmanned(panel)
    refuse_unshared(panel)
    absent = _absent(panel, without_missing=without_missing)
    _refuse_shortages(panel)
    sheets = counted_sheets(panel)
    try:
        inputs = inputs_of(panel, absent=absent)
        ranking = ranking_of(panel, sheets, inputs)
    except ScoringError as error:
        called = {str(row.entry_id): f"{row.number} 号《{row.entry}》" for row in panel.works}
        said = "".join(named(problem, called) for problem in error.problems)
        raise Refused("评分表有问题，不能封存：" + said) from None
    round.state = Round.State.SEALED
    round.sealed_at, round.sealed_by = at, by
    round.ranking, round.inputs = ranking.to_json(), inputs
    round.hash = seal_hash(sheets, inputs)
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
            **({"absent": inputs["absent"]} if absent else {}),
            **({"seed": round.seed} if round.seed else {}),
        },
        at,
    )
    return round


def _has_marked(seat: Seat) -> bool:
    sheets = ScoreSheet.objects.filter(round=seat.round_id, judge=seat.judge_id)
    return any(sheet.values for sheet in sheets)


def _refuse_unmanned(panel: Panel) -> None:
    """Every panel that a part of the score comes from has somebody on it."""
    seated = {panel_id(panel.rule, seat) for seat in panel.seats}
    lost = [name for id, name in panel.apart.items() if id not in seated]
    lonely = [seat for seat in panel.seats if panel_id(panel.rule, seat) not in panel.apart]
    if panel.apart and lonely:
        names = "、".join(str(seat.judge) for seat in lonely)
        raise Refused(f"{names}还没有编入评委组，不知道评分计入哪一部分。请先编组，再封存。")
    if lost:
        raise Refused(f"{'、'.join(lost)}还没有评委，这一部分的成绩无从算起。请先编组，再封存。")


def _absent(panel: Panel, *, without_missing: bool) -> list[tuple[str, str]]:
    """(seat, work) of the sheets that will never come. Refused unless the rules allow for it."""
    signed = set(
        HandIn.objects.filter(round=panel.round, reopened_at=None).values_list(
            "judge_id", flat=True
        )
    )
    waiting = [seat for seat in panel.seats if seat.judge_id not in signed]
    if not waiting or not panel.marked:
        return []
    names = "、".join(str(seat.judge) for seat in waiting)
    policy = panel.rule.scheme.missing
    if policy not in ("leave_out", "zero") or not without_missing:
        how = {"leave_out": "不计入", "zero": "按 0 分计入"}.get(policy or "", "")
        rest = f"或按规则把缺的评分{how}，确认后封存。" if how else "全部提交后才能封存。"
        raise Refused(f"还有 {len(waiting)} 位评委没有提交评分：{names}。{rest}")
    missing = [(seat.label, str(row.entry_id)) for seat in waiting for row in panel.works_for(seat)]
    if policy == "leave_out":
        _refuse_thin(panel, missing)
    return missing


def _refuse_thin(panel: Panel, missing: Sequence[tuple[str, str]]) -> None:
    """Leaving sheets out may not leave a work with fewer than the rules want."""
    gone = Counter(work for _, work in missing)
    for row in panel.works:
        due = sum(panel.marks(seat, row.entry_id) for seat in panel.seats)
        left = due - gone[str(row.entry_id)]
        if left < panel.rule.min_judges:
            raise Refused(
                f"{row.number} 号《{row.entry}》只有 {left} 份评分，规则要求至少"
                f" {panel.rule.min_judges} 份（{panel.rule.cite}），不能把缺的评分略去。"
            )


def _refuse_crowded(rules: Rules, rule: RoundRule, units: Iterable[Sequence[Unit]]) -> None:
    """The panel may bound how many judges come from one unit."""
    panel = rules.panel(rule.panel_id)
    most = panel.max_per_unit if panel else None
    many = Counter(unit.name for mine in units for unit in mine)
    over = [
        f"{name} {count} 位" for name, count in many.items() if most is not None and count > most
    ]
    if panel is not None and over:
        raise Refused(
            f"“{panel.name}”每个单位最多 {most} 位评委（{panel.cite}），现有{'、'.join(over)}。"
        )


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
        more = f"（共 {len(short)} 件）" if len(short) > SHOWN else ""
        raise Refused(
            "".join(short[:SHOWN]) + f"{more}规则：{panel.rule.cite}。请增聘与这些作品无关的评委。"
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
