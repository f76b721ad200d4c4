"""A tree of text against the language: a typed model, or problems with line and remedy.

Pydantic finds what is wrong; this module says it in Chinese, where it stands and how to mend it,
with the closest known word where a word is unknown.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from .gaps import Clause
from .problems import Path, Problem, spell
from .rules import Citation
from .source import Tree
from .words import FULL_WIDTH

M = TypeVar("M", bound=Clause)


def understand(tree: Tree, model: type[M]) -> tuple[M | None, tuple[Problem, ...]]:
    """Validate a tree; exactly one of the two results is empty."""
    if not isinstance(tree.value, dict):
        return None, (
            Problem(1, "", "文件不是由“键: 值”组成的", _colon(tree.value), source=tree.name),
        )
    try:
        return model.model_validate(tree.value), ()
    except ValidationError as error:
        found = [_problem(tree, model, each) for each in error.errors(include_url=False)]
        return None, tuple(dict.fromkeys(found))


def cite_near(tree: Tree, path: Path) -> Citation | None:
    """The citation of the rule that a path belongs to, None outside any rule."""
    found = None
    value = tree.value
    for step in (*path, ""):
        if isinstance(value, dict) and isinstance(value.get("cite"), str):
            section, _, words = value["cite"].partition(" ")
            found = Citation(section=section, words=words.strip())
        inside = isinstance(value, dict) and step in value
        inside = inside or (isinstance(value, list) and isinstance(step, int))
        value = value[step] if inside else None
    return found


def closest(word: str, known: Iterable[str]) -> str:
    """“你是不是想写…” for a misspelt word, or the list of known ones when none is near."""
    known = list(known)
    near = difflib.get_close_matches(word.translate(FULL_WIDTH).lower(), known, 1, 0.6)
    if near:
        return f"是不是想写“{near[0]}”？"
    return f"这里可以写：{'、'.join(known)}。" if known else "请删去。"


def _problem(tree: Tree, model: type[BaseModel], error: Mapping[str, Any]) -> Problem:
    path: Path = tuple(step for step in error["loc"] if step not in {"=said", "=open", "[key]"})
    message, mend = _say(model, path, error)
    return Problem(tree.line(path), spell(path), message, mend, cite_near(tree, path), tree.name)


def _say(model: type[BaseModel], path: Path, error: Mapping[str, Any]) -> tuple[str, str]:
    kind, context, given = error["type"], error.get("ctx", {}), error["input"]
    last = path[-1] if path else ""
    if kind == "said":
        return context["message"], context["mend"]
    if kind == "missing":
        return f"缺少“{last}”", f"请补上“{last}: …”；通知没有说的，写“待明确 问题编号”。"
    if kind == "extra_forbidden":
        return f"不认识“{last}”", closest(str(last), _known(model, path[:-1]))
    if kind == "literal_error":
        allowed = [
            each.strip().strip("'") for each in context["expected"].replace(" or ", ", ").split(",")
        ]
        return f"不能写“{given}”", closest(str(given), allowed)
    if kind == "string_pattern_mismatch":
        return f"“{given}”的写法不对", _pattern(error["loc"], context["pattern"])
    if kind in {"dict_type", "model_type", "model_attributes_type"}:
        return "这里要写一组“键: 值”", _colon(given)
    if kind == "list_type":
        return "这里要写一列内容", "请写成“[甲, 乙]”，或每行以“- ”开头。"
    return "这里的值写得不对", "请对照规则书格式说明修改。"


def _inner(annotation: Any, step: str | int) -> list[Any]:
    """Types that may stand at one step (key or index) below a value of the given type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = annotation.model_fields.get(str(step))
        return [field.annotation] if field else []
    origin = getattr(annotation, "__origin__", None)
    arguments: list[Any] = [*getattr(annotation, "__args__", ())]
    if origin is dict or origin is list:
        return arguments[-1:]
    return [found for each in arguments for found in _inner(each, step)]


def _known(model: type[BaseModel], path: Path) -> list[str]:
    places: list[Any] = [model]
    for step in path:
        places = [found for place in places for found in _inner(place, step)]
    return [key for place in places for each in _models(place) for key in each.model_fields]


def _models(place: Any) -> list[type[BaseModel]]:
    if isinstance(place, type) and issubclass(place, BaseModel):
        return [place] if place.__name__ != "Open" else []
    return [found for each in getattr(place, "__args__", ()) for found in _models(each)]


def _pattern(location: tuple[Any, ...], pattern: str) -> str:
    if pattern.startswith(r"^\."):
        return "请写小写的文件后缀，例如 .mp4。"
    if "criterion" in pattern:
        return "请写“criterion 评分项编号”“committee”或“earlier_submission”。"
    if pattern.endswith("[A-Za-z0-9]*$"):
        return "问题编号由字母和数字组成，例如 A10。"
    joint = "下划线" if "_]" in pattern else "短横线"
    return f"编号以小写英文字母开头，只用小写字母、数字和{joint}。"


def _colon(given: Any) -> str:
    if isinstance(given, str) and "：" in given:
        return "这里用了全角冒号“：”，请换成半角冒号加一个空格。"
    return "请每行写一个“键: 值”，键后用半角冒号加一个空格，下一级缩进两个空格。"
