"""A tree of plain values → the text of a rulebook, with a remark where a value needs a look.

Writes what `core.rulebook` reads: mappings, lists and text, no tags, no anchors, no tabs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str | int, ...]

# Text that needs no quotes in block style: no YAML sign at its start, no “: ” or “ #” in it.
BARE = re.compile(
    r"(?![\s\-?:,\[\]{}#&*!|>'\"%@`~])(?:(?!: | #|:$)[^\x00-\x1f\x7f\ud800-\udfff\u2028\u2029\ufeff\x80-\x9f])+(?<![\s:])"
)
UNPRINTED = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
EMPTY = frozenset({"", "~", "null", "Null", "NULL"})


def write(tree: Mapping[str, Any], *, head: str, remarks: Mapping[Path, str]) -> str:
    """The file's text. `head` stands above it as a comment, `remarks` beside their lines."""
    lines = [f"# {line}".rstrip() for line in head.splitlines()]
    for key, value in tree.items():
        lines.append("")
        lines += _entry(key, value, 0, (key,), remarks)
    return "\n".join(lines) + "\n"


def _entry(
    key: str, value: Any, depth: int, path: Path, remarks: Mapping[Path, str]
) -> Iterator[str]:
    indent, note = "  " * depth, f"  # {remarks[path]}" if path in remarks else ""
    if isinstance(value, Mapping) and value:
        yield f"{indent}{key}:{note}"
        for inner, each in value.items():
            yield from _entry(inner, each, depth + 1, (*path, inner), remarks)
    elif isinstance(value, (list, tuple)) and any(isinstance(each, Mapping) for each in value):
        yield f"{indent}{key}:{note}"
        for index, each in enumerate(value):
            yield from _item(each, depth + 1, (*path, index), remarks)
    else:
        yield f"{indent}{key}: {_value(value)}{note}"


def _item(value: Any, depth: int, path: Path, remarks: Mapping[Path, str]) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{'  ' * depth}- {_value(value)}"
        return
    lines = [
        line for key, each in value.items()
        for line in _entry(key, each, depth + 1, (*path, key), remarks)
    ]  # fmt: skip
    yield f"{'  ' * depth}- {lines[0].lstrip()}"
    yield from lines[1:]


def _value(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_flow(str(each)) for each in value)}]"
    if isinstance(value, Mapping):
        return "{}"
    return _scalar(str(value))


def _scalar(text: str) -> str:
    return text if BARE.fullmatch(text) and text not in EMPTY else _quoted(text)


def _flow(text: str) -> str:
    return _scalar(text) if not re.search(r"[,\[\]{}]", text) else _quoted(text)


def _quoted(text: str) -> str:
    """In double quotes, with escapes for what YAML does not take as it is."""
    said = json.dumps(text, ensure_ascii=False)
    return UNPRINTED.sub(lambda sign: f"\\u{ord(sign[0]):04x}", said)
