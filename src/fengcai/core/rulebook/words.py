"""How single values are written in a rulebook: 是/否, 5 分钟, 4 GB, 1500 元, 2026-04-30 17:00.

Each type turns text into an exact value or refuses it in Chinese with a remedy. Structure (which
key holds which value) is the business of `language`.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from .rules import Citation

SECONDS = {"秒": 1, "分钟": 60, "小时": 3600, "天": 86400}
BYTES = {"KB": 1024, "MB": 1024**2, "GB": 1024**3}
FULL_WIDTH = str.maketrans("０１２３４５６７８９：．，－（）％", "0123456789:.,-()%")


def refuse(message: str, mend: str) -> PydanticCustomError:
    """A refusal that carries its remedy; texts go in as context so that braces stay harmless."""
    return PydanticCustomError("said", "{message}", {"message": message, "mend": mend})


def _text(value: Any, what: str) -> str:
    if isinstance(value, (dict, list)):
        raise refuse(f"这里要写{what}，写成了一组内容", f"请在冒号后面直接写{what}。")
    text = str(value).strip()
    if not text:
        raise refuse("这里是空的", "请写上内容，或删去这一行。")
    return text


def _hint(text: str, otherwise: str) -> str:
    plain = text.translate(FULL_WIDTH)
    return f"数字和标点请用半角：{plain}。" if plain != text else otherwise


def _yes_no(value: Any) -> bool:
    text = _text(value, "“是”或“否”")
    if text not in {"是", "否", "true", "false", "True", "False"}:
        raise refuse(f"“{text}”不是“是”或“否”", "请写“是”或“否”。")
    return text in {"是", "true", "True"}


def _whole(value: Any) -> int:
    text = _text(value, "整数")
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise refuse(f"“{text}”不是整数", _hint(text, "请写不带单位的整数，例如 3。"))
    return int(text)


def _limit(value: Any) -> int | None:
    if value is None or value == "不限":
        return None
    text = _text(value, "整数或“不限”")
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise refuse(f"“{text}”不是整数，也不是“不限”", _hint(text, "请写整数，例如 2，或“不限”。"))
    return int(text)


def _number(value: Any) -> Decimal:
    text = _text(value, "数")
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", text):
        raise refuse(f"“{text}”不是数", _hint(text, "请写不带单位的数，例如 0.5。"))
    return Decimal(text)


def _share(value: Any) -> Decimal:
    text = _text(value, "比例")
    match = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,6})?) ?(%?)", text)
    if match is None:
        raise refuse(f"“{text}”不是比例", _hint(text, "请写成“30%”或“0.3”。"))
    return Decimal(match[1]) / 100 if match[2] else Decimal(match[1])


def _amount(value: Any) -> Decimal:
    return _share(value) if str(value).strip().endswith("%") else _number(value)


def _money(value: Any) -> Decimal:
    text = _text(value, "金额")
    match = re.fullmatch(r"([0-9]{1,12}(?:\.[0-9]{1,6})?) ?(万?)元?", text)
    if match is None:
        raise refuse(f"“{text}”不是金额", _hint(text, "请写成“1500 元”或“1.5 万元”。"))
    amount = Decimal(match[1]) * (10000 if match[2] else 1)
    return Decimal(int(amount)) if amount == int(amount) else amount


def _span(value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    text = _text(value, "时长")
    match = re.fullmatch(r"([0-9]{1,6}) ?(秒|分钟|小时|天)", text)
    if text != "0" and match is None:
        raise refuse(f"“{text}”不是时长", _hint(text, "请写成“30 分钟”“2 小时”“1 天”或“0”。"))
    return timedelta(seconds=int(match[1]) * SECONDS[match[2]]) if match else timedelta(0)


def _size(value: Any) -> int:
    text = _text(value, "文件大小")
    match = re.fullmatch(r"([0-9]{1,6}) ?(KB|MB|GB)", text)
    if match is None:
        raise refuse(
            f"“{text}”不是文件大小", _hint(text, "请写成“500 MB”或“4 GB”（1 GB = 1024 MB）。")
        )
    return int(match[1]) * BYTES[match[2]]


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    text = _text(value, "日期和钟点")
    match = re.fullmatch(r"(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}(?::\d{2})?)", text, re.ASCII)
    if match is None:
        raise refuse(
            f"“{text}”不是完整的日期和钟点",
            _hint(text, "请写成“2026-04-30 17:00”；通知没有写钟点的，请列为待明确的问题。"),
        )
    late = match[2] in {"24:00", "24:00:00"}
    try:
        moment = datetime.fromisoformat(f"{match[1]} {'00:00' if late else match[2]}")
    except ValueError:
        raise refuse(f"日历上没有“{text}”", "请核对年月日和钟点。") from None
    return moment + timedelta(days=1) if late else moment


def _instant(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    text = _text(value, "日期、钟点和时区")
    if not re.fullmatch(
        r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d{6})?)? ?[+-]\d{2}:\d{2}", text, re.ASCII
    ):
        raise refuse(f"“{text}”不是带时区的时间", _hint(text, "请写成“2026-04-03 09:30 +08:00”。"))
    try:
        return datetime.fromisoformat(text[:10] + "T" + text[11:].replace(" ", ""))
    except ValueError:
        raise refuse(f"日历上没有“{text}”", "请核对年月日和钟点。") from None


def _day(value: Any) -> date:
    if isinstance(value, date):
        return value
    text = _text(value, "日期")
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise refuse(f"“{text}”不是日期", _hint(text, "请写成“2026-04-02”。")) from None


def _cite(value: Any) -> Citation:
    if isinstance(value, Citation):
        return value
    parts = _text(value, "出处").split(maxsplit=1)
    if len(parts) != 2:
        raise refuse(
            "出处只写了章节或只写了字句", "请写“章节 原文几个字”，例如“四（一） 统一为横版”。"
        )
    return Citation(section=parts[0], words=parts[1])


def _schema(pattern: str, *examples: str, kinds: tuple[str, ...] = ("string",)) -> WithJsonSchema:
    return WithJsonSchema(
        {
            "type": list(kinds) if len(kinds) > 1 else kinds[0],
            "pattern": pattern,
            "examples": list(examples),
        }
    )


Text = Annotated[
    str,
    BeforeValidator(lambda value: _text(value, "文字")),
    WithJsonSchema({"type": "string"}),
]
YesNo = Annotated[bool, BeforeValidator(_yes_no), WithJsonSchema({"enum": ["是", "否"]})]
Whole = Annotated[int, BeforeValidator(_whole), WithJsonSchema({"type": "integer", "minimum": 0})]
Limit = Annotated[
    int | None,
    BeforeValidator(_limit),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0}, {"const": "不限"}]}),
]
Number = Annotated[Decimal, BeforeValidator(_number), WithJsonSchema({"type": "number"})]
Amount = Annotated[
    Decimal,
    BeforeValidator(_amount),
    _schema(r"^[0-9.]+ ?%?$", "30%", kinds=("string", "number")),
]
Share = Annotated[
    Decimal,
    BeforeValidator(_share),
    _schema(r"^[0-9.]+ ?%?$", "30%", kinds=("string", "number")),
]
Money = Annotated[
    Decimal,
    BeforeValidator(_money),
    _schema(r"^[0-9.]+ ?万?元?$", "1500 元", kinds=("string", "number")),
]
Span = Annotated[
    timedelta,
    BeforeValidator(_span),
    _schema("^0$|^[0-9]+ ?(秒|分钟|小时|天)$", "30 分钟", kinds=("string", "integer")),
]
Size = Annotated[int, BeforeValidator(_size), _schema("^[0-9]+ ?(KB|MB|GB)$", "4 GB")]
Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    _schema(r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}(:\d{2})?$", "2026-04-30 17:00"),
]
Instant = Annotated[
    datetime,
    BeforeValidator(_instant),
    _schema(r"^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}", "2026-04-03 09:30 +08:00"),
]
Day = Annotated[date, BeforeValidator(_day), _schema(r"^\d{4}-\d{2}-\d{2}$", "2026-04-02")]
Cite = Annotated[
    Citation, BeforeValidator(_cite), _schema(r"^\S+ .+$", "四（一） 统一为横版 MP4 格式")
]
