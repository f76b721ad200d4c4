"""Award rules and rankings as the allocation tests need them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from fengcai.core.allocation import CommitteeDecision


@dataclass(frozen=True)
class Line:
    """A border between two places."""

    by: str
    text: str = ""


@dataclass(frozen=True)
class Place:
    """One work of a ranking, with no more than an allocation reads."""

    work: str
    rank: int | None
    figure: Decimal | None = None
    above: Line | None = None
    below: Line | None = None


@dataclass(frozen=True)
class Places:
    """A ranking with no more than an allocation reads."""

    standings: Sequence[Place]


def in_order(*groups: str, unranked: str = "") -> Places:
    """A ranking of one-letter works: ``in_order("a", "bc", "d")`` has b and c tied second."""
    found: list[Place] = []
    for group in groups:
        rank = len(found) + 1
        found += [
            Place(work, rank, Decimal(100 - rank).quantize(Decimal("0.01"))) for work in group
        ]
    return Places([*found, *(Place(work, None) for work in unranked)])


def award(id: str, name: str, count: int, money: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": id,
        "name": name,
        "group": "overall",
        "count": count,
        "money_each": money,
        "decided_by": "ranking",
        "cite": {"section": "六（二）", "words": f"{name} {count} 名"},
        "answer": None,
        **changes,
    }


PLACED = [
    award("first", "一等奖", 1, "1500"),
    award("second", "二等奖", 3, "1200"),
    award("third", "三等奖", 6, "1000"),
]
SPECIAL = [
    award(id, name, 1, "2000", group="special", decided_by="committee", answer="A11")
    for id, name in (
        ("creative", "最佳创意奖"),
        ("technical", "最佳技术奖"),
        ("humanistic", "最佳人文奖"),
    )
]
AWARDS = PLACED + SPECIAL


def decided(award: str, *works: str, minutes: str = "纪要〔2026〕3 号") -> CommitteeDecision:
    return CommitteeDecision(award, works, "评审委员会", "无记名投票", minutes)


ALL_SPECIAL = [decided("creative", "a"), decided("technical", "k"), decided("humanistic", "l")]

LETTERS = "abcdefghijkl"


@st.composite
def rankings(draw: st.DrawFn) -> Places:
    """Up to twelve works in random order, in tie groups of random size, some unranked."""
    works = draw(st.permutations(LETTERS))
    count = draw(st.integers(0, 12))
    works = works[:count]
    groups: list[str] = []
    while draw(st.integers(0, 9)) > 0 and works:
        size = draw(st.sampled_from([1, 1, 1, 2, 2, 3, 5]))
        groups.append("".join(works[:size]))
        works = works[size:]
    return in_order(*groups, unranked="".join(works))


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """Arguments of ``allocate``: rules in any order, decisions that fit them, some ineligible."""
    awards: list[dict[str, Any]] = []
    for number in range(draw(st.integers(0, 6))):
        committee = draw(st.booleans())
        awards.append(
            award(
                f"r{number}",
                f"奖{number}",
                draw(st.integers(0, 4)),
                draw(st.sampled_from(["0", "100", "1500.50", "7.01"])),
                group=draw(st.sampled_from(["甲", "乙"])),
                decided_by="committee" if committee else "ranking",
            )
        )
    decisions = []
    for row in awards:
        if row["decided_by"] == "committee" and draw(st.integers(0, 3)):
            works = draw(st.lists(st.sampled_from(LETTERS), unique=True, max_size=row["count"]))
            decisions.append(decided(row["id"], *works))
    total = sum((Decimal(row["money_each"]) * row["count"] for row in awards), Decimal(0))
    return {
        "awards": awards,
        "ranking": draw(rankings()),
        "decisions": decisions,
        "eligible": set(LETTERS) - draw(st.sets(st.sampled_from(LETTERS), max_size=4)),
        "money_total": draw(st.sampled_from([None, total, total + 1])),
        "stacking": draw(st.sampled_from(["stack", "exclusive"])),
    }


def rule_of(case: Mapping[str, Any], id: str) -> Mapping[str, Any]:
    """The award rule with this id."""
    found: Mapping[str, Any] = next(row for row in case["awards"] if row["id"] == id)
    return found
