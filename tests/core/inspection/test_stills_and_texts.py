"""Facts of stills, prints, texts and dates: worked out where they follow, unknown where they do not."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.core.inspection import evaluate, holds
from fengcai.core.rulebook import Citation, Requirement, parse_predicate


def asked(predicate: str) -> Requirement:
    return Requirement(
        id="r",
        text="要求",
        severity="must",
        checked_by="machine",
        predicate=predicate,
        cite=Citation(section="六（一）", words="规格"),
    )


@pytest.mark.parametrize(
    ("predicate", "facts", "expected"),
    [
        ("long_edge >= 2000px", {"width": 1500, "height": 2000}, True),
        ("short_edge >= 2000px", {"width": 1500, "height": 2000}, False),
        ("long_edge >= 2000px", {"width": 1500}, None),
        ("long_edge >= 2000px", {"long_edge": 2400}, True),
        ("aspect == 16/9", {"width": 1920, "height": 1080}, True),
        ("aspect == 16/9", {"width": 1920, "height": 1081}, False),
        ("aspect == 16/9", {"width": 1920, "height": 0}, None),
        ("16/9 == aspect", {"width": 3840, "height": 2160}, True),
        # 60 cm at 300 dpi are 7086.6 px: one more is wide enough, one less is not.
        ("print_width >= 60cm", {"width": 7087, "height": 10630, "dpi": 300}, True),
        ("print_width >= 60cm", {"width": 7086, "height": 10630, "dpi": 300}, False),
        ("print_height >= 900mm", {"width": 7087, "height": 10630, "dpi": 300}, True),
        ("print_width >= 60cm", {"width": 7087, "height": 10630}, None),
        ("print_width >= 60cm", {"width": 7087, "height": 10630, "dpi": 0}, None),
        ("dpi >= 300dpi", {"dpi": "299.99"}, False),
        ("colour_mode in [CMYK]", {"colour_mode": "cmyk"}, True),
        ("has_exif", {"has_exif": False}, False),
        ("taken >= 2025-05-01 and taken <= 2026-04-30", {"taken": "2026:04:30 23:59:59"}, True),
        ("taken >= 2025-05-01", {"taken": "2025-04-30"}, False),
        ("taken >= 2025-05-01", {"taken": "昨天"}, None),
        ("taken >= 2025-05-01", {"taken": 20250501}, None),
        ("2025-05-01 <= taken", {"taken": "2025-05-01T08:00:00"}, True),
        ("words >= 800字 and words <= 1500字", {"words": 1500}, True),
        ("words >= 800字 and words <= 1500字", {"words": 1501}, False),
        ("pages <= 20页", {"pages": 20}, True),
        ("not encrypted", {"encrypted": False}, True),
        ("count >= 4张", {"count": 3}, False),
        ("count == audio_channels", {"count": 2, "audio_channels": 2}, True),
    ],
)  # fmt: skip
def test_each_family_of_facts_is_judged(
    predicate: str, facts: dict[str, object], expected: bool | None
) -> None:
    assert holds(parse_predicate(predicate), facts) is expected  # type: ignore[arg-type]


def test_a_finding_says_a_date_as_a_date_and_goes_into_json() -> None:
    (found,) = evaluate([asked("taken >= 2025-05-01")], {"taken": "2025:04:30 10:00:00"})
    assert found.text == (
        "不符合要求：要求（拍摄日期 2025 年 4 月 30 日；拍摄日期应不早于 2025 年 5 月 1 日）"
    )
    assert found.as_json() == {
        "requirement": "r",
        "verdict": "fail",
        "severity": "must",
        "measured": "拍摄日期 2025 年 4 月 30 日",
        "required": "拍摄日期应不早于 2025 年 5 月 1 日",
        "text": found.text,
        "cite": {"section": "六（一）", "words": "规格"},
        "names": ["taken"],
    }


NUMBERS = st.fractions(min_value=-100, max_value=100, max_denominator=50)


@given(NUMBERS, NUMBERS, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))
def test_a_bound_in_whole_numbers_is_the_bound_in_fractions(
    found: Fraction, bound: Fraction, sign: str
) -> None:
    written = (
        f"{bound.numerator}/{bound.denominator}"
        if bound >= 0
        else f"-{-bound.numerator}/{bound.denominator}"
    )
    truth = {
        "<": found < bound, "<=": found <= bound, ">": found > bound,
        ">=": found >= bound, "==": found == bound, "!=": found != bound,
    }[sign]  # fmt: skip
    assert holds(parse_predicate(f"true_peak {sign} {written}"), {"true_peak": found}) is truth


def test_the_same_requirements_are_made_ready_once_and_others_apart() -> None:
    first, second = (asked("width > 10"),), (asked("width > 20"),)
    verdicts = [
        evaluate(requirements, {"width": width})[0].verdict
        for width in (15, 25)
        for requirements in (first, second, first)
    ]
    assert verdicts == ["pass", "fail", "pass", "pass", "pass", "pass"]
