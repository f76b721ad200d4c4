"""How measured values are written: units, time, sizes, cut and never rounded up."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.core.inspection.wording import measured


@pytest.mark.parametrize(
    ("fact", "value", "expected"),
    [
        ("width", Fraction(1920), "画面宽度 1920 px"),
        ("fps", Fraction(24999999, 1000000), "帧率 24.999 fps"),
        ("fps", Fraction(100), "帧率 100 fps"),
        ("rotation", Fraction(90), "旋转角度 90"),
        ("loudness", Fraction(-45, 2), "响度 -22.5 LUFS"),
        ("loudness", Fraction(-1, 10000), "响度 0 LUFS"),
        ("duration", Fraction(59), "时长 59 秒"),
        ("duration", Fraction(60), "时长 1 分 0 秒"),
        ("duration", Fraction("312.5"), "时长 5 分 12.5 秒"),
        ("size", Fraction(1023), "文件大小 1023 B"),
        ("size", Fraction(1024), "文件大小 1 KB"),
        ("size", Fraction(1536 * 1024), "文件大小 1.5 MB"),
        ("size", Fraction(5 * 1024**3), "文件大小 5 GB"),
        ("container", "mp4", "文件格式 mp4"),
        ("has_audio", True, "有声音 是"),
        ("has_audio", False, "有声音 否"),
        ("height", None, "画面高度 未测出"),
    ],
)
def test_values_are_written_with_their_unit(fact: str, value: object, expected: str) -> None:
    assert measured({fact: value}) == expected  # type: ignore[dict-item]


def test_several_facts_are_joined_in_order() -> None:
    assert measured({"width": Fraction(1), "height": Fraction(2)}) == "画面宽度 1 px、画面高度 2 px"


@given(st.fractions(min_value=0, max_value=1000))
def test_a_shown_number_never_exceeds_the_measured_one(value: Fraction) -> None:
    shown = Fraction(measured({"fps": value}).split()[1])
    assert 0 <= value - shown < Fraction(1, 1000)
