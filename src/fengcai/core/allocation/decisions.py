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

_HOW = {"ranking": "排名", "committee": "评定", "vote": "得票", "formula": "积分"}
_YUAN = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")


class AllocationError(ValueError):
    """The award rules or the decisions cannot be used; ``problems`` says why, in Chinese."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("；".join(self.problems))


@dataclass(frozen=True, slots=True)
class AwardRule:
    """One award as the resolved rules state it; money in yuan.

    ``count`` is None where ``quota`` says how many. ``scope`` holds the kinds and ids that it is
    bounded by, ``per`` the kinds of which each has its own number. ``key`` says by what it goes:
    (round, criterion, vote, component), each empty where the rules name none. ``units`` says that
    units get it and not works: an organisation award (组织奖), by formula or as the committee sees fit.
    """

    id: str
    name: str
    group: str
    count: int | None
    money_each: Decimal
    decided_by: str
    cite: Any
    answer: str | None
    quota: Mapping[str, Any] | None = None
    scope: tuple[tuple[str, tuple[str, ...]], ...] = ()
    per: tuple[str, ...] = ()
    key: tuple[str, ...] = ("", "", "", "")
    formula: Mapping[str, Any] | None = None
    vacancy: bool = False
    stacking: str | None = None
    pool: Decimal | None = None
    max_per_unit: int | None = None
    max_per_person: int | None = None
    instructors: bool = False
    units: bool = False

    @property
    def ladder(self) -> tuple[Any, ...]:
        """Awards of one ladder run down one ranking together."""
        return (self.group, self.decided_by, self.scope, self.per, self.key)

    @property
    def elastic(self) -> bool:
        """Whether the number is not a fixed one, so that the money is an upper bound."""
        return self.count is None

    @property
    def may_stay_vacant(self) -> bool:
        """Whether places may be left vacant on purpose though somebody could take them."""
        return self.vacancy or (self.quota or {}).get("kind") == "at_most"


@dataclass(frozen=True, slots=True)
class AwardOrder:
    """A person's order (first to last) of exactly the works or units tied at an award's border."""

    award: str
    works: tuple[str, ...]
    by: str
    reason: str

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> AwardOrder:
        """Read ``{"award", "order": [id, …], "by", "reason"}``."""
        return cls(data["award"], tuple(data["order"]), data["by"], data["reason"])


@dataclass(frozen=True, slots=True)
class Vacated:
    """The committee leaves ``places`` of an award by ranking vacant; ``cell`` of which scope.

    Those places are given to nobody, and the next award begins with the work that would have had
    the first of them.
    """

    award: str
    places: int
    by: str
    reason: str
    cell: str = ""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Vacated:
        """Read ``{"award", "places", "by", "reason", "cell"?}``."""
        return cls(
            data["award"], int(data["places"]), data["by"], data["reason"], data.get("cell") or ""
        )


@dataclass(frozen=True, slots=True)
class CommitteeDecision:
    """The committee gives ``award`` to ``works``; an empty tuple leaves it vacant on purpose. Of an
    award that units get, they are ids of units.

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


def check_vacated(awards: Sequence[Mapping[str, Any]], row: Vacated) -> tuple[str, ...]:
    """Say in Chinese what keeps places from being left vacant; empty when nothing does."""
    return tuple(vacating_problems(read_awards(awards), row))


def decision_problems(awards: Sequence[AwardRule], decision: CommitteeDecision) -> Iterable[str]:
    """What is wrong with a decision whatever becomes of the works."""
    award = next((one for one in awards if one.id == decision.award), None)
    if award is None:
        yield f"规则里没有“{decision.award}”这个奖项。"
        return
    if award.decided_by != "committee":
        yield f"{award.name}按{_HOW[award.decided_by]}产生，不能由评委会指定。"
    if len(set(decision.works)) != len(decision.works):
        yield f"{award.name}的评定里同一{'个单位' if award.units else '件作品'}写了两次。"
    most = award.count
    if most is None and (award.quota or {}).get("kind") == "at_most":
        most = (award.quota or {}).get("max")
    if most is not None and not award.per and len(decision.works) > most:
        what = "个单位" if award.units else "件作品"
        yield f"{award.name}只有 {most} 个名额，评定了 {len(decision.works)} {what}。"
    if not decision.by.strip() or not decision.reason.strip():
        yield f"{award.name}的评定要写明由谁评定和理由。"


def vacating_problems(awards: Sequence[AwardRule], row: Vacated) -> Iterable[str]:
    """What is wrong with leaving places vacant, whatever the ranking says."""
    award = next((one for one in awards if one.id == row.award), None)
    if award is None:
        yield f"规则里没有“{row.award}”这个奖项。"
        return
    if not award.may_stay_vacant:
        yield f"规则没有写{award.name}可以空缺。"
    if award.decided_by == "committee":
        yield f"{award.name}由评委会评定，请直接少评。"
    if row.places < 1:
        yield f"{award.name}空缺的名额应不少于 1 个。"
    if not row.by.strip() or not row.reason.strip():
        yield f"{award.name}的空缺要写明由谁决定和理由。"


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
        elif (count is None) != bool(row.get("quota")) or (
            count is not None
            and (not isinstance(count, int) or isinstance(count, bool) or count < 0)
        ):
            problems.append(f"{name}的名额应是不小于 0 的整数，现在是“{count}”。")
        elif money is None:
            problems.append(f"{name}的奖金应是以元为单位、最多两位小数的金额。")
        elif by not in _HOW or (by == "vote") > bool(row.get("vote")):
            problems.append(f"{name}没有写明按排名产生还是由评委会评定。")
        else:
            group, cite = str(row.get("group") or ""), copy.deepcopy(row.get("cite"))
            found[id] = AwardRule(
                id, name, group, count, money, by, cite, row.get("answer"), **_more(row)
            )
    if problems:
        raise AllocationError(problems)
    return tuple(found.values())


def _more(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the language says of awards beyond a name, a number and money."""
    scope = {kind: tuple(row.get(f"{kind}s") or ()) for kind in ("track", "division", "region")}
    pool = row.get("money_pool")
    return {
        "quota": row.get("quota"),
        "scope": tuple((kind, ids) for kind, ids in scope.items() if ids),
        "per": tuple(row.get("per") or ()),
        "key": tuple(
            str(row.get(name) or "") for name in ("round", "criterion", "vote", "component")
        ),
        "formula": row.get("formula"),
        "vacancy": bool(row.get("vacancy")),
        "stacking": row.get("stacking"),
        "pool": None if pool is None else yuan(pool),
        "max_per_unit": row.get("max_per_unit"),
        "max_per_person": row.get("max_per_person"),
        "units": row.get("decided_by") == "formula"
        or (row.get("decided_by") == "committee" and row.get("kind") == "organisation"),
        "instructors": row.get("recipient") == "instructors" or row.get("kind") == "instructor",
    }


def yuan(value: object) -> Decimal | None:
    """Read an amount in yuan exactly; ``None`` if it is not one; ``TypeError`` for a float."""
    if isinstance(value, float):
        raise TypeError("money is exact: pass a string, an int or a Decimal, not a float")
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    if isinstance(value, bool) or not _YUAN.fullmatch(text):
        return None
    return Decimal(text)
