"""The marks of a form: `{{ 单位 }}`, `{{ 作品.编号 }}`. Shared by both kinds; opens no file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

MARK = re.compile(r"[{｛]{2}\s*([^{}｛｝]*?)\s*[}｝]{2}")
NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)?")


class Unfit(Exception):
    """A form that cannot be filled, said in Chinese."""


def marks_in(text: str) -> Iterable[str]:
    """The paths that stand in a text. Raises Unfit for a mark that is no name."""
    for found in MARK.finditer(text):
        path = "".join(found[1].split())
        if not NAME.fullmatch(path):
            raise Unfit(
                f"模板里的“{found[0][:60]}”不是一个字段名。请写成 {{{{单位}}}} 或 {{{{作品.编号}}}} 这样。"
            )
        yield path


def value_of(path: str, context: Mapping[str, Any]) -> Any:
    """What a path stands for; "" where there is nothing."""
    value: Any = context
    for name in path.split("."):
        value = value.get(name, "") if isinstance(value, Mapping) else ""
    return value if isinstance(value, str | int | float) else ""


def replaced(text: str, context: Mapping[str, Any]) -> str | int | float:
    """The text with its marks filled; a number where it is one mark and the value is a number."""
    whole = MARK.fullmatch(text.strip())
    if whole:
        return value_of("".join(whole[1].split()), context)
    return MARK.sub(lambda m: str(value_of("".join(m[1].split()), context)), text)
