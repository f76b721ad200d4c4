"""The parts of a predicate: facts, numbers with units, words, comparisons, and their joining.

They carry no behaviour beyond naming the facts they look at.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Kind = Literal["number", "text", "truth"]
Operator = Literal["<", "<=", ">", ">=", "==", "!="]


@dataclass(frozen=True, slots=True)
class FactName:
    """A fact that predicates may name: its Chinese name, its kind and the unit it is measured in."""

    name: str
    label: str
    kind: Kind
    unit: str = ""


FACTS = {fact.name: fact for fact in (
    FactName("container", "文件格式", "text"),
    FactName("video_codec", "视频编码", "text"),
    FactName("width", "画面宽度", "number", "px"),
    FactName("height", "画面高度", "number", "px"),
    FactName("rotation", "旋转角度", "number"),
    FactName("fps", "帧率", "number", "fps"),
    FactName("duration", "时长", "number", "s"),
    FactName("has_audio", "有声音", "truth"),
    FactName("loudness", "响度", "number", "LUFS"),
    FactName("true_peak", "真峰值", "number", "dBTP"),
    FactName("size", "文件大小", "number", "B"),
    FactName("filename", "文件名", "text"),
)}  # fmt: skip

# unit → (the unit facts are measured in, factor to it)
UNITS: dict[str, tuple[str, int]] = {
    "s": ("s", 1), "秒": ("s", 1), "min": ("s", 60), "分钟": ("s", 60), "h": ("s", 3600),
    "小时": ("s", 3600), "B": ("B", 1), "KB": ("B", 1024), "MB": ("B", 1024**2),
    "GB": ("B", 1024**3), "fps": ("fps", 1), "px": ("px", 1), "像素": ("px", 1),
    "LUFS": ("LUFS", 1), "dBTP": ("dBTP", 1),
}  # fmt: skip
OPERATORS: dict[str, Operator] = {
    "<": "<",
    "<=": "<=",
    "≤": "<=",
    ">": ">",
    ">=": ">=",
    "≥": ">=",
    "==": "==",
    "!=": "!=",
    "≠": "!=",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """The value of a named fact."""

    name: str


@dataclass(frozen=True, slots=True)
class Number:
    """An exact number in the base unit, and how the rulebook wrote it."""

    value: Fraction
    unit: str
    written: str


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of text; comparison ignores letter case."""

    value: str


Operand = Fact | Number | Word


@dataclass(frozen=True, slots=True)
class Comparison:
    """left operator right."""

    left: Operand
    operator: Operator
    right: Operand


@dataclass(frozen=True, slots=True)
class Membership:
    """left is (or, negated, is not) one of the options."""

    left: Operand
    options: tuple[Operand, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Truth:
    """A true-or-false fact standing alone."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a predicate."""

    inner: Predicate


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds."""

    parts: tuple[Predicate, ...]


Predicate = Comparison | Membership | Truth | Not | Every | Some


class PredicateError(ValueError):
    """The text is not a predicate. `message` and `mend` are Chinese, `column` counts from 1."""

    def __init__(self, message: str, mend: str, column: int) -> None:
        self.message, self.mend, self.column = message, mend, column
        super().__init__(f"第 {column} 个字符：{message}。{mend}")


def kind_of(operand: Operand) -> Kind:
    """What an operand is: a number, text, or a true-or-false fact."""
    if isinstance(operand, Fact):
        return FACTS[operand.name].kind
    return "number" if isinstance(operand, Number) else "text"


def unit_of(operand: Operand) -> str:
    """The base unit of an operand, empty when it has none."""
    if isinstance(operand, Fact):
        return FACTS[operand.name].unit
    return operand.unit if isinstance(operand, Number) else ""


def facts_of(predicate: Predicate) -> tuple[str, ...]:
    """Names of the facts that a predicate looks at, in order, each once."""
    names: dict[str, None] = {}
    _collect(predicate, names)
    return tuple(names)


def _collect(predicate: Predicate, names: dict[str, None]) -> None:
    if isinstance(predicate, (Every, Some)):
        for part in predicate.parts:
            _collect(part, names)
    elif isinstance(predicate, Not):
        _collect(predicate.inner, names)
    elif isinstance(predicate, Truth):
        names[predicate.fact.name] = None
    else:
        sides = (
            (predicate.left, predicate.right)
            if isinstance(predicate, Comparison)
            else (predicate.left, *predicate.options)
        )
        names.update({side.name: None for side in sides if isinstance(side, Fact)})
