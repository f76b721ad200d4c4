"""What a sent card of the rulebook's form asks for, as edits of the text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fengcai.apps.contests.rewriting import Edit
from fengcai.apps.refusals import Refused
from fengcai.core.rulebook.labels import label
from fengcai.core.rulebook.problems import Path
from fengcai.web.organiser.pages.book_shapes import GAP, Shape, shape_at, value_at


def edits_of(tree: Any, sent: Mapping[str, str]) -> list[Edit]:
    """What a sent card asks for: values set, taken away, a clause added or removed.

    `sent`: path (JSON), do (save, add, remove), key and like for an addition, `v-…` for values.
    Raises `Refused` with the inputs that are empty and must not be.
    """
    path = _path(sent.get("path", ""))
    shape = shape_at(path)
    do = sent.get("do", "save")
    if do == "remove":
        return [Edit("remove", path)]
    if shape.kind in {"keyed", "items"}:
        return [_added(tree, path, shape, sent)]
    values = {key: _read(inner, sent.get(f"v-{key}")) for key, inner in shape.keys.items()}
    if not path:
        values = {key: each for key, each in values.items() if f"v-{key}" in sent}
    here = value_at(tree, path)
    if here is None:
        return [Edit("set", path, _whole(shape, values))]
    if isinstance(here, str):
        return _gap(path, here, sent)
    edits, missing = [], {}
    for key, new in values.items():
        old = here.get(key)
        if new is None or new == old:
            continue
        if new in ("", []):
            if old is not None and key in shape.required:
                missing[f"v-{key}"] = f"“{label(key)}”不能空着；通知没有说的，写“待明确 问题编号”"
            elif old is not None:
                edits.append(Edit("remove", (*path, key)))
        else:
            edits.append(Edit("set", (*path, key), new))
    if missing:
        raise Refused("还有必须写的内容空着，没有保存。", fields=missing)
    return edits


def _gap(path: Path, here: str, sent: Mapping[str, str]) -> list[Edit]:
    new = sent.get("v-gap", "").strip()
    if not new:
        raise Refused("这里不能空着。", fields={"v-gap": "请写“待明确 问题编号”"})
    return [Edit("set", path, new)] if new != here else []


def _added(tree: Any, path: Path, shape: Shape, sent: Mapping[str, str]) -> Edit:
    assert shape.inner is not None
    there = value_at(tree, path)
    like = _like(there, sent.get("like", ""))
    values = {key: _read(inner, sent.get(f"v-{key}")) for key, inner in shape.inner.keys.items()}
    said = {key: each for key, each in values.items() if each not in (None, "", [])}
    item = {**like, **said} if like else _whole(shape.inner, values)
    if shape.kind == "items":
        if isinstance(there, list):
            return Edit("append", path, item)
        return Edit("set", path, [item])
    key = sent.get("key", "").strip()
    if not key:
        raise Refused("请给新的一条写一个编号。", fields={"key": "小写英文字母、数字和下划线"})
    if isinstance(there, dict) and key in there:
        raise Refused(f"编号“{key}”已经用过了。", fields={"key": "请换一个编号"})
    return (
        Edit("set", (*path, key), item)
        if isinstance(there, dict)
        else Edit("set", path, {key: item})
    )


def _like(there: Any, key: str) -> dict[str, Any]:
    if isinstance(there, list) and key in map(str, range(len(there))):
        return dict(there[int(key)])
    if isinstance(there, dict) and isinstance(there.get(key), dict):
        return dict(there[key])
    return {}


def _whole(shape: Shape, values: Mapping[str, Any]) -> dict[str, Any]:
    """A new clause; every key that the language asks for has to be there or can be empty."""
    said = {key: each for key, each in values.items() if each not in (None, "", [])}
    missing = {}
    for key in shape.required - set(said):
        inner = shape.keys[key]
        if inner.simple:
            missing[f"v-{key}"] = f"请填写“{label(key)}”；通知没有说的，写“待明确 问题编号”"
        else:
            said[key] = {} if inner.kind != "items" else []
    if missing:
        raise Refused("还差几项，没有添加。您写的都还在页面上。", fields=missing)
    return said


def _read(shape: Shape, text: str | None) -> Any:
    """What an input says; None for an input that the card did not have."""
    if text is None or not shape.simple:
        return None
    text = text.replace("\r\n", "\n").strip()
    if shape.kind == "list" and not text.startswith(GAP):
        return [line.strip() for line in text.split("\n") if line.strip()]
    return text


def _path(text: str) -> Path:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, list) or not all(isinstance(each, (str, int)) for each in found):
        raise Refused("规则书里没有这个地方，没有改动。请刷新页面再试。")
    return tuple(found)
