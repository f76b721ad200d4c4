"""The rulebook as forms: a card for every clause, made from the language's own schema.

Nothing here knows a particular clause. What the schema says may stand somewhere becomes an input;
what comes back becomes edits of the text. A value is written as it stands in the file (5 分钟, 待明确
A3), so that form and text are two views of one thing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from fengcai.apps.contests.rewriting import Edit
from fengcai.apps.refusals import Refused
from fengcai.core import rulebook
from fengcai.core.rulebook.labels import code, label
from fengcai.core.rulebook.problems import Path, Problem, spell

GAP = "待明确"
LONG = frozenset({"description", "hint", "text", "also", "why", "means", "reason", "must", "should",
                  "prefer", "ask", "original", "exception", "consequence"})  # fmt: skip
NAMES = ("name", "label", "ask", "role", "must", "should", "prefer", "text", "to", "names", "id")


@dataclass(frozen=True)
class Shape:
    """What may stand at a place: words, a choice, a list of words, a clause, items by id or in order."""

    kind: str
    choices: tuple[str, ...] = ()
    example: str = ""
    keys: Mapping[str, Shape] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    inner: Shape | None = None

    @property
    def simple(self) -> bool:
        """Whether one input holds it."""
        return self.kind in {"words", "choice", "list"}


@dataclass(frozen=True)
class Input:
    """One value of a clause, as a form shows it."""

    key: str
    label: str
    kind: str
    value: str
    choices: list[tuple[str, str]]
    example: str
    required: bool
    error: str = ""

    @property
    def open(self) -> bool:
        """Whether the notice is silent here."""
        return self.value.startswith(GAP)


@dataclass
class Card:
    """A clause with its inputs. A blank card adds one; `like` is the id of one to begin from."""

    path: Path
    title: str
    depth: int
    inputs: list[Input]
    more: list[Input] = field(default_factory=list)
    gap: str = ""
    removable: bool = False
    blank: bool = False
    keyed: bool = False
    siblings: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    error: Refused | None = None
    typed_key: str = ""
    opened: bool = False

    @property
    def spelled(self) -> str:
        """The path for a hidden input."""
        return json.dumps(self.path, ensure_ascii=False)

    @property
    def anchor(self) -> str:
        """An id for the page."""
        return "-".join(["c", *map(str, self.path)] + (["new"] if self.blank else []))

    @property
    def where(self) -> str:
        """How the text calls it."""
        return spell(self.path)


@lru_cache(maxsize=1)
def language() -> Shape:
    """The shape of a whole rulebook."""
    whole = rulebook.schema()
    return _shape(whole, whole["$defs"], ())


def _shape(node: Mapping[str, Any], defs: Mapping[str, Any], inside: tuple[str, ...]) -> Shape:
    """A shape from JSON Schema; a definition inside itself ends as words."""
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        if inside.count(name):
            return Shape("words")
        return _shape(defs[name], defs, (*inside, name))
    for key in ("anyOf", "oneOf"):
        if key in node:
            kept = [each for each in node[key] if not _nothing(each)]
            shapes = [_shape(each, defs, inside) for each in kept]
            return next((each for each in shapes if not each.simple), shapes[0])
    if "enum" in node:
        return Shape("choice", choices=tuple(map(str, node["enum"])))
    if "const" in node:
        return Shape("words", example=str(node["const"]))
    if "properties" in node:
        keys = {key: _shape(each, defs, inside) for key, each in node["properties"].items()}
        return Shape("clause", keys=keys, required=frozenset(node.get("required", ())))
    inner = next(iter(node.get("patternProperties", {}).values()), None)
    if inner is None and isinstance(node.get("additionalProperties"), dict):
        inner = node["additionalProperties"]
    if inner is not None:
        return Shape("keyed", inner=_shape(inner, defs, inside))
    if node.get("type") == "array":
        of = _shape(node.get("items", {}), defs, inside)
        return Shape("list") if of.simple else Shape("items", inner=of)
    return Shape("words", example=str(next(iter(node.get("examples", ())), "")))


def _nothing(node: Mapping[str, Any]) -> bool:
    return node.get("type") == "null" or str(node.get("pattern", "")).startswith("^" + GAP)


def shape_at(path: Path) -> Shape:
    """What may stand at a path. Raises `Refused` for a path that the language does not have."""
    here = language()
    for step in path:
        found = here.keys.get(str(step)) if here.kind == "clause" else here.inner
        if found is None:
            raise Refused("规则书里没有这个地方，没有改动。请刷新页面再试。")
        here = found
    return here


def value_at(tree: Any, path: Path) -> Any:
    """What stands at a path; None for nothing."""
    for step in path:
        try:
            tree = tree[step]
        except (KeyError, IndexError, TypeError):
            return None
    return tree


def cards(tree: Any, keys: Sequence[str], problems: Sequence[Problem]) -> list[Card]:
    """The clauses under these keys of the file, in the file's order of thought."""
    made = list(_Cards(tree).under(keys))
    # A problem belongs to the innermost clause that its path lies in.
    for problem in problems:
        owners = [
            card
            for card in made
            if not card.blank
            and (problem.path + ".").startswith((card.where + ".", card.where + "["))
        ]
        if owners:
            max(owners, key=lambda card: len(card.where)).problems.append(problem)
    return made


class _Cards:
    def __init__(self, tree: Any) -> None:
        self.tree = tree
        self.gaps = [
            f"{GAP} {id}" if len(names) == 1 else f"{GAP} {id}.{name}"
            for id, names in _questions(tree)
            for name in names
        ]

    def under(self, keys: Sequence[str]) -> Iterator[Card]:
        top = language()
        words = [key for key in keys if key in top.keys and top.keys[key].simple]
        if words:
            yield self.card((), "活动", 0, Shape("clause", keys={k: top.keys[k] for k in words},
                                               required=top.required), self.tree)  # fmt: skip
        for key in keys:
            if key in top.keys and not top.keys[key].simple:
                yield from self.place(
                    (key,), top.keys[key], self.tree.get(key), 0, key in top.required
                )

    def place(
        self, path: Path, shape: Shape, value: Any, depth: int, needed: bool
    ) -> Iterator[Card]:
        name = label(str(path[-1]))
        if isinstance(value, str):  # the whole clause is a question
            yield Card(path, name, depth, [], gap=value, removable=not needed)
        elif shape.kind == "clause":
            if value is None:
                yield self.card(path, name, depth, shape, {}, blank=True)
                return
            title = self.title(path, value)
            yield self.card(path, title, depth, shape, value, removable=not needed)
            yield from self.inside(path, shape, value, depth + 1)
        elif shape.inner is not None:
            yield from self.collection(path, shape, value, depth)

    def collection(self, path: Path, shape: Shape, value: Any, depth: int) -> Iterator[Card]:
        assert shape.inner is not None
        rows: list[tuple[str | int, Any]] = []
        if isinstance(value, dict):
            rows = list(value.items())
        elif isinstance(value, list):
            rows = list(enumerate(value))
        for key, each in rows:
            here: Path = (*path, key)
            if isinstance(each, str):
                yield Card(here, label(str(path[-1])), depth, [], gap=each, removable=True)
                continue
            yield self.card(here, self.title(here, each), depth, shape.inner, each, removable=True)
            yield from self.inside(here, shape.inner, each, depth + 1)
        blank = self.card(path, label(str(path[-1])), depth, shape.inner, {}, blank=True)
        blank.keyed = shape.kind == "keyed"
        blank.siblings = [
            (str(key), self.title((*path, key), each))
            for key, each in rows
            if not isinstance(each, str)
        ]
        yield blank

    def inside(self, path: Path, shape: Shape, value: Any, depth: int) -> Iterator[Card]:
        for key, inner in shape.keys.items():
            if not inner.simple and (key in value or depth <= 1):
                yield from self.place(
                    (*path, key), inner, value.get(key), depth, key in shape.required
                )

    def card(
        self,
        path: Path,
        title: str,
        depth: int,
        shape: Shape,
        value: Any,
        *,
        removable: bool = False,
        blank: bool = False,
    ) -> Card:
        known = value if isinstance(value, dict) else {}
        shown: list[Input] = []
        more: list[Input] = []
        for key, inner in shape.keys.items():
            if not inner.simple:
                continue
            around = [str(step) for step in reversed(path) if isinstance(step, str)][:2]
            made = self.input(key, inner, known.get(key), key in shape.required, around)
            (shown if key in known or made.required else more).append(made)
        # Where a rule stands in the notice comes last, under what it says.
        shown.sort(key=lambda each: each.key == "cite")
        if blank and "must" in shape.keys:
            shown = [*[each for each in more if each.key in {"must", "should", "prefer"}], *shown]
            more = [each for each in more if each not in shown]
        return Card(path, title, depth, shown, more, removable=removable, blank=blank)

    def input(
        self, key: str, shape: Shape, value: Any, required: bool, around: Sequence[str]
    ) -> Input:
        text = "\n".join(value) if isinstance(value, list) else "" if value is None else str(value)
        kind = shape.kind if shape.kind != "words" else "long" if key in LONG else "text"
        if key == "cite":
            kind = "cite"
        choices: list[tuple[str, str]] = []
        if shape.kind == "choice":
            choices = [(each, code(key, each)) for each in shape.choices]
            if text and not text.startswith(GAP) and text not in shape.choices:
                choices.append((text, text))
            choices += [
                (each, each) for each in dict.fromkeys([*self.gaps, text]) if each.startswith(GAP)
            ]
        return Input(key, label(key, *around), kind, text, choices, shape.example, required)

    def title(self, path: Path, value: Any) -> str:
        for name in NAMES:
            found = value.get(name) if isinstance(value, dict) else None
            if isinstance(found, list):
                found = "、".join(map(str, found))
            if isinstance(found, str) and found and not found.startswith(GAP):
                return found if len(found) <= 40 else found[:40] + "……"
        key = path[-1]
        if isinstance(key, int):
            return f"{label(str(path[-2]))} {key + 1}"
        return (
            f"{label(key)}"
            if label(key) != key
            else f"{label(str(path[-2] if path[:-1] else key))}：{key}"
        )


def _questions(tree: Any) -> Iterator[tuple[str, list[str]]]:
    questions = tree.get("questions")
    for id, question in (questions if isinstance(questions, dict) else {}).items():
        if not isinstance(question, dict):
            continue
        options = question.get("options")
        names = [
            name
            for option in (options if isinstance(options, dict) else {}).values()
            if isinstance(option, dict) and isinstance(option.get("sets"), dict)
            for name in option["sets"]
        ]
        free = question.get("free")
        names += list(free) if isinstance(free, dict) else []
        yield id, list(dict.fromkeys(names))


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
    if isinstance(there, list) and key.isdigit() and int(key) < len(there):
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
