"""Awards that units win: by points, by parts of a formula, by how many took part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from fengcai.core.allocation import (
    AllocationError,
    AwardOrder,
    allocate,
)
from fengcai.core.scoring import Part

from .builders import Place, Places, in_order
from .scoped import award, entrant, field, won

UNITS = [
    entrant("a", unit="u1"),
    entrant("b", unit="u1"),
    entrant("c", unit="u2"),
    entrant("d", unit="u3"),
]


def organised(*parts: Mapping[str, Any], count: int = 1, **more: Any) -> dict[str, Any]:
    formula = {"parts": list(parts), **more}
    return award(
        "org", "优秀组织奖", count, "0", decided_by="formula", group="组织", formula=formula
    )


@pytest.mark.clause("H17")
def test_units_win_by_points() -> None:
    parts = [
        {"of": "accepted", "points": "1", "max": "1"},
        {"of": "awarded", "points": "2", "awards": ["first"]},
        {"of": "votes", "points": "0.1"},
        {"of": "shortlisted", "points": "5"},
    ]
    made = field(UNITS, votes={"v": {"c": 25, "a": 1}})
    rules = [organised(*parts, min_entries=1, count=2), award("first", "一等奖", 1, "0")]
    result = allocate(rules, in_order(*"abcd"), eligible="abcd", field=made)
    assert won(result) == [("org", "u2"), ("org", "u1"), ("first", "a")]
    assert result.winners[0].reason == (
        "积分 3.5（接收 1 计 1 分、获奖 0 计 0 分、得票 25 计 2.5 分、入围 0 计 0 分），第 1 名；"
        "优秀组织奖名额 2 名（第 1–2 名）"
    )
    assert result.to_json()["winners"][0]["unit"] == "u2"
    any_award = allocate(
        [organised({"of": "awarded", "points": "1"}), award("first", "一等奖", 1, "0")],
        in_order(*"abcd"), eligible="abcd", field=made,
    )  # fmt: skip
    assert won(any_award)[0] == ("org", "u1")


def test_points_wait_for_open_awards_and_ties_for_persons() -> None:
    rules = [organised({"of": "accepted", "points": "1"}, min_points="1")]
    tied = allocate(rules, in_order(*"abcd"), eligible="abcd", field=field(UNITS[1:]))
    assert [(f.kind, f.works) for f in tied.flags] == [("tie", ("u1", "u2", "u3"))]
    assert "3 个单位并列" in tied.flags[0].text
    order = [AwardOrder("org", ("u3", "u1", "u2"), "组委会", "材料齐全")]
    told = allocate(rules, in_order(*"abcd"), eligible="abcd", field=field(UNITS[1:]), orders=order)
    assert won(told) == [("org", "u3")]
    none = allocate([organised({"of": "accepted", "points": "1"}, min_points="9")], in_order("a"), eligible="a",
                    field=field(UNITS))  # fmt: skip
    assert none.vacancies[0].reason == "参加优秀组织奖排名的单位共 0 个，第 1 名空缺。"
    few = allocate([organised({"of": "accepted", "points": "1"}, min_entries=2)], in_order("a"), eligible="a",
                   field=field(UNITS))  # fmt: skip
    assert won(few) == [("org", "u1")]
    late = [
        organised({"of": "accepted", "points": "1"}),
        award("x", "特别奖", 1, "0", decided_by="committee"),
    ]
    waits = allocate(late, in_order("a"), eligible="a", field=field(UNITS))
    assert [f.kind for f in waits.flags] == ["undecided", "awaits"]
    with pytest.raises(AllocationError, match="没有写明怎样计分"):
        allocate([organised({"of": "accepted", "points": "1"})], in_order("a"), eligible="a")


def test_parts_may_be_weighed_against_the_best_unit() -> None:
    parts = [
        {"id": "in", "of": "accepted", "points": "1", "weight": "0.6"},
        {"id": "votes", "of": "votes", "points": "1", "max": "8", "weight": "0.4"},
    ]
    result = allocate(
        [organised(*parts, count=2)],
        in_order("a"),
        eligible="a",
        field=field(UNITS, votes={"v": {"c": 9, "d": 4}}),
    )
    assert [(w.unit, w.figure) for w in result.winners] == [
        ("u2", Decimal("70.00")), ("u1", Decimal("60.00")),
    ]  # fmt: skip
    none = allocate(
        [organised(parts[1], count=1, min_points="1")],
        in_order("a"),
        eligible="a",
        field=field(UNITS),
    )
    assert none.winners == ()


@dataclass(frozen=True)
class Parted(Place):
    """A standing with the parts of its score."""

    parts: tuple[Part, ...] = ()


def test_by_one_part_of_the_score() -> None:
    def talk(value: int | None) -> tuple[Part, ...]:
        number = None if value is None else Fraction(value)
        return (Part("talk", "演讲", number, Fraction(80), Fraction(1, 2)),)

    rows = Places([
        Parted("a", 1, Decimal(90), parts=talk(60)), Parted("b", 2, Decimal(80), parts=talk(76)),
        Parted("c", 3, Decimal(70), parts=talk(None)), Parted("d", 4, Decimal(60)),
    ])  # fmt: skip
    rules = [award("talk", "最佳演讲", 3, "0", component="talk"), award("first", "一等奖", 1, "0")]
    result = allocate(rules, rows, eligible="abcd")
    assert won(result) == [("talk", "b"), ("talk", "a"), ("first", "a")]
    assert result.winners[0].reason.startswith("单项得分 95，")


def test_coverage_measures_the_unit_above() -> None:
    made = field(
        UNITS, superiors={"u1": "city", "u2": "city", "u3": "town"},
        coverage={"city": Fraction(1, 2), "town": Fraction(1)},
    )  # fmt: skip
    rules = [organised({"of": "coverage", "points": "10"}, {"of": "accepted", "points": "1"})]
    result = allocate(rules, in_order("a"), eligible="a", field=made)
    assert won(result) == [("org", "town")]
    assert "覆盖率 100% 计 10 分" in result.winners[0].reason
