"""One judge's sheet: what keeps it from being signed, and what it adds up to."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given

from fengcai.core.scoring import Scheme, ScoringError, check_sheet, sheet_marks, sheet_total

from . import builders
from .builders import even, marks, scheme_json

SCHEME = Scheme.from_json(scheme_json())


@pytest.mark.clause("J14")
def test_a_complete_sheet_adds_up() -> None:
    values = marks("18.5", "17", "19", "16.5", "18")
    assert check_sheet(SCHEME, values) == ()
    assert sheet_total(SCHEME, values) == 89
    assert sheet_marks(SCHEME, values)["theme"] == Fraction(37, 2)


def test_weights_multiply() -> None:
    scheme = Scheme.from_json(
        scheme_json(
            criteria=[
                {"id": "a", "name": "甲", "min": "0", "max": "100", "step": "1", "weight": "0.3"},
                {"id": "b", "name": "乙", "min": "0", "max": "100", "step": None, "weight": "0.7"},
            ],
            tie_break=[],
        )
    )
    assert sheet_total(scheme, {"a": 90, "b": Decimal("80.123")}) == Fraction("83.0861")


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (None, "“主题契合度”还没有打分。"),
        ("", "“主题契合度”还没有打分。"),
        ("18分", "“主题契合度”的分数“18分”不是数字，请只填阿拉伯数字。"),
        ("20.5", "“主题契合度”的分数 20.5 超出范围，应在 0 到 20 分之间。"),
        ("-0.5", "“主题契合度”的分数 -0.5 超出范围，应在 0 到 20 分之间。"),
        ("18.3", "“主题契合度”的分数 18.3 不合打分间隔，应从 0 分起，每 0.5 分一档。"),
    ],
)
def test_what_keeps_a_sheet_from_being_signed(value: str | None, problem: str) -> None:
    values = {**even("18"), "theme": value}
    assert check_sheet(SCHEME, values) == (problem,)
    with pytest.raises(ScoringError) as refused:
        sheet_total(SCHEME, values)
    assert refused.value.problems == (problem,)


def test_bounds_include_their_number() -> None:
    assert check_sheet(SCHEME, even("0")) == ()
    assert check_sheet(SCHEME, even("20")) == ()


def test_steps_count_from_the_minimum() -> None:
    row = {"id": "a", "name": "甲", "min": "0.25", "max": "9.25", "step": "0.5"}
    scheme = Scheme.from_json(scheme_json(criteria=[row], total="9.25", tie_break=[]))
    assert check_sheet(scheme, {"a": "3.75"}) == ()
    assert check_sheet(scheme, {"a": "3.5"}) == (
        "“甲”的分数 3.5 不合打分间隔，应从 0.25 分起，每 0.5 分一档。",
    )


def test_missing_and_unknown_criteria_are_named() -> None:
    assert check_sheet(SCHEME, {"theme": "18", "zeal": "5", "awe": "5"}) == (
        "“内容充实度”还没有打分。",
        "“特色辨识度”还没有打分。",
        "“制作精良度”还没有打分。",
        "“创意新颖度”还没有打分。",
        "评分表里没有“awe”这一项。",
        "评分表里没有“zeal”这一项。",
    )


def test_a_float_is_a_mistake_of_the_program() -> None:
    with pytest.raises(TypeError):
        check_sheet(SCHEME, {**even("18"), "theme": 18.5})


@given(builders.values)
def test_a_total_is_the_plain_sum_where_weights_are_one(values: dict[str, str]) -> None:
    assert sheet_total(SCHEME, values) == sum(Fraction(value) for value in values.values())
