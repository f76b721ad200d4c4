"""What the organiser does with a round: open it, mend its panel, reopen a stack, seal it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.actions import locked
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.entries.states import State
from fengcai.apps.judging.actions.entering import SHOWN, entering, may_still_come
from fengcai.apps.judging.actions.noting import note
from fengcai.apps.judging.actions.seats import judges_of, sit
from fengcai.apps.judging.manning import Manning, Seating, manning_of
from fengcai.apps.judging.models import (
    Conflict,
    HandIn,
    Round,
    RoundEntry,
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
from fengcai.apps.judging.recusing import find_conflicts, listed
from fengcai.apps.judging.rules import held_open
from fengcai.apps.judging.seeds import committed, fresh_seed
from fengcai.apps.judging.sharing import refuse_few, refuse_unshared
from fengcai.apps.judging.staging import refuse_unstaged
from fengcai.apps.judging.tallying import inputs_of, named, ranking_of, seal_hash
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused
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
    seating: Mapping[int, Seating] | None = None,
    short: str = "",
) -> Round:
    """Begin a round: seat the contest's judges (with `panel` only those accounts) and take its works
    in: every accepted work, or those that the shortlist of the round before let through.

    `seating` puts judges (by account) on panels and says what they are. Where a panel has another
    number of judges than the rules give it, `short` says why it opens all the same; a panel without
    the kinds of judges that it must have is refused, with what is missing.

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
            "".join(coming) + "现在启动，这些作品就不参加本轮评审。请先办结，或确认提前启动。",
            fields={"early": "请先办结，或确认提前启动"},
        )
    accepted = entering(contest, rules, rule)
    marked = bool(rule.scheme.criteria)
    judges = judges_of(contest) if marked else {}
    if panel is not None:
        judges = {judge: units for judge, units in judges.items() if judge.pk in panel}
    placing = seating or {}
    _refuse_strange_panels(
        rules, rule, [placing[judge.pk] for judge in judges if judge.pk in placing]
    )
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
        sit(round, judge, number, units, at, placing.get(judge.pk, Seating()))
        for number, (judge, units) in enumerate(judges.items(), start=1)
    ]
    manning = manning_of(rules, rule, seats, {judge.pk: own for judge, own in judges.items()})
    _refuse_unfit(manning, short=short)
    conflicts = Conflict.objects.bulk_create(
        find_conflicts(round, rules, rule, seats=seats, works=works, at=at)
    )
    arranged = arrange(
        round, rules, seats=seats, works=works, conflicts=conflicts,
        given=given_in(round, rules, seats),
    )  # fmt: skip
    _refuse_shortages(arranged)
    refuse_few(arranged)
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
            **_seated(seats),
            **(
                {"sizes": {id: list(pair) for id, pair in manning.sizes.items()}}
                if manning.sizes
                else {}
            ),
            **({"input": rule.input} if rule.input != "submission" else {}),
            # The lot's seed is fixed before the first mark; whoever hears of it later can check it.
            **({"seed_sha256": committed(round.seed)} if round.seed else {}),
        },
        personal={"short": short.strip()} if manning.sizes else {},
        at=at,
    )
    return round


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
    refuse_unstaged(panel)
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
    units = {seat.judge_id: list(seat.units.all()) for seat in panel.seats}
    lacking = manning_of(panel.rules, panel.rule, panel.seats, units).lacking
    left_out = RoundEntry.objects.filter(round=round).exclude(entry__state=State.ACCEPTED)
    note(
        round,
        by,
        "judging.seal",
        {
            "sheets": round.hash,
            "count": len(sheets),
            "left_out": [str(row.entry_id) for row in left_out],
            **({"absent": inputs["absent"]} if absent else {}),
            **({"lacking": list(lacking)} if lacking else {}),
            **({"seed": round.seed} if round.seed else {}),
        },
        at,
    )
    return round


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


def _refuse_strange_panels(rules: Rules, rule: RoundRule, placing: Iterable[Seating]) -> None:
    known = {*panels_in(rules, rule), rule.panel_id, ""}
    if any(one.panel not in known for one in placing):
        raise Refused("这一轮没有这个评委组。", fields={"panel": "请选择评委组"})


def _refuse_unfit(manning: Manning, *, short: str) -> None:
    """The panels have the kinds of judges that they must have, and the number, or a reason."""
    if manning.lacking or manning.crowded:
        raise Refused(
            "".join([*manning.lacking, *manning.crowded])
            + "请增聘评委，或在下面勾选评委的身份，再启动。",
            fields={"kinds": "评委构成不合规则"},
        )
    if manning.differs and not short.strip():
        raise Refused(
            "".join(manning.differs) + "请补足或减少评委；确需按现有人数启动，请写明原因。",
            fields={"short": "请写明为什么按现有人数启动"},
        )


def _seated(seats: Sequence[Seat]) -> dict[str, object]:
    """Panels and kinds of judges as the record keeps them, where any are said."""
    panels = {seat.label: seat.panel for seat in seats if seat.panel}
    kinds = {seat.label: seat.kinds for seat in seats if seat.kinds}
    return ({"panels": panels} if panels else {}) | ({"kinds": kinds} if kinds else {})


def _refuse_shortages(panel: Panel) -> None:
    short = [each.text for each in panel.shortages()]
    if short:
        more = f"（共 {len(short)} 件）" if len(short) > SHOWN else ""
        raise Refused(
            "".join(short[:SHOWN]) + f"{more}规则：{panel.rule.cite}。请增聘与这些作品无关的评委。"
        )
