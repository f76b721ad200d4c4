"""A closing midnight is told as 24:00 of the day that it ends, as the notice wrote it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fengcai.core.rulebook import Citation, Window
from fengcai.core.rulebook.instants import day_and_clock
from fengcai.core.rulebook.saying import until
from fengcai.core.timetable import admit

TIME = ZoneInfo("Asia/Shanghai")
MIDNIGHT = datetime(2026, 5, 1, tzinfo=TIME)


@pytest.mark.parametrize(
    ("closes", "said", "exact"),
    [
        (MIDNIGHT, (date(2026, 4, 30), "24:00"), "24:00:00"),
        (MIDNIGHT + timedelta(seconds=1), (date(2026, 5, 1), "00:00"), "00:00:01"),
        (datetime(2026, 4, 30, 17, tzinfo=TIME), (date(2026, 4, 30), "17:00"), "17:00:00"),
        (datetime(2026, 1, 1, tzinfo=TIME), (date(2025, 12, 31), "24:00"), "24:00:00"),
    ],
)
def test_the_day_and_the_clock(closes: datetime, said: tuple[date, str], exact: str) -> None:
    assert day_and_clock(closes) == said
    assert day_and_clock(closes, seconds=True) == (said[0], exact)


def test_words_and_refusals_say_the_same() -> None:
    assert until(MIDNIGHT) == "2026 年 4 月 30 日 24:00"
    assert until(None) == "不限"
    window = Window(
        opens=MIDNIGHT - timedelta(days=9), closes=MIDNIGHT, closes_inclusive=False,
        basis="server_received", late="reject", original="4月30日24时截止",
        cite=Citation(section="五", words="4月30日24时截止"),
    )  # fmt: skip
    late = admit(window, arrived=MIDNIGHT)
    assert late.reason == (
        "收到时间 2026-05-01 00:00:00 晚于截止时间 2026-04-30 24:00:00，按规则不再受理"
    )
