"""Dates and times as notices write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.core.notice.dates import moments
from fengcai.core.notice.numerals import spoken


def read(text: str, year: int | None = None, month: int | None = None) -> list[str | None]:
    return [
        each.written() or (f"{each.day}" if each.day else each.text)
        for each in moments(text, year=year, month=month)
    ]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("2026年4月30日17:00前", ["2026-04-30 17:00"]),
        ("2026年4月30日17时前", ["2026-04-30 17:00"]),
        ("2026年4月30日(星期四)下午5点半", ["2026-04-30 17:30"]),
        ("2026年4月30日24:00", ["2026-04-30 24:00"]),
        ("2026年4月30日24时", ["2026-04-30 24:00"]),
        ("2026年4月30日零时", ["2026-04-30 00:00"]),
        ("2026年4月30日中午12点", ["2026-04-30 12:00"]),
        ("2026年4月30日中午1点", ["2026-04-30 13:00"]),
        ("2026年4月30日上午9时15分", ["2026-04-30 09:15"]),
        ("2026年4月30日晚8点整", ["2026-04-30 20:00"]),
        ("二〇二六年六月一日至八月三十一日十七时三十分", ["2026-06-01", "2026-08-31 17:30"]),
        ("二○二六年十二月三十一日", ["2026-12-31"]),
        ("2026-04-30 17:00", ["2026-04-30 17:00"]),
        ("2026.4.30", ["2026-04-30"]),
        ("2026/4/30", ["2026-04-30"]),
        ("2026年10月8日8:00至25日24:00", ["2026-10-08 08:00", "2026-10-25 24:00"]),
        ("2026年10月8日至25日", ["2026-10-08", "2026-10-25"]),
        ("2026年11月20日至1月5日", ["2026-11-20", "2027-01-05"]),
        ("2026年11月中旬", ["2026年11月中旬"]),
        ("6月底至7月初", ["6月底", "7月初"]),
        ("4月30日前", ["4月30日前"]),
        ("2026年2月30日", []),
        ("13月5日", []),
        ("2026年4月30日25:00", ["2026-04-30"]),
        ("2026年4月30日24:30", ["2026-04-30"]),
        ("补正期3日", []),
        ("时长5—8分钟", []),
        ("第3日程", []),
    ],
)  # fmt: skip
def test_dates(text: str, values: list[str]) -> None:
    assert read(text) == values


def test_a_year_comes_down_from_what_was_said_before() -> None:
    (one,) = moments("4月30日17时前", year=2026)
    assert (one.written(), one.year_given, one.before) == ("2026-04-30 17:00", False, True)
    assert read("1月10日", year=2026, month=11) == ["2027-01-10"]
    assert read("于20日17:00前", year=2026, month=5) == ["2026-05-20 17:00"]


def test_a_clock_that_cannot_be_read_leaves_the_day() -> None:
    (one,) = moments("2026年4月30日廿时")
    assert (one.day, one.clock, one.precision, one.written()) == (
        date(2026, 4, 30),
        None,
        "day",
        None,
    )


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(0, 23), st.integers(0, 59))
def test_every_form_of_one_instant_reads_alike(day: date, hour: int, minute: int) -> None:
    wanted = [f"{day} {hour:02}:{minute:02}"]
    year = "".join("〇一二三四五六七八九"[int(each)] for each in str(day.year))
    chinese = f"{year}年{spoken(day.month)}月{spoken(day.day)}日{spoken(hour)}时{spoken(minute)}分"
    assert read(f"{day.year}年{day.month}月{day.day}日{hour}:{minute:02}前") == wanted
    assert read(f"{day.year}年{day.month}月{day.day}日{hour}时{minute}分") == wanted
    assert read(f"{day} {hour:02}:{minute:02}") == wanted
    assert read(chinese) == wanted


@given(st.text(alphabet="0123456789年月日时分:前至一二三十〇上下旬.-/ ", max_size=30))
def test_no_text_breaks_it(text: str) -> None:
    for one in moments(text, year=2026):
        assert text[one.start : one.end] == one.text
        assert one.day is None or one.day.month == one.month
