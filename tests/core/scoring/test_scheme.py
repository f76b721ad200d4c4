"""Schemes: what is read from the resolved rules, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.core.scoring import Scheme, ScoringError, TieStep, exact, show
from fengcai.core.scoring.numbers import rounded, show_apart

from .builders import one_criterion, scheme_json


def test_the_five_criteria_are_read_exactly() -> None:
    scheme = Scheme.from_json(scheme_json(cite={"section": "六（一）", "words": "五大维度"}))
    assert [one.name for one in scheme.criteria] == [
        "主题契合度",
        "内容充实度",
        "特色辨识度",
        "制作精良度",
        "创意新颖度",
    ]
    assert scheme.criteria[0].step == Fraction(1, 2)
    assert scheme.total == 100
    assert scheme.tie_break == (TieStep("criterion", "theme"), TieStep("committee"))
    assert scheme.cite == {"section": "六（一）", "words": "五大维度"}
    assert scheme.criterion("craft").name == "制作精良度"
    with pytest.raises(KeyError):
        scheme.criterion("nothing")


def test_what_may_be_left_out() -> None:
    scheme = Scheme.from_json(one_criterion())
    assert scheme.total == 100
    assert scheme.criteria[0].weight == 1
    assert (scheme.drop_high, scheme.drop_low, scheme.drop_only_if_at_least) == (0, 0, 1)
    assert scheme.tie_break == ()
    trimmed = one_criterion(aggregate="trimmed_mean", drop_high=1, drop_low=1)
    assert Scheme.from_json(trimmed).drop_only_if_at_least == 3


def criterion(**changes: Any) -> dict[str, Any]:
    return {"id": "a", "name": "甲", "min": "0", "max": "10", "step": "1", **changes}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"criteria": []}, "评分表里一个评分项也没有。"),
        ({"criteria": [criterion(id="")]}, "评分项“甲”缺少编号，或编号与别的评分项重复。"),
        ({"criteria": [criterion(), criterion()]}, "评分项“甲”缺少编号，或编号与别的评分项重复。"),
        (
            {"criteria": [criterion(max=None)]},
            "评分项“甲”的最低分、最高分没有写全，或最低分不小于最高分。",
        ),
        (
            {"criteria": [criterion(min="10")]},
            "评分项“甲”的最低分、最高分没有写全，或最低分不小于最高分。",
        ),
        ({"criteria": [criterion(weight="0")]}, "评分项“甲”的权重应是大于 0 的数。"),
        ({"criteria": [criterion(weight="一半")]}, "评分项“甲”的权重应是大于 0 的数。"),
        ({"criteria": [criterion(step="0")]}, "评分项“甲”的打分间隔应是大于 0 的数。"),
        ({"criteria": [criterion(step="x")]}, "评分项“甲”的打分间隔应是大于 0 的数。"),
        ({"total": "120"}, "各项“满分 × 权重”相加为 100 分，与规则写的总分 120 不符。"),
        (
            {"aggregate": "sum"},
            "合分方式应是 mean、median、trimmed_mean 之一，现在是“sum”。",
        ),
        ({"rounding_mode": None}, "舍入方式应是 half_up、half_even 之一，现在是“None”。"),
        ({"rounding_places": None}, "保留小数位数应是 0 到 99 的整数，现在是“None”。"),
        ({"rounding_places": True}, "保留小数位数应是 0 到 99 的整数，现在是“True”。"),
        ({"drop_high": -1}, "去掉最高分的个数应是 0 到 99 的整数，现在是“-1”。"),
        ({"drop_only_if_at_least": "五"}, "去分的最少份数应是 0 到 99 的整数，现在是“五”。"),
        (
            {"drop_high": 0, "drop_low": 0},
            "合分方式是去头去尾平均，却没有写去掉几个最高分、几个最低分。",
        ),
        (
            {"aggregate": "mean"},
            "只有去头去尾平均才去掉最高分、最低分；请改合分方式，或不写去掉的个数。",
        ),
        (
            {"drop_only_if_at_least": 2},
            "有 2 份评分就去掉 2 份，剩不下评分；至少应写 3 份才去分。",
        ),
        ({"tie_break": [{"by": "luck"}]}, "并列规则里不认识“luck”这一步。"),
        (
            {"tie_break": [{"by": "criterion", "id": "x"}]},
            "并列规则用到了评分表里没有的评分项“x”。",
        ),
        ({"tie_break": [{"by": "committee"}] * 2}, "并列规则里同一步写了两次。"),
        (
            {"tie_break": [{"by": "committee"}, {"by": "earlier_submission"}]},
            "并列规则里评委会裁定应是最后一步：裁定之后不会再有并列。",
        ),
    ],
)
def test_a_scheme_that_contradicts_itself_is_refused(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(ScoringError) as refused:
        Scheme.from_json(scheme_json(**changes))
    assert problem in refused.value.problems
    assert problem in str(refused.value)


def test_exact_numbers() -> None:
    assert exact("18.5") == Fraction(37, 2)
    assert exact("-0.25") == Fraction(-1, 4)
    assert exact(Decimal("18.50")) == Fraction(37, 2)
    assert exact(7) == 7
    for not_a_number in ("", "１８", "1e3", "+1", "1_0", " 1", "NaN", None, True, Decimal("NaN")):
        assert exact(not_a_number) is None
    with pytest.raises(TypeError):
        exact(18.5)


def test_numbers_for_readers() -> None:
    assert show(Fraction(37, 2)) == "18.5"
    assert show(Fraction(20)) == "20"
    assert show(Fraction(0)) == "0"
    assert show(Fraction(1, 3)) == "0.333333"
    assert show(Fraction(37, 2), 2) == "18.50"
    assert show_apart(Fraction(37, 2), Fraction(18)) == ("18.50", "18.00")
    assert show_apart(Fraction(183334, 10000), Fraction(55, 3)) == ("18.3334", "18.3333")


@pytest.mark.parametrize(
    ("value", "places", "up", "even"),
    [
        (Fraction(91245, 1000), 2, "91.25", "91.24"),
        (Fraction(91255, 1000), 2, "91.26", "91.26"),
        (Fraction(5, 2), 0, "3", "2"),
        (Fraction(-5, 2), 0, "-3", "-2"),
        (Fraction(-1, 1000), 2, "0.00", "0.00"),
        (Fraction(2, 3), 3, "0.667", "0.667"),
        (Fraction(1, 3), 3, "0.333", "0.333"),
    ],
)
def test_rounding(value: Fraction, places: int, up: str, even: str) -> None:
    assert str(rounded(value, places, "half_up")) == up
    assert str(rounded(value, places, "half_even")) == even


@given(st.fractions(-1000, 1000), st.fractions(-1000, 1000), st.integers(0, 4))
def test_rounding_is_near_and_keeps_the_order(a: Fraction, b: Fraction, places: int) -> None:
    for mode in ("half_up", "half_even"):
        near = rounded(a, places, mode)
        assert abs(Fraction(near) - a) <= Fraction(1, 2 * 10**places)
        assert (a <= b) <= (near <= rounded(b, places, mode))
