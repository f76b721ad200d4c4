"""Words for durations, sizes, money and instants."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from fengcai.web.shared import formats

NOW = datetime(2026, 4, 27, 13, 0)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Decimal("272.9"), "4:32"),
        (0, "0:00"),
        (3725.0, "1:02:05"),
        (timedelta(minutes=5), "5:00"),
        (-3, "0:00"),
    ],
)
def test_duration_is_cut_to_seconds(value: float | Decimal | timedelta, words: str) -> None:
    assert formats.duration(value) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 字节"),
        (1023, "1023 字节"),
        (1024, "1 KB"),
        (734_003_200, "700 MB"),
        (1_610_612_736, "1.5 GB"),
        (1024**4 * 2000, "2000 TB"),
    ],
)
def test_size_as_the_page_script_words_it(count: int, words: str) -> None:
    assert formats.size(count) == words


@pytest.mark.parametrize(
    ("yuan", "words"),
    [
        (Decimal(17100), "17,100 元"),
        (Decimal("1200.50"), "1,200.50 元"),
        (Decimal("1500.00"), "1,500 元"),
        (0, "0 元"),
    ],
)
def test_money_shows_fen_only_where_there_are_any(yuan: Decimal | int, words: str) -> None:
    assert formats.money(yuan) == words


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(days=3, hours=4), "还有 3 天"),
        (timedelta(hours=23, minutes=59), "还有 23 小时"),
        (timedelta(minutes=48), "还有 48 分钟"),
        (timedelta(seconds=30), "不到 1 分钟"),
        (timedelta(0), "刚刚"),
        (timedelta(seconds=-30), "刚刚"),
        (timedelta(minutes=-5), "5 分钟前"),
        (timedelta(days=-2), "2 天前"),
        (timedelta(days=90), "还有 3 个月"),
        (timedelta(days=-800), "2 年前"),
    ],
)
def test_distance_never_promises_more_time_than_there_is(ahead: timedelta, words: str) -> None:
    assert formats.distance(NOW + ahead, NOW) == words


def test_dates_name_the_year_only_when_it_is_another() -> None:
    assert formats.calendar(datetime(2026, 4, 30, 17, 0), NOW) == "4月30日 17:00"
    assert formats.calendar(datetime(2025, 12, 1, 9, 5), NOW) == "2025年12月1日 09:05"
    assert formats.day(date(2026, 6, 10), 2026) == "6月10日"
    assert formats.day(date(2027, 6, 10), 2026) == "2027年6月10日"
