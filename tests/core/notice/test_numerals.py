"""Numbers as Chinese documents write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.core.notice.numerals import neat, number, spoken, whole


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", "3"), ("1,500", "1500"), ("12.50", "12.5"), ("3.16万", "31600"), ("2千", "2000"),
        ("1.2亿", "120000000"), ("三", "3"), ("十", "10"), ("十二", "12"), ("二十", "20"),
        ("一百零五", "105"), ("一百一十", "110"), ("两千三百", "2300"), ("一万二千", "12000"),
        ("三万零五十", "30050"), ("二亿三千万", "230000000"), ("二〇二六", "2026"), ("二○二六", "2026"),
        ("三零七", "307"), ("贰拾", "20"), ("零", "0"), (" 五 ", "5"),
    ],
)  # fmt: skip
def test_numbers(text: str, value: str) -> None:
    assert number(text) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["", "若干", "abc", "1.2.3", "万", "万万", "一万亿", "3名", "一点五"]
)
def test_what_is_no_number(text: str) -> None:
    assert number(text) is None
    assert whole(text) is None


def test_a_number_with_a_fraction_is_not_whole() -> None:
    assert (whole("2.5"), whole("2.0"), whole("三")) == (None, 2, 3)


def test_zeros_that_say_nothing_go() -> None:
    assert [str(neat(Decimal(each))) for each in ("31600.00", "0.50", "7")] == ["31600", "0.5", "7"]


@given(st.integers(0, 9999))
def test_what_is_spoken_is_understood(value: int) -> None:
    assert number(spoken(value)) == value


@given(st.integers(1, 9999), st.integers(0, 9999))
def test_tens_of_thousands(high: int, low: int) -> None:
    text = f"{spoken(high)}万" + (f"{'零' if low < 1000 else ''}{spoken(low)}" if low else "")
    assert number(text) == high * 10000 + low


@given(st.decimals(0, 10**6, places=2))
def test_arabic_numbers_stay_exact(value: Decimal) -> None:
    assert number(f"{value}") == value
    assert number(f"{value}万") == value * 10000


@given(st.text(max_size=12))
def test_no_text_breaks_it(text: str) -> None:
    found = number(text)
    assert found is None or found >= 0


@pytest.mark.parametrize("value", [-1, 10000])
def test_spoken_numbers_end_at_9999(value: int) -> None:
    with pytest.raises(ValueError, match=str(value)):
        spoken(value)
