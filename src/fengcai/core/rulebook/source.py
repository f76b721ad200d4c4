"""YAML text to a plain tree in which every key and item remembers its line.

Only the plain part of YAML is read: mappings, lists and text. Aliases, anchors, tags, tabs, several
documents, duplicate keys, empty values and oversized or deeply nested files are refused, each with
its line. All scalars stay text, so that `17:00` or a telephone number is never taken for something
else. What the keys mean is the business of `language`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import yaml

from .problems import Path, Problem, RulebookError, spell

# The C parser reads the same YAML ten times as fast; builds of PyYAML without it have the other.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32
SILENT = frozenset({"", "~", "null", "Null", "NULL"})

UNFIT = "文字里有空字符或半个字符"
UNFIT_MEND = "请删去双引号里的 \\0、\\ud800 一类写法，直接写文字。"
SILENT_MEND = "通知没有说的，写“待明确 问题编号”，并在 questions 里列出问题；不需要的键请整行删去。"
SILENT_IN_BRACES = "花括号里的文字含有半角逗号时，请给整段文字加上引号；不需要的键请删去。"


@dataclass(frozen=True, slots=True)
class Tree:
    """Nested dict, list and str values, and the line (from 1) of each path."""

    name: str
    value: Any
    lines: dict[Path, int]

    def line(self, path: Path) -> int:
        """Line of a path, or of the nearest thing that contains it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(text: str, *, name: str) -> Tree:
    """Read one YAML document. Raises RulebookError with every fault found so far."""
    text = text.removeprefix("\ufeff")
    size = len(text.encode())
    if size > MAX_BYTES:
        raise RulebookError(
            [
                Problem(
                    1,
                    "",
                    f"文件有 {size / MAX_BYTES:.1f} MiB，超过 1 MiB 的上限",
                    "规则书只写规则；长篇文字、图片和名单请放在别处。",
                    source=name,
                )
            ]
        )
    if faults := [*_tabs(text, name)]:
        raise RulebookError(faults)
    try:
        return _Builder(name).build(yaml.parse(text, Loader=LOADER))
    except yaml.YAMLError as error:
        raise RulebookError([_broken(error, text, name)]) from error


def _tabs(text: str, name: str) -> Iterator[Problem]:
    for number, line in enumerate(text.splitlines(), 1):
        if "\t" in line[: len(line) - len(line.lstrip())]:
            yield Problem(
                number,
                "",
                "缩进里有制表符（Tab）",
                "请把制表符换成空格，每级缩进两个空格。",
                source=name,
            )


def _broken(error: yaml.YAMLError, text: str, name: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    if mark is not None and "escape" in str(getattr(error, "problem", "")):
        return Problem(mark.line + 1, "", UNFIT, UNFIT_MEND, source=name)
    if mark is None:
        line = text[: getattr(error, "position", 0)].count("\n") + 1
        return Problem(
            line, "", "这一行有不可见的控制字符", "请删去后重新输入这一行。", source=name
        )
    lines = text.splitlines()
    line = min(mark.line + 1, len(lines))
    near = [each for each in (line, line - 1) if each >= 1 and "：" in lines[each - 1]]
    if near:
        return Problem(
            near[0],
            "",
            "这里的冒号可能是全角“：”",
            "键后面请用半角冒号加一个空格，例如“title: 名称”。",
            source=name,
        )
    return Problem(
        line,
        "",
        "这一行（或上一行）不合 YAML 写法",
        "请检查缩进是否对齐、引号和括号是否成对、半角冒号后是否有空格。",
        source=name,
    )


class _Builder:
    """Builds the tree from parser events without recursion."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []
        self.root: list[Any] = []
        # Open collections from the outside in: the value, its path, and a mapping's pending key.
        self.holders: list[_Holder] = []

    def build(self, events: Iterator[Any]) -> Tree:
        for event in events:
            line = event.start_mark.line + 1
            if isinstance(event, yaml.DocumentStartEvent) and self.root:
                self.stop(line, "文件里有不止一份内容（“---”）", "一个文件只写一份内容。")
            elif isinstance(event, yaml.CollectionEndEvent):
                self.holders.pop()
            elif isinstance(event, yaml.NodeEvent):
                self.node(event, line)
        if not self.root:
            self.stop(1, "文件是空的", "请写入内容。")
        if self.problems:
            raise RulebookError(self.problems)
        return Tree(self.name, self.root[0], self.lines)

    def node(self, event: Any, line: int) -> None:
        if isinstance(event, yaml.AliasEvent):
            self.stop(line, f"不能使用引用“*{event.anchor}”", "请把内容直接写在这里。")
        if event.anchor is not None:
            self.stop(line, f"不能使用锚点“&{event.anchor}”", "请删去锚点。")
        if event.tag is not None:
            self.stop(line, f"不能使用标签“{event.tag}”", "请删去标签，只写内容。")
        if len(self.holders) >= MAX_DEPTH:
            self.stop(line, f"嵌套超过 {MAX_DEPTH} 层", "请检查括号和缩进。")
        holder = self.holders[-1] if self.holders else None
        if holder and isinstance(holder.value, dict) and holder.key is None:
            holder.key = self.key(event, line, holder)
            return
        path = self.place(holder, line)
        if isinstance(event, yaml.ScalarEvent):
            self.put(holder, self.scalar(event, line, path, holder))
            return
        value: Any = [] if isinstance(event, yaml.SequenceStartEvent) else {}
        self.put(holder, value)
        self.holders.append(_Holder(value, path, bool(event.flow_style)))

    def key(self, event: Any, line: int, holder: _Holder) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            self.stop(line, "键不能是一组内容", "键只能是一个词。")
        word = self.whole(str(event.value), line)
        path: Path = (*holder.path, word)
        if word in holder.value:
            self.problems.append(
                Problem(
                    line,
                    spell(path),
                    f"“{word}”写了两次（第一次在第 {self.lines[path]} 行）",
                    "请删去其中一处。",
                    source=self.name,
                )
            )
        else:
            self.lines[path] = line
        return word

    def place(self, holder: _Holder | None, line: int) -> Path:
        if holder is None:
            return ()
        if holder.key is not None:
            return (*holder.path, holder.key)
        path: Path = (*holder.path, len(holder.value))
        self.lines[path] = line
        return path

    def put(self, holder: _Holder | None, value: Any) -> None:
        if holder is None:
            self.root.append(value)
        elif holder.key is not None:
            holder.value[holder.key] = value
            holder.key = None
        else:
            holder.value.append(value)

    def scalar(self, event: Any, line: int, path: Path, holder: _Holder | None) -> str:
        if not event.style and event.value in SILENT:
            mend = SILENT_IN_BRACES if holder and holder.flow else SILENT_MEND
            self.problems.append(Problem(line, spell(path), "这里没有写值", mend, source=self.name))
        return self.whole(str(event.value), line)

    def whole(self, text: str, line: int) -> str:
        """`text`, unless escapes in quotes have put into it what no database can keep."""
        if "\0" in text or any("\ud800" <= each <= "\udfff" for each in text):
            self.stop(
                line,
                UNFIT,
                UNFIT_MEND,
            )
        return text

    def stop(self, line: int, message: str, mend: str) -> NoReturn:
        raise RulebookError([*self.problems, Problem(line, "", message, mend, source=self.name)])


@dataclass(slots=True)
class _Holder:
    value: Any
    path: Path
    flow: bool
    key: str | None = None
