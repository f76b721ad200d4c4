"""The fold over the ordered award rules: who wins what, what stays vacant, what a person decides.

Each rule is taken once for every scope that it has its own number for. Awards down a line are
``ladder``; how many places there are is ``places``; units' awards come last, since they count the
others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

from fengcai.core.allocation.decisions import (
    AllocationError,
    AwardOrder,
    AwardRule,
    CommitteeDecision,
    Vacated,
    decision_problems,
    read_awards,
    vacating_problems,
)
from fengcai.core.allocation.field import Cell, Field, Ranks, Runner, runners
from fengcai.core.allocation.ladder import by_line, competing
from fengcai.core.allocation.organisation import unit_runners, unit_scores
from fengcai.core.allocation.places import places, reaches
from fengcai.core.allocation.purse import purse
from fengcai.core.allocation.results import Allocation, Flag
from fengcai.core.allocation.state import State


def allocate(
    awards: Sequence[Mapping[str, Any]],
    ranking: Ranks,
    *,
    decisions: Iterable[CommitteeDecision] = (),
    orders: Iterable[AwardOrder] = (),
    vacated: Iterable[Vacated] = (),
    eligible: Iterable[str],
    money_total: str | int | Decimal | None = None,
    stacking: Literal["stack", "exclusive"] = "stack",
    field: Field | None = None,
    max_per_unit: int | None = None,
    max_per_person: int | None = None,
) -> Allocation:
    """Fold the award rules (resolved JSON, in order) over the ranking and the decisions.

    ``eligible`` are the works that may win: not withdrawn, not refused. ``stacking``: under
    ``exclusive`` a work holds at most one award and the earlier rule wins; under ``stack`` it may
    hold awards of several groups, and the committee's beside them. ``money_total`` is in yuan.
    ``field`` holds what scopes, ratios, votes and formulas ask for; ``max_per_unit`` and
    ``max_per_person`` bound all awards together. Raises ``AllocationError`` for unusable rules, or
    decisions that ``check_decision`` refuses.
    """
    rules = read_awards(awards)
    decided = _by_award(rules, decisions)
    ordered = _by_members(rules, orders)
    left = _by_cell(rules, vacated)
    if stacking not in ("stack", "exclusive"):
        raise AllocationError([f"兼得规则应是 stack 或 exclusive，现在是“{stacking}”。"])
    may_win = frozenset(eligible)
    state = State(
        {rule.id: rule for rule in rules}, field, stacking, max_per_unit, max_per_person, ordered
    )
    last = [rule for rule in rules if rule.decided_by == "formula"]
    for rule in [*(rule for rule in rules if rule.decided_by != "formula"), *last]:
        # A unit is in no track, division or region by itself: its award has one number for all.
        cells = field.cells(rule) if field is not None and not rule.units else [()]
        if not cells:
            raise AllocationError([f"{rule.name}按{'、'.join(rule.per)}分别评，却没有可分的。"])
        for cell in cells:
            name = field.called(cell) if field is not None else ""
            if rule.decided_by == "committee":
                _by_committee(state, rule, cell, decided.get(rule.id), may_win)
            elif rule.decided_by == "formula":
                _by_formula(state, rule, cell, left.get((rule.id, name)))
            else:
                _by_ranking(state, rule, cell, ranking, may_win, left.get((rule.id, name)))
    _unused(state, ordered.values())
    money = purse(rules, state, money_total)
    if not money.balanced:
        state.flags.append(Flag("money", "", (), 0, money.text, None))
    at = {rule.id: index for index, rule in enumerate(rules)}
    return Allocation(
        tuple(sorted(state.winners, key=lambda one: at[one.award])),
        tuple(sorted(state.vacancies, key=lambda one: at[one.award])),
        tuple(state.flags),
        money,
        tuple(sorted(state.places, key=lambda one: at[one.award])),
    )


def _by_award(
    rules: Sequence[AwardRule], decisions: Iterable[CommitteeDecision]
) -> dict[str, CommitteeDecision]:
    found: dict[str, CommitteeDecision] = {}
    problems: list[str] = []
    for decision in decisions:
        problems.extend(decision_problems(rules, decision))
        if decision.award in found:
            problems.append(f"奖项“{decision.award}”有两份评定，只能有一份有效。")
        found[decision.award] = decision
    if problems:
        raise AllocationError(sorted(problems))
    return found


def _by_members(
    rules: Sequence[AwardRule], orders: Iterable[AwardOrder]
) -> dict[tuple[str, frozenset[str]], AwardOrder]:
    found: dict[tuple[str, frozenset[str]], AwardOrder] = {}
    known = {rule.id for rule in rules}
    for one in orders:
        members = frozenset(one.works)
        if one.award not in known or len(members) < 2 or len(members) != len(one.works):
            raise AllocationError(["并列裁定要写明奖项，并把至少两件不同的作品从先到后写出。"])
        if not one.by.strip() or not one.reason.strip():
            raise AllocationError(["并列裁定要写明由谁裁定和理由。"])
        if (one.award, members) in found:
            raise AllocationError([f"奖项“{one.award}”的同一组并列有两份裁定。"])
        found[one.award, members] = one
    return found


def _by_cell(
    rules: Sequence[AwardRule], vacated: Iterable[Vacated]
) -> dict[tuple[str, str], Vacated]:
    found: dict[tuple[str, str], Vacated] = {}
    problems: list[str] = []
    for row in vacated:
        problems.extend(vacating_problems(rules, row))
        if (row.award, row.cell) in found:
            problems.append(f"奖项“{row.award}”有两份空缺决定，只能有一份有效。")
        found[row.award, row.cell] = row
    if problems:
        raise AllocationError(sorted(problems))
    return found


def _by_ranking(
    state: State,
    rule: AwardRule,
    cell: Cell,
    ranking: Ranks,
    eligible: frozenset[str],
    left: Vacated | None,
) -> None:
    found = runners(rule, cell, ranking, state.field, eligible)
    if found is None:
        name = state.field.called(cell) if state.field else ""
        text = f"{rule.name}{f'（{name}）' if name else ''}的作品分在不同轮次评审，得分不能直接比较，须更正规则。"
        state.flag(rule, cell, "rounds", (), rule.count or 0, text)
        return
    if state.unsettled(rule):
        text = f"获奖不可兼得，{rule.name}要等前面待定的奖项定下之后才能确定。"
        if state.walked(rule):
            text = f"{rule.name}有每单位、每人的上限，要等前面待定的奖项定下之后才能确定。"
        state.open |= {one.work for block in found for one in block}
        state.flag(rule, cell, "awaits", (), rule.count or 0, text)
        return
    _run(state, rule, cell, found, left)


def _by_formula(state: State, rule: AwardRule, cell: Cell, left: Vacated | None) -> None:
    if state.flags:
        text = f"{rule.name}按单位获奖等情况计分，要等前面待定的奖项定下之后才能确定。"
        state.flag(rule, cell, "awaits", (), rule.count or 0, text)
        return
    if state.field is None or rule.formula is None:
        raise AllocationError([f"{rule.name}没有写明怎样计分。"])
    won = [(one.award, one.work) for one in state.winners if one.work]
    _run(state, rule, cell, unit_runners(unit_scores(rule.formula, state.field, won)), left)


def _run(
    state: State,
    rule: AwardRule,
    cell: Cell,
    found: Sequence[Sequence[Runner]],
    left: Vacated | None,
) -> None:
    line = competing(state, rule, found)
    taken = state.cursor.get((rule.ladder, cell), 0)
    flat = [one for block in line for one in block]
    if state.walked(rule):
        flat = [one for one in flat if not state.has_place(rule, one.work)]
        line = [[one for one in block if reaches(rule, one)] for block in line]
    number, before = places(rule, cell, state.field, flat, taken, 0)
    if number.text or cell:
        state.places.append(number)
    by_line(state, rule, cell, line, number.number, before, left)


def _by_committee(
    state: State,
    rule: AwardRule,
    cell: Cell,
    decision: CommitteeDecision | None,
    eligible: frozenset[str],
) -> None:
    chosen = decision.works if decision is not None else ()
    if cell and state.field is not None:
        inside = [work for work in chosen if state.field.entrant(work).belongs.issuperset(cell)]
        chosen = tuple(inside)
    number, _ = places(rule, cell, state.field, (), 0, len(chosen))
    if number.text or cell:
        state.places.append(number)
    if decision is None:
        free = (rule.quota or {}).get("kind") in ("discretionary", "threshold")
        if number.number or free:
            text = f"{rule.name}由评委会评定，还没有评定记录。"
            state.flag(rule, cell, "undecided", (), number.number, text)
        return
    for index, work in enumerate(chosen):
        _give(state, rule, cell, decision, work, eligible, inside=index < number.number)
    vacant = number.number - len(chosen)
    if vacant > 0:
        reason = f"评委会评出 {len(chosen)} {'个' if rule.units else '件'}，空缺 {vacant} 个名额：{decision.reason}"
        state.vacate(rule, cell, vacant, reason)


def _give(
    state: State,
    rule: AwardRule,
    cell: Cell,
    decision: CommitteeDecision,
    work: str,
    eligible: frozenset[str],
    *,
    inside: bool,
) -> None:
    if rule.units and inside:
        state.win(rule, cell, work, _decided(decision), decision=decision)
        return
    barring = [one.name for one in state.held.get(work, ()) if state.either(one, rule)]
    own = state.exclusive(rule)
    start = f"评委会把{rule.name}评给作品 {work}，但"
    capped = state.over_cap(rule, work)
    in_scope = state.field is None or state.field.holds(rule, cell, state.field.entrant(work))
    if not inside:
        text = f"{start}名额已满，须重新评定。"
        state.flag(rule, cell, "scope", (work,), 0, text)
    elif work not in eligible:
        text = f"{start}它已退出或不符合评奖条件，须重新评定。"
        state.flag(rule, cell, "ineligible", (work,), 1, text)
    elif not in_scope:
        text = f"{start}它不在这个奖项的评奖范围，须重新评定。"
        state.flag(rule, cell, "scope", (work,), 1, text)
    elif barring:
        text = f"{start}它已获{'、'.join(barring)}，规则规定不可兼得，须重新评定。"
        state.flag(rule, cell, "exclusive", (work,), 1, text)
    elif capped:
        state.flag(rule, cell, "cap", (work,), 1, f"{start}{capped}，须重新评定。")
    elif own and work in state.open:
        text = f"{start}它还在并列待定，须先裁定并列。"
        state.flag(rule, cell, "awaits", (work,), 1, text)
    else:
        state.win(rule, cell, work, _decided(decision), decision=decision)


def _decided(decision: CommitteeDecision) -> str:
    source = f"{decision.by}，{decision.minutes}" if decision.minutes else decision.by
    return f"评委会评定：{decision.reason}（{source}）"


def _unused(state: State, orders: Iterable[AwardOrder]) -> None:
    for one in sorted(orders, key=lambda one: (one.award, one.works)):
        rule = state.rules[one.award]
        if one not in state.used:
            text = f"{rule.name}的一份并列裁定没有对上任何一组并列。"
            state.flag(rule, (), "unused", one.works, 0, text)
