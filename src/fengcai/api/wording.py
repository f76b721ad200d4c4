"""What is wrong with a field, in Chinese: pydantic's kinds of error, each with its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SAID = {
    "missing": "必填",
    "extra_forbidden": "没有这一项",
    "string_type": "应为文字",
    "string_unicode": "含有不合法的字符",
    "string_too_short": "至少 {min_length} 字",
    "string_too_long": "最多 {max_length} 字",
    "string_pattern_mismatch": "格式不对",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_parsing_size": "数字太大",
    "int_from_float": "应为整数",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "list_type": "应为列表",
    "dict_type": "应为对象",
    "model_type": "应为对象",
    "model_attributes_type": "应为对象",
    "too_long": "最多 {max_length} 项",
    "too_short": "至少 {min_length} 项",
    "greater_than_equal": "不小于 {ge}",
    "less_than_equal": "不大于 {le}",
    "uuid_parsing": "不是合法的编号",
    "uuid_type": "不是合法的编号",
    "datetime_parsing": "应为带时区的时间，如 2026-04-30T17:00:00+08:00",
    "datetime_from_date_parsing": "应为带时区的时间，如 2026-04-30T17:00:00+08:00",
    "datetime_type": "应为带时区的时间，如 2026-04-30T17:00:00+08:00",
    "timezone_aware": "时间须带时区，如 2026-04-30T17:00:00+08:00",
    "value_error": "应为 1970 至 2999 年之间的时间，带时区",
    "enum": "应为其中之一：{expected}",
    "literal_error": "应为其中之一：{expected}",
}


def in_chinese(error: Mapping[str, Any]) -> str:
    """The sentence for one of pydantic's errors; a general one for a kind that is not known."""
    said = SAID.get(str(error["type"]), "格式不对")
    try:
        return said.format(**error.get("ctx", {}))
    except (KeyError, IndexError):
        return "格式不对"
