"""The predicate language: what it takes, how it explains itself, how it refuses."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.core.rulebook import PredicateError, explain_predicate, facts_of, parse_predicate
from fengcai.core.rulebook.predicate import Comparison, Fact, Number


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("duration <= 5min", "时长应不超过 5 分钟"),
        ("duration <= 5 分钟", "时长应不超过 5 分钟"),
        ("5min >= duration", "时长应不超过 5 分钟"),
        ("duration > 30s", "时长应大于 30 秒"),
        ("duration < 2h", "时长应小于 2 小时"),
        ("width > height", "画面宽度应大于画面高度"),
        ("width ≥ 1920像素", "画面宽度应不低于 1920 像素"),
        ("width >= 1920 and height >= 1080", "画面宽度应不低于 1920，且画面高度应不低于 1080"),
        ("container in [mp4]", "文件格式应为 mp4"),
        ("container in [mp4, mov]", "文件格式应是 mp4、mov 之一"),
        ("container not in [avi]", "文件格式不得为 avi"),
        ("not container in [avi, wmv]", "文件格式不得是 avi、wmv 之一"),
        ("fps == 25fps", "帧率应为 25 fps"),
        ("fps != 24000/1001 fps", "帧率不得为 24000/1001 fps"),
        ("has_audio", "应有声音"),
        ("not has_audio", "不得有声音"),
        ("not not has_audio", "应有声音"),
        ("not (fps < 25 or duration > 5min)", "帧率应不低于 25，且时长应不超过 5 分钟"),
        ("(width > 10 or height > 10) and fps > 5",
         "（画面宽度应大于 10，或画面高度应大于 10），且帧率应大于 5"),
        ("loudness >= -23LUFS", "响度应不低于 -23 LUFS"),
        ('filename == "a b.mp4"', "文件名应为 a b.mp4"),
        ("width > 5 and height > 3", "画面宽度应大于 5，且画面高度应大于 3"),
        ("size <= 4GB", "文件大小应不超过 4 GB"),
        ("size >= 2 mb and size ＜＝ ５００ＭＢ", "文件大小应不少于 2 MB，且文件大小应不超过 500 MB"),
        ("duration >= 3min", "时长应不少于 3 分钟"),
        ("dpi >= 300 DPI", "印刷分辨率应不低于 300 dpi"),
        ("print_width >= 40cm and print_height >= 600 毫米",
         "成品宽度应不低于 40 cm，且成品高度应不低于 600 毫米"),
        ("colour_mode in [CMYK]", "颜色模式应为 CMYK"),
        ("words >= 1500字 and words <= 3000 字", "字数应不少于 1500 字，且字数应不超过 3000 字"),
        ("pages ≤ 20页", "页数应不超过 20 页"),
        ("count >= 4张", "件数应不少于 4 张"),
        ("taken >= 2025-01-01 and taken <= 2025-12-31",
         "拍摄日期应不早于 2025 年 1 月 1 日，且拍摄日期应不晚于 2025 年 12 月 31 日"),
        ("not taken < 2025-01-01", "拍摄日期应不早于 2025 年 1 月 1 日"),
        ("not encrypted", "不得加密"),
        ("not shaky and not hum", "画面稳定，且声音里没有电流嗡嗡声"),
        ("shaky or hum", "画面抖动，或声音里有电流嗡嗡声"),
        ("（width ＞ 10）and container in ［mp4、mov］", "画面宽度应大于 10，且文件格式应是 mp4、mov 之一"),
        ('filename == "方案（终稿）.pdf"', "文件名应为 方案（终稿）.pdf"),
        ("sample_rate >= 44.1kHz", "采样率应不低于 44.1 kHz"),
    ],
)  # fmt: skip
def test_a_predicate_explains_itself(text: str, said: str) -> None:
    assert explain_predicate(parse_predicate(text)) == said


def test_units_become_exact_numbers() -> None:
    assert parse_predicate("fps >= 30000/1001fps") == Comparison(
        Fact("fps"), ">=", Number(Fraction(30000, 1001), "fps", "30000/1001 fps")
    )
    assert parse_predicate("duration <= 1.5分钟") == Comparison(
        Fact("duration"), "<=", Number(Fraction(90), "s", "1.5 分钟")
    )


def test_the_facts_it_looks_at_are_named_once_in_order() -> None:
    text = "not (height > 1 or width < height) and has_audio and container in [mp4] and 5 < width"
    assert facts_of(parse_predicate(text)) == ("height", "width", "has_audio", "container")


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "这里少了事实名或数"),
        ("width", 6, "“width”后面少了比较号"),
        ("width >=", 9, "这里少了事实名或数"),
        ("width >= 10 height > 5", 13, "“height”前面少了 and 或 or"),
        ("width > 10px10", 11, "“px10”前面少了 and 或 or"),
        ("width > 10ell", 11, "不认识单位“ell”"),
        ("width > 10cm", 1, "比较的两边单位不同"),
        ("taken > 2025", 1, "日期只能和日期比"),
        ("taken > 2025-02-30", 9, "日历上没有“2025-02-30”"),
        ("width > 2025-02-28", 1, "日期只能和日期比"),
        ("width = 10", 7, "不认识“=”"),
        ("width > 10;", 11, "不认识“;”"),
        ("width > 10 and __import__", 26, "“__import__”后面少了比较号"),
        ("wdith > 10", 1, "比较的两边都不是事实名"),
        ("5 > 3", 1, "比较的两边都不是事实名"),
        ("width > mp4", 1, "比较的两边不是一类东西（数、文字、是非）"),
        ("has_audio == has_audio", 1, "比较的两边不是一类东西（数、文字、是非）"),
        ("width > 5min", 1, "比较的两边单位不同"),
        ("container > mp4", 1, "文字不能比大小"),
        ("(width > 10", 12, "括号没有成对"),
        ("container in mp4", 14, "in 后面少了“[”"),
        ("container in [mp4", 18, "方括号没有成对"),
        ("container not [mp4]", 15, "not 后面少了 in"),
        ("fps > 30000/0", 13, "“/”后面不是大于零的数"),
        ("fps > 30000/x", 13, "“/”后面不是大于零的数"),
        ("loudness > -mp4", 12, "“-”后面不是数"),
        ("width > and", 9, "这里少了事实名或数"),
        ("width > )", 9, "这里少了事实名或数"),
        ("(" * 30, 21, "括号或 not 超过 20 层"),
        ("not " * 30, 81, "括号或 not 超过 20 层"),
        ("width > 1" + " " * 1000, 1000, "条件超过 1000 个字符"),
    ],
)
def test_a_wrong_predicate_is_refused_at_its_column(text: str, column: int, message: str) -> None:
    with pytest.raises(PredicateError) as caught:
        parse_predicate(text)
    assert (caught.value.column, caught.value.message) == (column, message)
    assert caught.value.mend.endswith("。")


def column_of_fault(text: str) -> int:
    """The column of the refusal, 0 when the text is a predicate that explains itself."""
    try:
        return 0 if explain_predicate(parse_predicate(text)) else -1
    except PredicateError as error:
        return error.column


@given(st.text(max_size=60))
def test_any_text_is_a_predicate_or_refused(text: str) -> None:
    assert 0 <= column_of_fault(text) <= len(text) + 1


@given(
    st.lists(
        st.sampled_from(
            [
                "width",
                "height",
                "5",
                "min",
                "and",
                "or",
                "not",
                "in",
                "[",
                "]",
                "(",
                ")",
                ">=",
                "<",
                ",",
                "mp4",
            ]
        )
    )
)
def test_any_row_of_words_is_a_predicate_or_refused(row: list[str]) -> None:
    assert 0 <= column_of_fault(" ".join(row)) <= len(" ".join(row)) + 1
