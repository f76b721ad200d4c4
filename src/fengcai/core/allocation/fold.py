"""The fold over the ordered award rules: who wins what, what stays vacant, what a person decides.

Awards of one group that go by ranking run down the ranking together (first 1, second 2–4, …); a
new group starts from the top. A tie that lies wholly inside an award's places wins whole; one that
crosses a border leaves its places open with a flag.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, Protocol

from fengcai.core.allocation.decisions import (
    AllocationError,
    AwardRule,
    CommitteeDecision,
    decision_problems,
    read_awards,
    yuan,
)
from fengcai.core.allocation.results import Allocation, Flag, FlagKind, Money, Vacancy, Winner


class Border(Protocol):
    """What tells a work from its neighbour in the ranking."""

    @property
    def by(self) -> str:
        """``figure``, or the step of the tie chain."""

    @property
    def text(self) -> str:
        """The same in Chinese."""


class Ranked(Protocol):
    """One work of a ranking, as ``core.scoring.Standing`` has it; equal ranks are tied."""

    @property
    def work(self) -> str:
        """The work's id."""

    @property
    def rank(self) -> int | None:
        """Its place, from 1; None if it has none."""

    @property
    def figure(self) -> Decimal | None:
        """The official figure."""

    @property
    def above(self) -> Border | None:
        """The border to the work before."""

    @property
    def below(self) -> Border | None:
        """The border to the work after."""


class Ranks(Protocol):
    """A ranking, as ``core.scoring.Ranking`` has it."""

    @property
    def standings(self) -> Sequence[Ranked]:
        """The works, in any order."""


@dataclass(slots=True)
class _State:
    group: dict[str, str]  # award → group
    winners: list[Winner] = field(default_factory=list)
    vacancies: list[Vacancy] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    cursor: dict[str, int] = field(default_factory=dict)
    held: dict[str, list[AwardRule]] = field(default_factory=dict)  # work → its awards so far
    open: set[str] = field(default_factory=set)  # works that may yet win where places are open


def allocate(
    awards: Sequence[Mapping[str, Any]],
    ranking: Ranks,
    *,
    decisions: Iterable[CommitteeDecision] = (),
    eligible: Iterable[str],
    money_total: str | int | Decimal | None = None,
    stacking: Literal["stack", "exclusive"] = "stack",
) -> Allocation:
    """Fold the award rules (resolved JSON, in order) over the ranking and the decisions.

    ``eligible`` are the works that may win: not withdrawn, not refused. ``stacking``: under
    ``exclusive`` a work holds at most one award and the earlier rule wins; under ``stack`` it may
    hold awards of several groups, and the committee's beside them. ``money_total`` is in yuan.
    Raises ``AllocationError`` for unusable rules, or decisions that ``check_decision`` refuses.
    """
    rules = read_awards(awards)
    decided = _by_award(rules, decisions)
    if stacking not in ("stack", "exclusive"):
        raise AllocationError([f"兼得规则应是 stack 或 exclusive，现在是“{stacking}”。"])
    may_win = frozenset(eligible)
    blocks = _blocks(ranking, may_win)
    exclusive = stacking == "exclusive"
    state = _State({rule.id: rule.group for rule in rules})
    for rule in rules:
        if rule.decided_by == "ranking":
            _by_ranking(state, rule, blocks, exclusive)
        else:
            _by_committee(state, rule, decided.get(rule.id), may_win, exclusive)
    money = _money(rules, state, money_total)
    if not money.balanced:
        state.flags.append(Flag("money", "", (), 0, money.text, None))
    return Allocation(tuple(state.winners), tuple(state.vacancies), tuple(state.flags), money)


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


def _blocks(ranking: Ranks, eligible: frozenset[str]) -> list[list[Ranked]]:
    """The eligible ranked works from first to last, tied ones together in the order of ids."""
    found: dict[int, list[Ranked]] = {}
    for one in sorted(ranking.standings, key=lambda one: one.work):
        if one.rank is not None and one.work in eligible:
            found.setdefault(one.rank, []).append(one)
    return [found[rank] for rank in sorted(found)]


def _by_ranking(
    state: _State, rule: AwardRule, blocks: Sequence[Sequence[Ranked]], exclusive: bool
) -> None:
    if exclusive and _unsettled(state, rule):
        text = f"获奖不可兼得，{rule.name}要等前面待定的奖项定下之后才能确定。"
        state.open |= {one.work for block in blocks for one in block}
        _flag(state, rule, "awaits", (), rule.count, text)
        return
    first = state.cursor.get(rule.group, 0) + 1
    last = first + rule.count - 1
    state.cursor[rule.group] = last
    place = 1
    competing = 0
    for block in blocks:
        members = [one for one in block if not (exclusive and _elsewhere(state, one.work, rule))]
        end = place + len(members) - 1
        inside = max(0, min(end, last) - max(place, first) + 1)
        if inside and inside == len(members):
            for one in members:
                reason = _ranking_reason(rule, one, place, end, first, last)
                _win(state, rule, one.work, reason, place=place, ranked=one)
        elif inside:
            _flag_tie(state, rule, members, place, end, first, last, inside)
        competing += len(members)
        place = end + 1
    vacant = last - max(competing, first - 1)
    if vacant > 0:
        _vacate(
            state,
            rule,
            vacant,
            f"参加{rule.name}排名的作品共 {competing} 件，{_places(last - vacant + 1, last)}空缺。",
        )


def _unsettled(state: _State, rule: AwardRule) -> bool:
    """Whether open places before this rule may yet take a work out of its competition.

    Open ties of the rule's own group do not: they are about works placed before this rule's.
    """
    return any(flag.kind != "tie" or state.group[flag.award] != rule.group for flag in state.flags)


def _elsewhere(state: _State, work: str, rule: AwardRule) -> bool:
    """Whether the work holds an award other than by its place in this rule's own group."""
    return any(
        held.decided_by != "ranking" or held.group != rule.group
        for held in state.held.get(work, ())
    )


def _by_committee(
    state: _State,
    rule: AwardRule,
    decision: CommitteeDecision | None,
    eligible: frozenset[str],
    exclusive: bool,
) -> None:
    if decision is None:
        if rule.count:
            text = f"{rule.name}由评委会评定，还没有评定记录。"
            _flag(state, rule, "undecided", (), rule.count, text)
        return
    for work in decision.works:
        held = "、".join(one.name for one in state.held.get(work, ()))
        if work not in eligible:
            text = f"评委会把{rule.name}评给作品 {work}，但它已退出或不符合评奖条件，须重新评定。"
            _flag(state, rule, "ineligible", (work,), 1, text)
        elif exclusive and held:
            text = f"评委会把{rule.name}评给作品 {work}，但它已获{held}，规则规定不可兼得，须重新评定。"
            _flag(state, rule, "exclusive", (work,), 1, text)
        elif exclusive and work in state.open:
            text = f"评委会把{rule.name}评给作品 {work}，但它还在并列待定，须先裁定并列。"
            _flag(state, rule, "awaits", (work,), 1, text)
        else:
            source = f"{decision.by}，{decision.minutes}" if decision.minutes else decision.by
            _win(state, rule, work, f"评委会评定：{decision.reason}（{source}）", decision=decision)
    vacant = rule.count - len(decision.works)
    if vacant:
        reason = f"评委会评出 {len(decision.works)} 件，空缺 {vacant} 个名额：{decision.reason}"
        _vacate(state, rule, vacant, reason)


def _ranking_reason(
    rule: AwardRule, one: Ranked, place: int, end: int, first: int, last: int
) -> str:
    tied = "并列" if end > place else ""
    parts = [f"综合得分 {one.figure:f}，{tied}第 {place} 名"]
    if one.rank != place:
        parts[0] = (
            f"综合得分 {one.figure:f}，总排名{tied}第 {one.rank}，排在前面的作品有不参与本奖项的，递补为{tied}第 {place} 名"
        )
    for label, border in (("与前一名", one.above), ("与后一名", one.below)):
        if border is not None and border.by not in ("figure", "tied"):
            parts.append(f"{label}：{border.text}")
    parts.append(f"{rule.name}名额 {rule.count} 名（{_places(first, last)}）")
    return "；".join(parts)


def _places(first: int, last: int) -> str:
    return f"第 {first} 名" if first == last else f"第 {first}–{last} 名"


def _flag_tie(
    state: _State,
    rule: AwardRule,
    members: Sequence[Ranked],
    place: int,
    end: int,
    first: int,
    last: int,
    inside: int,
) -> None:
    text = (
        f"{_places(place, end)}的 {len(members)} 件作品并列，跨过{rule.name}的名额"
        f"（{_places(first, last)}），其中 {inside} 个名额待定：须由评委会裁定先后。"
    )
    state.open |= {one.work for one in members}
    _flag(state, rule, "tie", tuple(one.work for one in members), inside, text)


def _win(
    state: _State,
    rule: AwardRule,
    work: str,
    reason: str,
    *,
    place: int | None = None,
    ranked: Ranked | None = None,
    decision: CommitteeDecision | None = None,
) -> None:
    state.held.setdefault(work, []).append(rule)
    state.winners.append(
        Winner(
            award=rule.id,
            award_name=rule.name,
            group=rule.group,
            work=work,
            place=place,
            rank=None if ranked is None else ranked.rank,
            figure=None if ranked is None else ranked.figure,
            money=rule.money_each,
            reason=reason,
            cite=rule.cite,
            answer=rule.answer,
            by="" if decision is None else decision.by,
            minutes="" if decision is None else decision.minutes,
        )
    )


def _vacate(state: _State, rule: AwardRule, count: int, reason: str) -> None:
    money = rule.money_each * count
    state.vacancies.append(Vacancy(rule.id, rule.name, count, money, reason, rule.cite))


def _flag(
    state: _State, rule: AwardRule, kind: FlagKind, works: tuple[str, ...], places: int, text: str
) -> None:
    state.flags.append(Flag(kind, rule.id, works, places, text, rule.cite))


def _money(rules: Sequence[AwardRule], state: _State, stated: str | int | Decimal | None) -> Money:
    each = {rule.id: rule.money_each for rule in rules}
    awarded = sum((winner.money for winner in state.winners), Decimal(0))
    vacant = sum((vacancy.money for vacancy in state.vacancies), Decimal(0))
    undecided = sum((each[flag.award] * flag.places for flag in state.flags), Decimal(0))
    planned = sum((rule.money_each * rule.count for rule in rules), Decimal(0))
    total = None if stated is None else yuan(stated)
    if stated is not None and total is None:
        raise AllocationError([f"规则写的奖金总额“{stated}”不是金额。"])
    balanced = total is None or total == planned
    parts = [f"奖金实发 {awarded:f} 元"]
    parts.extend(_outstanding(state, vacant, undecided))
    if vacant or undecided:
        parts.append(f"合计 {planned:f} 元")
    if total is not None:
        same = "一致" if balanced else f"不符：各奖项名额乘以金额相加为 {planned:f} 元，须更正规则"
        parts.append(f"与规则所写总额 {total:f} 元{same}")
    return Money(awarded, vacant, undecided, planned, total, balanced, "，".join(parts) + "。")


def _outstanding(state: _State, vacant: Decimal, undecided: Decimal) -> Iterator[str]:
    if vacant:
        count = sum(vacancy.count for vacancy in state.vacancies)
        yield f"空缺 {count} 个名额 {vacant:f} 元"
    if undecided:
        count = sum(flag.places for flag in state.flags)
        yield f"待定 {count} 个名额 {undecided:f} 元"
