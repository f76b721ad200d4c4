"""Award rules and decisions that cannot be used are refused by name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fengcai.core.allocation import (
    AllocationError,
    CommitteeDecision,
    Entrant,
    Field,
    allocate,
    check_decision,
)

from .builders import AWARDS, award, decided, in_order


def test_a_decision_that_can_be_recorded() -> None:
    data = {"award": "creative", "works": ["a"], "by": "评审委员会", "reason": "投票"}
    decision = CommitteeDecision.from_json(data)
    assert decision == CommitteeDecision("creative", ("a",), "评审委员会", "投票", "")
    assert check_decision(AWARDS, decision, eligible={"a"}) == ()
    assert check_decision(AWARDS, decided("creative")) == ()


@pytest.mark.parametrize(
    ("decision", "problem"),
    [
        (decided("grand", "a"), "规则里没有“grand”这个奖项。"),
        (decided("first", "a"), "一等奖按排名产生，不能由评委会指定。"),
        (decided("creative", "a", "b"), "最佳创意奖只有 1 个名额，评定了 2 件作品。"),
        (
            CommitteeDecision("creative", ("a",), "", "投票"),
            "最佳创意奖的评定要写明由谁评定和理由。",
        ),
        (
            CommitteeDecision("creative", ("a",), "评审委员会", " "),
            "最佳创意奖的评定要写明由谁评定和理由。",
        ),
    ],
)
def test_a_decision_that_cannot(decision: CommitteeDecision, problem: str) -> None:
    assert check_decision(AWARDS, decision) == (problem,)
    with pytest.raises(AllocationError) as refused:
        allocate(AWARDS, in_order("a"), decisions=[decision], eligible="a")
    assert refused.value.problems == (problem,)
    assert str(refused.value) == problem


def test_one_work_twice_in_one_decision() -> None:
    awards = [award("pair", "双子奖", 2, "0", decided_by="committee")]
    assert check_decision(awards, decided("pair", "a", "a")) == (
        "双子奖的评定里同一件作品写了两次。",
    )


def test_a_withdrawn_work_is_named_before_the_decision_is_recorded() -> None:
    assert check_decision(AWARDS, decided("creative", "z"), eligible={"a"}) == (
        "作品 z 已退出或不符合评奖条件，不能获奖。",
    )


def test_two_decisions_on_one_award() -> None:
    with pytest.raises(AllocationError) as refused:
        allocate(
            AWARDS,
            in_order("a"),
            decisions=[decided("creative", "a"), decided("creative", "b")],
            eligible="ab",
        )
    assert refused.value.problems == ("奖项“creative”有两份评定，只能有一份有效。",)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"id": ""}, "奖项“一等奖”缺少编号，或编号与别的奖项重复。"),
        ({"id": "other"}, "奖项“一等奖”缺少编号，或编号与别的奖项重复。"),
        ({"count": -1}, "一等奖的名额应是不小于 0 的整数，现在是“-1”。"),
        ({"count": "1"}, "一等奖的名额应是不小于 0 的整数，现在是“1”。"),
        ({"count": True}, "一等奖的名额应是不小于 0 的整数，现在是“True”。"),
        ({"money_each": "15.001"}, "一等奖的奖金应是以元为单位、最多两位小数的金额。"),
        ({"money_each": "-1"}, "一等奖的奖金应是以元为单位、最多两位小数的金额。"),
        ({"money_each": True}, "一等奖的奖金应是以元为单位、最多两位小数的金额。"),
        ({"money_each": Decimal("NaN")}, "一等奖的奖金应是以元为单位、最多两位小数的金额。"),
        ({"decided_by": "lot"}, "一等奖没有写明按排名产生还是由评委会评定。"),
    ],
)
def test_an_award_rule_that_cannot_be_used(changes: dict[str, Any], problem: str) -> None:
    rules = [award("other", "另一奖", 1, "0"), {**award("first", "一等奖", 1, "1500"), **changes}]
    with pytest.raises(AllocationError) as refused:
        allocate(rules, in_order("a"), eligible="a")
    assert refused.value.problems == (problem,)


def test_money_is_never_a_float() -> None:
    with pytest.raises(TypeError):
        allocate(
            [{**award("first", "一等奖", 1, "0"), "money_each": 1500.0}], in_order(), eligible=""
        )
    rules = [{**award("first", "一等奖", 1, "0"), "money_each": Decimal("1.5E+3")}]
    assert allocate(rules, in_order("a"), eligible="a").money.awarded == Decimal(1500)


def test_a_total_or_a_stacking_rule_that_says_nothing() -> None:
    with pytest.raises(AllocationError) as refused:
        allocate(AWARDS, in_order("a"), eligible="a", money_total="一万七千一百")
    assert refused.value.problems == ("规则写的奖金总额“一万七千一百”不是金额。",)
    with pytest.raises(AllocationError) as refused:
        allocate(AWARDS, in_order("a"), eligible="a", stacking="maybe")  # type: ignore[arg-type]
    assert refused.value.problems == ("兼得规则应是 stack 或 exclusive，现在是“maybe”。",)


def organised(count: int, **changes: object) -> dict[str, Any]:
    return award(
        "organised", "优秀组织奖", count, "200", decided_by="committee", kind="organisation", **changes
    )  # fmt: skip


def test_the_committee_gives_an_organisation_award_to_units() -> None:
    rules = [award("first", "一等奖", 1, "0"), organised(3)]
    found = allocate(
        rules, in_order("a", "b"), decisions=[decided("organised", "7", "4")], eligible=["a", "b"]
    )
    assert [(w.award, w.work, w.unit, w.money) for w in found.winners] == [
        ("first", "a", "", Decimal(0)),
        ("organised", "", "7", Decimal(200)),
        ("organised", "", "4", Decimal(200)),
    ]
    assert found.winners[1].reason == "评委会评定：无记名投票（评审委员会，纪要〔2026〕3 号）"
    assert [v.reason for v in found.vacancies] == ["评委会评出 2 个，空缺 1 个名额：无记名投票"]
    assert found.money.awarded == Decimal(400)


def test_units_are_counted_as_units() -> None:
    assert check_decision([organised(1)], decided("organised", "7", "4")) == (
        "优秀组织奖只有 1 个名额，评定了 2 个单位。",
    )
    assert check_decision([organised(2)], decided("organised", "7", "7")) == (
        "优秀组织奖的评定里同一个单位写了两次。",
    )


def test_a_unit_beyond_the_number_is_flagged() -> None:
    share = {"kind": "ratio", "share": "0.5", "of": "accepted", "rounding": "down"}
    rules = [{**organised(1), "count": None, "quota": share}]
    people = {"accepted": [Entrant("a"), Entrant("b")]}
    found = allocate(
        rules,
        in_order("a", "b"),
        decisions=[decided("organised", "7", "4")],
        eligible=["a", "b"],
        field=Field({}, populations=people, kinds={"track": ["x", "y"]}),
    )
    assert [w.unit for w in found.winners] == ["7"]
    assert [(f.kind, f.works) for f in found.flags] == [("scope", ("4",))]
