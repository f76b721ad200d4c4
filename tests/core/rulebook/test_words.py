"""Single values: what is taken, what it becomes, and how a wrong one is refused."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from fengcai.core.rulebook import Citation
from fengcai.core.rulebook import words as w

CST = timezone(timedelta(hours=8))


def test_values_become_exact() -> None:
    pairs: list[tuple[Any, Any, Any]] = [
        (w.Text, " 甲 ", "甲"),
        (w.YesNo, "是", True),
        (w.YesNo, "false", False),
        (w.YesNo, True, True),
        (w.Whole, "3", 3),
        (w.Limit, "不限", None),
        (w.Limit, None, None),
        (w.Limit, "2", 2),
        (w.Number, "0.50", Decimal("0.50")),
        (w.Money, "1500 元", Decimal(1500)),
        (w.Money, "1.5 万元", Decimal(15000)),
        (w.Money, "0.5元", Decimal("0.5")),
        (w.Money, "17100", Decimal(17100)),
        (w.Span, "0", timedelta(0)),
        (w.Span, "30 分钟", timedelta(minutes=30)),
        (w.Span, "2天", timedelta(days=2)),
        (w.Span, timedelta(1), timedelta(1)),
        (w.Size, "4 GB", 4 * 1024**3),
        (w.Size, "50MB", 50 * 1024**2),
        (w.Moment, "2026-04-30 17:00", datetime(2026, 4, 30, 17)),
        (w.Moment, "2026-04-30 17:00:01", datetime(2026, 4, 30, 17, 0, 1)),
        (w.Moment, "2026-04-30 24:00", datetime(2026, 5, 1)),
        (w.Moment, datetime(2026, 5, 1), datetime(2026, 5, 1)),
        (w.Instant, "2026-04-03 09:30 +08:00", datetime(2026, 4, 3, 9, 30, tzinfo=CST)),
        (w.Instant, "2026-04-03T09:30:00.123456+08:00",
         datetime(2026, 4, 3, 9, 30, 0, 123456, tzinfo=CST)),
        (w.Instant, datetime(2026, 4, 3, tzinfo=CST), datetime(2026, 4, 3, tzinfo=CST)),
        (w.Day, "2026-04-02", date(2026, 4, 2)),
        (w.Day, date(2026, 4, 2), date(2026, 4, 2)),
        (w.Cite, "四（一） 帧率 ≥ 25 fps", Citation(section="四（一）", words="帧率 ≥ 25 fps")),
        (w.Cite, Citation(section="四", words="甲"), Citation(section="四", words="甲")),
    ]  # fmt: skip
    for kind, given_, expected in pairs:
        assert TypeAdapter(kind).validate_python(given_) == expected


@pytest.mark.parametrize(
    ("kind", "value", "message", "mend"),
    [
        (w.Text, ["甲"], "这里要写文字，写成了一组内容", "请在冒号后面直接写文字。"),
        (w.YesNo, "好", "“好”不是“是”或“否”", "请写“是”或“否”。"),
        (w.Whole, "3 个", "“3 个”不是整数", "请写不带单位的整数，例如 3。"),
        (w.Whole, "３", "“３”不是整数", "数字和标点请用半角：3。"),
        (w.Whole, "-1", "“-1”不是整数", "请写不带单位的整数，例如 3。"),
        (w.Limit, "无", "“无”不是整数，也不是“不限”", "请写整数，例如 2，或“不限”。"),
        (w.Number, "1e3", "“1e3”不是数", "请写不带单位的数，例如 0.5。"),
        (w.Money, "一千元", "“一千元”不是金额", "请写成“1500 元”或“1.5 万元”。"),
        (w.Span, "半小时", "“半小时”不是时长", "请写成“30 分钟”“2 小时”“1 天”或“0”。"),
        (w.Size, "4G", "“4G”不是文件大小", "请写成“500 MB”或“4 GB”（1 GB = 1024 MB）。"),
        (w.Moment, "2026-04-30", "“2026-04-30”不是完整的日期和钟点",
         "请写成“2026-04-30 17:00”；通知没有写钟点的，请列为待明确的问题。"),
        (w.Moment, "2026-04-30 17：00", "“2026-04-30 17：00”不是完整的日期和钟点",
         "数字和标点请用半角：2026-04-30 17:00。"),
        (w.Moment, "2026-02-30 17:00", "日历上没有“2026-02-30 17:00”", "请核对年月日和钟点。"),
        (w.Instant, "2026-04-03 09:30", "“2026-04-03 09:30”不是带时区的时间",
         "请写成“2026-04-03 09:30 +08:00”。"),
        (w.Instant, "2026-13-03 09:30 +08:00", "日历上没有“2026-13-03 09:30 +08:00”",
         "请核对年月日和钟点。"),
        (w.Day, "4月2日", "“4月2日”不是日期", "请写成“2026-04-02”。"),
        (w.Day, "2026-02-30", "“2026-02-30”不是日期", "请写成“2026-04-02”。"),
        (w.Cite, "四（一）", "出处只写了章节或只写了字句",
         "请写“章节 原文几个字”，例如“四（一） 统一为横版”。"),
    ],
)  # fmt: skip
def test_wrong_values_are_refused_with_a_remedy(
    kind: Any, value: object, message: str, mend: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    (error,) = caught.value.errors()
    assert (error["ctx"]["message"], error["ctx"]["mend"]) == (message, mend)


@given(st.decimals(min_value=0, max_value=10**9, places=4))
def test_ten_thousand_yuan_are_exact(amount: Decimal) -> None:
    assert TypeAdapter(w.Money).validate_python(f"{amount:f} 万元") == amount * 10000


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)))
def test_moments_read_back_to_the_second(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    assert TypeAdapter(w.Moment).validate_python(f"{moment:%Y-%m-%d %H:%M:%S}") == moment
