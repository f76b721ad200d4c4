"""Amounts with their bounds; which bounds take their number in (Civil Code, article 1259)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.core.notice.quantities import amounts, pixels


def read(text: str) -> list[str]:
    """As intervals: [5, 8] 分钟, (50, ∞) MB."""
    return [
        f"{'(' if each.low_open or each.low is None else '['}"
        f"{'-∞' if each.low is None else each.low}, {'∞' if each.high is None else each.high}"
        f"{')' if each.high_open or each.high is None else ']'} {each.unit}"
        for each in amounts(text)
    ]


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("5—8分钟", "[5, 8] 分钟"), ("5-8分钟", "[5, 8] 分钟"), ("5至8分钟", "[5, 8] 分钟"),
        ("5分钟至8分钟", "[5, 8] 分钟"), ("三至五分钟", "[3, 5] 分钟"), ("5~8 min", "[5, 8] 分钟"),
        ("不超过5分钟", "(-∞, 5] 分钟"), ("不得超过5分钟", "(-∞, 5] 分钟"), ("5分钟以内", "(-∞, 5] 分钟"),
        ("控制在5分钟以内", "(-∞, 5] 分钟"), ("5分钟以下", "(-∞, 5] 分钟"), ("≤5分钟", "(-∞, 5] 分钟"),
        ("不足15秒", "(-∞, 15) 秒"), ("少于15秒", "(-∞, 15) 秒"), ("小于15秒", "(-∞, 15) 秒"),
        ("超过10分钟", "(10, ∞) 分钟"), ("大于50MB", "(50, ∞) MB"), ("不少于800字", "[800, ∞) 字"),
        ("800字以上", "[800, ∞) 字"), ("不低于300dpi", "[300, ∞) dpi"), ("≥25 fps", "[25, ∞) fps"),
        ("至少2条", "[2, ∞) 条"), ("帧率不低于25帧/秒", "[25, ∞) fps"), ("200兆以内", "(-∞, 200] MB"),
        ("不超过2G", "(-∞, 2] GB"), ("800字以上、1500字以内", "[800, 1500] 字"),
        ("不少于1500字,不超过3000字", "[1500, 3000] 字"), ("不少于1部、不超过5部", "[1, 5] 部"),
        ("3名", "[3, 3] 名"), ("三名", "[3, 3] 名"), ("奖金3.16万元", "[31600, 31600] 元"),
        ("1—2万元", "[10000, 20000] 元"), ("1,500元", "[1500, 1500] 元"), ("占40%", "[40, 40] %"),
        ("两人以内", "(-∞, 2] 人"), ("5个工作日", "[5, 5] 工作日"), ("最多不超过3件", "(-∞, 3] 件"),
        ("限报2篇", "(-∞, 2] 篇"), ("1.5万字以内", "(-∞, 15000] 字"), ("1—2万字", "[10000, 20000] 字"),
    ],
)  # fmt: skip
def test_bounds(text: str, interval: str) -> None:
    assert read(text) == [interval]


@pytest.mark.parametrize(
    "text",
    [
        "约5分钟",
        "5分钟左右",
        "8—5分钟",
        "2026年",
        "第3条款",
        "码率8000 kbps",
        "8M kbps",
        "若干名",
        "3",
    ],
)
def test_what_is_no_bound(text: str) -> None:
    assert read(text) in ([], ["[3, 3] 条"])


def test_two_amounts_of_different_units_stay_apart() -> None:
    assert read("片长不少于3分钟、不超过200MB") == ["[3, ∞) 分钟", "(-∞, 200] MB"]
    assert read("不少于3分钟的占不超过5分钟的") == ["[3, ∞) 分钟", "(-∞, 5] 分钟"]


def test_a_bare_number_says_so_and_has_no_predicate_of_its_own() -> None:
    (exact,), (least,) = amounts("3名"), amounts("不少于3名")
    assert (exact.exact, least.exact) == (True, False)


@pytest.mark.parametrize(
    ("text", "predicate"),
    [
        ("5—8分钟", "duration >= 5min and duration <= 8min"),
        ("超过10分钟", "duration > 10min"), ("不满10分钟", "duration < 10min"),
    ],
)  # fmt: skip
def test_predicates(text: str, predicate: str) -> None:
    (amount,) = amounts(text)
    assert amount.predicate("duration", "min") == predicate


def test_picture_sizes() -> None:
    assert [each[2:] for each in pixels("1920*1080、3840×2160像素、1280 X 720")] == [
        (1920, 1080), (3840, 2160), (1280, 720),
    ]  # fmt: skip
    assert [*pixels("60cm×90cm")] == []


@given(
    st.integers(1, 9999), st.integers(0, 9999), st.sampled_from(["分钟", "秒", "MB", "字", "元"])
)
def test_ranges_keep_their_bounds(low: int, more: int, unit: str) -> None:
    (amount,) = amounts(f"{low}—{low + more}{unit}")
    assert (amount.low, amount.high, amount.exact) == (Decimal(low), Decimal(low + more), False)


@given(st.text(alphabet="0123456789.,—至不超过少于以内上约万元分钟字MB ≥%一二十", max_size=30))
def test_no_text_breaks_it(text: str) -> None:
    for amount in amounts(text):
        assert 0 <= amount.start < amount.end <= len(text)
        if amount.low is not None and amount.high is not None and amount.exact:
            assert amount.low == amount.high
