"""Award rules and the committee's recorded decisions, read strictly.

It says whether a decision can be recorded at all; what it leads to is ``fold``.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

_YUAN = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")


class AllocationError(ValueError):
    """The award rules or the decisions cannot be used; ``problems`` says why, in Chinese."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("；".join(self.problems))


@dataclass(frozen=True, slots=True)
class AwardRule:
    """One award as the resolved rules state it; ``money_each`` in yuan."""

    id: str
    name: str
    group: str
    count: int
    money_each: Decimal
    decided_by: str
    cite: Any
    answer: str | None


@dataclass(frozen=True, slots=True)
class CommitteeDecision:
    """The committee gives ``award`` to ``works``; an empty tuple leaves it vacant on purpose.

    ``minutes`` refers to where the decision is written down (会议纪要的编号).
    """

    award: str
    works: tuple[str, ...]
    by: str
    reason: str
    minutes: str = ""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CommitteeDecision:
        """Read ``{"award", "works": [work, …], "by", "reason", "minutes"?}``."""
        return cls(
            data["award"],
            tuple(data["works"]),
            data["by"],
            data["reason"],
            data.get("minutes") or "",
        )


def check_decision(
    awards: Sequence[Mapping[str, Any]],
    decision: CommitteeDecision,
    *,
    eligible: Collection[str] | None = None,
) -> tuple[str, ...]:
    """Say in Chinese what keeps the decision from being recorded; empty when nothing does.

    With ``eligible`` it also names works that cannot win. Raises ``AllocationError`` if the award
    rules themselves cannot be used.
    """
    problems = list(decision_problems(read_awards(awards), decision))
    if eligible is not None:
        out = sorted(set(decision.works) - set(eligible))
        problems.extend(f"作品 {work} 已退出或不符合评奖条件，不能获奖。" for work in out)
    return tuple(problems)


def decision_problems(awards: Sequence[AwardRule], decision: CommitteeDecision) -> Iterable[str]:
    """What is wrong with a decision whatever becomes of the works."""
    award = next((one for one in awards if one.id == decision.award), None)
    if award is None:
        yield f"规则里没有“{decision.award}”这个奖项。"
        return
    if award.decided_by != "committee":
        yield f"{award.name}按排名产生，不能由评委会指定。"
    if len(set(decision.works)) != len(decision.works):
        yield f"{award.name}的评定里同一件作品写了两次。"
    if len(decision.works) > award.count:
        yield f"{award.name}只有 {award.count} 个名额，评定了 {len(decision.works)} 件作品。"
    if not decision.by.strip() or not decision.reason.strip():
        yield f"{award.name}的评定要写明由谁评定和理由。"


def read_awards(rows: Sequence[Mapping[str, Any]]) -> tuple[AwardRule, ...]:
    """The award rules in their order; ``AllocationError`` naming every problem."""
    found: dict[str, AwardRule] = {}
    problems: list[str] = []
    for row in rows:
        id, count, by = str(row.get("id") or ""), row.get("count"), row.get("decided_by")
        name = str(row.get("name") or id)
        money = yuan(row.get("money_each", 0))
        if not id or id in found:
            problems.append(f"奖项“{name}”缺少编号，或编号与别的奖项重复。")
        elif not isinstance(count, int) or isinstance(count, bool) or count < 0:
            problems.append(f"{name}的名额应是不小于 0 的整数，现在是“{count}”。")
        elif money is None:
            problems.append(f"{name}的奖金应是以元为单位、最多两位小数的金额。")
        elif by not in ("ranking", "committee"):
            problems.append(f"{name}没有写明按排名产生还是由评委会评定。")
        else:
            group, cite = str(row.get("group") or ""), copy.deepcopy(row.get("cite"))
            found[id] = AwardRule(id, name, group, count, money, by, cite, row.get("answer"))
    if problems:
        raise AllocationError(problems)
    return tuple(found.values())


def yuan(value: object) -> Decimal | None:
    """Read an amount in yuan exactly; ``None`` if it is not one; ``TypeError`` for a float."""
    if isinstance(value, float):
        raise TypeError("money is exact: pass a string, an int or a Decimal, not a float")
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    if isinstance(value, bool) or not _YUAN.fullmatch(text):
        return None
    return Decimal(text)
