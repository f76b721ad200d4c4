"""A rulebook's text with one value set, added or taken away, and every other character as it was.

Comments, blank lines and the writer's own way of laying things out stay, because the text is cut and
joined at the places where YAML's parser says that a value begins and ends. Each result is read again:
it says exactly what was meant, or nothing is changed. What the values mean is not asked here.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import yaml

from fengcai.core.rulebook.problems import Path, RulebookError, spell
from fengcai.core.rulebook.source import read

NAME = "规则书"
Node = Any  # PyYAML's stubs know no marks and styles
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Only where values begin and end is taken from it; what they say is read by the language itself."""

_UNSAFE_START = re.compile(r"^[\s\-?:,\[\]{}#&*!|>'\"%@`=~<]")
_UNSAFE_FLOW = re.compile(r"[,\[\]{}]")


class CannotRewrite(ValueError):
    """There is no such place, or what would be written could not be read back; in Chinese."""


@dataclass(frozen=True, slots=True)
class Edit:
    """`set` a value (in the place of an old one, or under a new key), `append` to a list, `remove`.

    `value` is text, or mappings and lists of text.
    """

    do: Literal["set", "append", "remove"]
    path: Path
    value: Any = None


def rewrite(text: str, edits: Iterable[Edit]) -> str:
    """The text after the edits, in their order. Raises RulebookError for a text that is no tree,
    CannotRewrite for a place that it does not have."""
    wanted = read(text, name=NAME).value
    written = text
    for edit in edits:
        wanted = _applied(wanted, edit)
        written = _Page(written).after(edit)
    try:
        found = read(written, name=NAME).value
    except RulebookError as error:
        raise CannotRewrite(f"改写后第 {error.problems[0].line} 行读不懂，没有改动") from error
    if found != wanted:
        raise CannotRewrite("这一处不能自动改写，请在文本里修改")
    return written


def _applied(tree: Any, edit: Edit) -> Any:
    holder, last = tree, edit.path[-1]
    try:
        for step in edit.path[:-1]:
            holder = holder[step]
        if edit.do == "append":
            holder[last].append(copy.deepcopy(edit.value))
        elif edit.do == "remove":
            del holder[last]
        else:
            holder[last] = copy.deepcopy(edit.value)
    except (KeyError, IndexError, TypeError, AttributeError):
        raise CannotRewrite(f"规则书里没有“{spell(edit.path)}”这个地方") from None
    return tree


class _Page:
    """One text with its nodes; gives the text after one edit."""

    def __init__(self, text: str) -> None:
        self.text = text.removeprefix("\ufeff")
        self.root = yaml.compose(self.text, Loader=LOADER)
        self.lines = self.text.split("\n")

    def after(self, edit: Edit) -> str:
        if edit.do == "append":
            return self.append(edit.path, edit.value)
        if edit.do == "remove":
            return self.remove(edit.path)
        parent = self.node(edit.path[:-1])
        if isinstance(parent, yaml.MappingNode) and edit.path[-1] not in self.keys(parent):
            return self.add(edit.path, edit.value)
        return self.replace(edit.path, edit.value)

    # Finding

    def node(self, path: Path) -> Node:
        here: Node = self.root
        for step in path:
            if isinstance(here, yaml.MappingNode):
                here = dict(zip(self.keys(here), (v for _, v in here.value), strict=True))[
                    str(step)
                ]
            else:
                here = here.value[step]
        return here

    def keys(self, node: yaml.MappingNode) -> list[str]:
        return [key.value for key, _ in node.value]

    def key(self, path: Path) -> Node:
        """The node where the line of a value begins: its key, or the item itself."""
        parent = self.node(path[:-1])
        if isinstance(parent, yaml.MappingNode):
            return parent.value[self.keys(parent).index(str(path[-1]))][0]
        return parent.value[path[-1]]

    def last_line(self, node: Node) -> int:
        """The last line (from 0) with anything of the node on it, not the comments behind it."""
        if not isinstance(node, yaml.ScalarNode) and not node.flow_style and node.value:
            end = node.value[-1]
            return self.last_line(end[1] if isinstance(end, tuple) else end)
        body = self.text[: node.end_mark.index].rstrip()
        return body.count("\n")

    # Writing

    def replace(self, path: Path, value: Any) -> str:
        node = self.node(path)
        block = not self.in_flow(path)
        if isinstance(node, yaml.ScalarNode) or node.flow_style or not node.value:
            return self.spliced(node, _worded(value, flow=not block, column=self.column(path)))
        # A block of lines: what stands behind its last line (comments, blank lines) stays.
        item = not isinstance(self.node(path[:-1]), yaml.MappingNode)
        worded = _worded(value, flow=False, column=self.column(path), item=item)
        head = self.text[: node.start_mark.index].rstrip()
        if not item:
            head = self.text[: self.key(path).end_mark.index] + ":"
        tail = self.lines[self.last_line(node) + 1 :]
        return "\n".join([head + ("" if worded.startswith("\n") else " ") + worded, *tail])

    def spliced(self, node: Node, worded: str) -> str:
        start, end = node.start_mark.index, node.end_mark.index
        before, old = self.text[:start], self.text[start:end]
        after = old[len(old.rstrip()) :] + self.text[end:]
        if worded.startswith("\n"):
            before = before.rstrip(" ")
            comment, _, rest = after.partition("\n")
            return f"{before}{comment.rstrip()}{worded}\n{rest}" if rest else before + worded
        return before + worded + after

    def add(self, path: Path, value: Any) -> str:
        parent, key = self.node(path[:-1]), str(path[-1])
        if not parent.value:
            return self.replace(path[:-1], {key: value})
        if parent.flow_style:
            end = parent.value[-1][1].end_mark.index
            worded = f", {_scalar(key, flow=True)}: {_flow(value)}"
            return self.text[:end] + worded + self.text[end:]
        column = parent.value[0][0].start_mark.column
        worded = " " * column + _pair(key, value, column)
        return self.inserted(self.last_line(parent), worded)

    def append(self, path: Path, value: Any) -> str:
        node = self.node(path)
        if not node.value:
            return self.replace(path, [value])
        if node.flow_style:
            end = node.value[-1].end_mark.index
            return f"{self.text[:end]}, {_flow(value)}{self.text[end:]}"
        column = node.start_mark.column
        worded = " " * column + "- " + _worded(value, flow=False, column=column, item=True)
        return self.inserted(self.last_line(node), worded)

    def inserted(self, line: int, worded: str) -> str:
        return "\n".join([*self.lines[: line + 1], worded, *self.lines[line + 1 :]])

    def remove(self, path: Path) -> str:
        parent, place = self.node(path[:-1]), path[-1]
        if len(parent.value) == 1:
            if not path[:-1]:
                raise CannotRewrite("不能删去规则书的最后一项")
            return self.replace(path[:-1], {} if isinstance(parent, yaml.MappingNode) else [])
        key, node = self.key(path), self.node(path)
        if parent.flow_style:
            return self.removed_inline(parent, place)
        first, last = key.start_mark.line, self.last_line(node)
        dash = self.lines[first][: key.start_mark.column].strip(" ") == "-"
        if dash and isinstance(parent, yaml.MappingNode):  # the line carries the item's dash
            rest = read(self.text, name=NAME).value
            for step in path[:-1]:
                rest = rest[step]
            kept = {name: each for name, each in rest.items() if name != place}
            return self.replace(path[:-1], kept)
        return "\n".join([*self.lines[:first], *self.lines[last + 1 :]])

    def removed_inline(self, parent: Node, place: str | int) -> str:
        if isinstance(parent, yaml.MappingNode):
            index = self.keys(parent).index(str(place))
            starts = [key.start_mark.index for key, _ in parent.value]
            ends = [value.end_mark.index for _, value in parent.value]
        else:
            index = int(place)
            starts = [each.start_mark.index for each in parent.value]
            ends = [each.end_mark.index for each in parent.value]
        if index + 1 < len(starts):
            return self.text[: starts[index]] + self.text[starts[index + 1] :]
        return self.text[: ends[index - 1]] + self.text[ends[index] :]

    def in_flow(self, path: Path) -> bool:
        """Whether a value stands inside braces or brackets."""
        return any(self.node(path[:depth]).flow_style for depth in range(len(path)))

    def column(self, path: Path) -> int:
        """The column of the key (or the dash) that a value belongs to."""
        parent = self.node(path[:-1])
        if isinstance(parent, yaml.MappingNode):
            return int(self.key(path).start_mark.column)
        return int(parent.start_mark.column)


def _worded(value: Any, *, flow: bool, column: int, item: bool = False) -> str:
    """A value as it stands behind its key; one that needs lines of its own begins with a break."""
    if not isinstance(value, (dict, list)):
        return _scalar(value, flow=flow)
    if flow or not value or _short(value):
        return _flow(value)
    inner = column + 2
    if isinstance(value, list):
        rows = [
            " " * inner + "- " + _worded(each, flow=False, column=inner, item=True)
            for each in value
        ]
        return "\n" + "\n".join(rows)
    rows = [" " * inner + _pair(key, each, inner) for key, each in value.items()]
    block = "\n".join(rows)
    return block.lstrip(" ") if item else "\n" + block


def _pair(key: str, value: Any, column: int) -> str:
    worded = _worded(value, flow=False, column=column)
    return f"{_scalar(key, flow=False)}:{'' if worded.startswith(chr(10)) else ' '}{worded}"


def _short(value: Any) -> bool:
    """Lists of words read better on one line."""
    return isinstance(value, list) and not any(isinstance(each, (dict, list)) for each in value)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        rows = (f"{_scalar(key, flow=True)}: {_flow(each)}" for key, each in value.items())
        return "{" + ", ".join(rows) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(value, flow=True)


def _scalar(value: Any, *, flow: bool) -> str:
    text = str(value)
    plain = (
        text
        and text == text.strip()
        and text.isprintable()
        and not _UNSAFE_START.match(text)
        and ": " not in text
        and " #" not in text
        and not text.endswith(":")
        and not (flow and _UNSAFE_FLOW.search(text))
        and text not in {"null", "Null", "NULL"}
    )
    return text if plain else json.dumps(text, ensure_ascii=False)
