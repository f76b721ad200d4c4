"""The money: paid, kept for vacant and open places, and what a shared pool leaves to nobody.

In yuan, exact to the fen. A pool is divided evenly among all who get the award, rounded down to the
fen; the fen that are left over are paid to nobody, so that equals are paid alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from fengcai.core.allocation.decisions import AllocationError, AwardRule, yuan
from fengcai.core.allocation.results import Money
from fengcai.core.allocation.state import State

_FEN = Decimal("0.01")


def purse(rules: Sequence[AwardRule], state: State, stated: str | int | Decimal | None) -> Money:
    """Count the money; winners of a pool get their share here."""
    each = {rule.id: rule.money_each for rule in rules}
    vacant = sum((vacancy.money for vacancy in state.vacancies), Decimal(0))
    undecided = sum((each[flag.award] * flag.places for flag in state.flags), Decimal(0))
    remainder = Decimal(0)
    for rule in rules:
        if rule.pool is None:
            continue
        mine = [one for one in state.winners if one.award == rule.id]
        if any(flag.award == rule.id for flag in state.flags):
            undecided += rule.pool
        elif not mine:
            vacant += rule.pool
        else:
            share = Decimal(int(rule.pool / _FEN) // len(mine)) * _FEN
            remainder += rule.pool - share * len(mine)
            state.winners = [
                replace(one, money=share) if one.award == rule.id else one for one in state.winners
            ]
    awarded = sum((winner.money for winner in state.winners), Decimal(0))
    # The zeros keep the decimals that the rules are written with: 600.00 stays 600.00.
    zeros = sum((rule.money_each * 0 for rule in rules), Decimal(0))
    planned = awarded + vacant + undecided + remainder + zeros
    total = None if stated is None else yuan(stated)
    if stated is not None and total is None:
        raise AllocationError([f"规则写的奖金总额“{stated}”不是金额。"])
    elastic = any(rule.elastic and rule.money_each for rule in rules)
    balanced = total is None or total == planned or (elastic and planned <= total)
    parts = [f"奖金实发 {awarded:f} 元"]
    parts.extend(_outstanding(state, vacant, undecided))
    if remainder:
        parts.append(f"均分除不尽的 {remainder:f} 元不发")
    if vacant or undecided:
        parts.append(f"合计 {planned:f} 元")
    if total is not None:
        same = "一致" if total == planned else f"相差 {total - planned:f} 元（名额未用满）"
        if not balanced:
            same = f"不符：各奖项名额乘以金额相加为 {planned:f} 元，须更正规则"
        parts.append(f"与规则所写总额 {total:f} 元{same}")
    return Money(
        awarded, vacant, undecided, planned, total, balanced, "，".join(parts) + "。", remainder
    )


def _outstanding(state: State, vacant: Decimal, undecided: Decimal) -> Iterator[str]:
    if vacant:
        count = sum(vacancy.count for vacancy in state.vacancies)
        yield f"空缺 {count} 个名额 {vacant:f} 元"
    if undecided:
        count = sum(flag.places for flag in state.flags)
        yield f"待定 {count} 个名额 {undecided:f} 元"
