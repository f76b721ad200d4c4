"""Single values of a book in Chinese, whether they are stated or still open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from .gaps import Open

T = TypeVar("T")

WORDS: dict[str, dict[str, str]] = {
    "signatory": {"author": "作者", "unit": "报送单位", "head": "单位负责人", "judge": "评委"},
    "when": {"submit": "报送", "confirm": "确认", "judge": "评审"},
    "checked_by": {
        "machine": "系统检查",
        "form": "填表时检查",
        "declaration": "由承诺保证",
        "human": "审核员查看",
        "judge": "评委把握",
    },
    "effect": {
        "none": "只作倡导，不影响名次",
        "tie_break": "只在并列时参考",
        "bonus": "由评委打分时体现",
    },
    "basis": {
        "server_received": "以服务器收到为准",
        "mail_date": "以邮件日期为准",
        "paper_arrival": "以纸质件送达为准",
    },
    "late": {"reject": "不再受理", "mark": "收下并注明", "allow": "照常受理"},
    "applies_to": {"mail_subject": "邮件主题", "video_filename": "视频文件名"},
    "advance": {"all": "全部进入下一轮"},
    "base": {"track": "本类别", "unit": "本单位", "total": "全部作品"},
    "aggregate": {
        "mean": "取各评委平均分",
        "median": "取各评委中位数",
        "trimmed_mean": "去高低分后平均",
    },
    "rounding_mode": {"half_up": "四舍五入", "half_even": "四舍六入五成双"},
    "tie_break": {"committee": "评审委员会决定", "earlier_submission": "报送先后"},
    "decided_by": {"ranking": "按名次产生", "committee": "由评审委员会决定"},
    "stacking": {"stack": "可以兼得", "exclusive": "不可兼得"},
    "recipient": {"unit": "报送单位", "authors": "作者"},
}

# Chapter and name of a rule that is open as a whole, by the key it stands under.
WHOLE: dict[str, tuple[str, str]] = {
    "organisers": ("活动", "组织单位"),
    "contacts": ("活动", "联系方式"),
    "mailbox": ("活动", "报送邮箱"),
    "units": ("报送单位", "还有哪些单位、怎样报送"),
    "tracks": ("作品类别", "还有要交的文件或填报内容"),
    "requirements": ("作品要求", "作品要求"),
    "declarations": ("承诺与授权", "承诺或授权"),
    "windows": ("时间", "时间"),
    "schedule": ("时间", "日程"),
    "naming": ("命名", "命名"),
    "rounds": ("评审", "评审"),
    "awards": ("奖项", "还有哪些奖项"),
    "prizes": ("奖项", "证书"),
    "recognition": ("成果应用", "认定"),
    "publication": ("成果应用", "展播"),
    "recommendation": ("成果应用", "推荐"),
    "objections": ("成果应用", "是否公示、公示几天"),
    "terms": ("其他规定", "规定"),
    "theme": ("活动", "活动主题"),
    "notice": ("活动", "通知"),
}


def whole_rule(path: tuple[str | int, ...]) -> tuple[str, str]:
    """Chapter and name for a rule that is open as a whole."""
    return WHOLE[str(path[0])]


def say(value: object, table: str = "") -> str:
    """A value in words. `table` names the words for its codes; `size` says bytes."""
    if isinstance(value, Open):
        return f"待明确（{value.question}）"
    if value is None:
        return "不限"
    if isinstance(value, bool):
        return "是" if value else "否"
    if table == "size" and isinstance(value, int):
        return _size(value)
    if isinstance(value, datetime):
        return f"{value.year} 年 {value.month} 月 {value.day} 日 {value:%H:%M}"
    if isinstance(value, date):
        return f"{value.year} 年 {value.month} 月 {value.day} 日"
    if isinstance(value, timedelta):
        return _span(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list):
        return "、".join(say(each, table) for each in value)
    return WORDS.get(table, {}).get(str(value), str(value))


def either(value: bool | Open, yes: str, no: str, asked: str) -> str:
    """One of two phrases, or the question itself while it is open."""
    if isinstance(value, Open):
        return asked + say(value)
    return yes if value else no


def each_known(things: Sequence[T | Open] | Open | None) -> Iterator[tuple[int, T]]:
    """The items of a list that are not open, with their place in the list."""
    if things is not None and not isinstance(things, Open):
        for index, each in enumerate(things):
            if not isinstance(each, Open):
                yield index, each


def _size(count: int) -> str:
    for unit, factor in (("GB", 1024**3), ("MB", 1024**2)):
        if count % factor == 0:
            return f"{count // factor} {unit}"
    return f"{count // 1024} KB"


def _span(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    for unit, factor in (("天", 86400), ("小时", 3600), ("分钟", 60)):
        if seconds and seconds % factor == 0:
            return f"{seconds // factor} {unit}"
    return f"{seconds} 秒"
