"""The text of a release, its term, the drawn signature and the seal over all of it."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.core.consent import (
    AGES,
    PURPOSES,
    BadDrawing,
    Handler,
    Subject,
    after_months,
    clean_drawing,
    purposes_of,
    seal,
    statement,
)
from fengcai.core.consent.drawing import SHORTEST_INK
from tests.core.consent.test_owing import demand

pytestmark = pytest.mark.intake
HANDLER = Handler("一科一风采视频大赛", ("某医院",), "心内科", "宣传科 0797-0000000")


def said(**changes: Any) -> str:
    subject = Subject(
        **{
            "name": "王小明", "role": "patient", "age": "adult", "capacity": "self", "guardian": "",
            "work": "护心", "where": "0:12 讲述就诊经过", **changes,
        }
    )  # fmt: skip
    return statement(HANDLER, subject, purposes=("judging", "site"), months=36)


@pytest.mark.clause("B5")
def test_a_release_says_who_asks_what_for_how_long_and_how_to_take_it_back() -> None:
    text = said()
    assert text.startswith(
        "心内科制作的作品《护心》参加一科一风采视频大赛。王小明以“患者”身份在作品中出镜"
        "（0:12 讲述就诊经过），现请本人决定是否同意。\n"
    )
    assert "自签署之日起 36 个月" in text
    assert "在本活动网站展播（公开：任何人都可以在活动网站上观看）" in text
    assert "视频号" not in text
    assert "随时可以撤回同意，打开签署时的同一个链接即可" in text
    assert "联系：宣传科 0797-0000000。" in text


@pytest.mark.parametrize(
    ("changes", "there", "not_there"),
    [
        ({}, "敏感个人信息", "未成年人"),
        ({"role": "staff"}, "肖像、声音。", "健康信息"),
        ({"age": "child", "capacity": "guardian"}, "不满 14 周岁", "14 至 17 周岁"),
        ({"age": "teen"}, "14 至 17 周岁", "不满 14 周岁"),
        ({"age": "incapable", "capacity": "guardian"}, "第二十八条）", "周岁"),
        (
            {"capacity": "guardian", "guardian": "王大明"},
            "王小明（监护人：王大明）",
            "请在签署时写明",
        ),
        ({"capacity": "guardian"}, "请在签署时写明", "现请本人"),
        ({"where": ""}, "在作品中出镜，", "0:12"),
    ],
)
def test_the_text_fits_whom_it_is_of(changes: Any, there: str, not_there: str) -> None:
    assert there in said(**changes)
    assert not_there not in said(**changes)


def test_the_organisers_own_words_stand_in_it_and_somebody_is_always_to_be_asked() -> None:
    subject = Subject("甲", "staff", "adult", "self", "", "护心")
    text = statement(
        Handler("大赛", (), "心内科", ""), subject, purposes=("site",), months=12,
        own_words=("展期内可以随时要求撤下。",),
    )  # fmt: skip
    assert "主办方说明：展期内可以随时要求撤下。" in text
    assert "一、谁来使用：心内科（活动主办方）" in text
    assert text.endswith("联系：心内科。")


def test_everybody_is_asked_for_the_uses_of_his_part_only() -> None:
    demands = [demand(), demand(who=("staff",), purposes=("media", "judging"))]
    assert purposes_of(demands, "patient") == ("judging", "site")
    assert purposes_of(demands, "staff") == ("judging", "site", "media")
    assert purposes_of(demands, "background") == ()
    assert set(AGES) == {"adult", "teen", "child", "incapable"}
    assert list(PURPOSES) == ["judging", "site", "channels", "upper", "media"]


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2026, 11, 23), 36, date(2029, 11, 23)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 1, 1), 120_000, date(9999, 1, 1)),
    ],
)
def test_a_term_of_months_ends_on_the_same_day_or_the_months_last(
    day: date, months: int, last: date
) -> None:
    assert after_months(day, months) == last


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 600))
def test_a_longer_term_never_ends_earlier(day: date, months: int) -> None:
    last = after_months(day, months)
    assert last <= after_months(day, months + 1)
    assert abs((last - day) - timedelta(days=months * 30.44)) < timedelta(days=20)


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 400)), min_size=1, max_size=20),
        min_size=1,
        max_size=5,
    )
)
def test_strokes_come_back_as_they_were_drawn_or_are_too_short(strokes: Any) -> None:
    path = "".join(
        f"{'L' if n else 'M'}{x} {y}" for stroke in strokes for n, (x, y) in enumerate(stroke)
    )
    ink = sum(
        abs(x - left) + abs(y - above)
        for stroke in strokes
        for (left, above), (x, y) in pairwise(stroke)
    )
    if ink < SHORTEST_INK:
        with pytest.raises(BadDrawing, match="签名太短"):
            clean_drawing(path)
    else:
        assert clean_drawing(path) == path


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("", "还没有签名"),
        ("M0 0L500 300<script>", "没有传完整"),
        ('M0 0L500 300" onload="x', "没有传完整"),
        ("L0 0L500 300", "没有传完整"),
        ("M0 0 L500 300", "没有传完整"),
        ("M0 0L٥٠٠ 300", "没有传完整"),
        ("M0 0L1001 300", "超出了签名框"),
        ("M0 0L500 401", "超出了签名框"),
        ("M0 0L60 59", "太短"),
        ("M0 0M500 300", "太短"),
        ("M0 0" + "L1 1" * 6_000, "笔画太多"),
    ],
)
def test_anything_but_a_signature_is_refused(path: str, words: str) -> None:
    with pytest.raises(BadDrawing, match=words):
        clean_drawing(path)


def test_the_seal_covers_every_word_and_cannot_be_guessed_without_its_salt() -> None:
    content = {"text": "同意", "name": "王小明", "purposes": ["judging"]}
    assert seal(content, "a") == seal(dict(reversed(content.items())), "a")
    assert len({seal(content, "a"), seal(content, "b"), seal({**content, "name": "王"}, "a")}) == 3
