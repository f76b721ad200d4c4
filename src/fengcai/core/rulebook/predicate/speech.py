"""A predicate said in Chinese: “时长应不超过 5 分钟，且画面宽度应不低于 1920 px”."""

from __future__ import annotations

from .tree import (
    FACTS,
    Every,
    Fact,
    Membership,
    Not,
    Operand,
    Operator,
    Predicate,
    Some,
    Truth,
    Word,
    unit_of,
)

PHRASE: dict[Operator, str] = {
    "<": "应小于",
    "<=": "应不超过",
    ">": "应大于",
    ">=": "应不低于",
    "==": "应为",
    "!=": "不得为",
}
COUNTED = frozenset({"s", "B", "个", "字", "字符", "页"})
"""Units of what is counted: less of it is “不少于”, not “不低于”."""
DATED: dict[Operator, str] = {
    "<": "应早于",
    "<=": "应不晚于",
    ">": "应晚于",
    ">=": "应不早于",
    "==": "应为",
    "!=": "不得为",
}
OPPOSITE: dict[Operator, Operator] = {
    "<": ">=",
    "<=": ">",
    ">": "<=",
    ">=": "<",
    "==": "!=",
    "!=": "==",
}
FLIPPED: dict[Operator, Operator] = {
    "<": ">",
    "<=": ">=",
    ">": "<",
    ">=": "<=",
    "==": "==",
    "!=": "!=",
}


def explain_predicate(predicate: Predicate) -> str:
    """Say a predicate in Chinese: “时长应不超过 5 分钟，且画面宽度应不低于 1920”."""
    return _say(predicate, positive=True, inside=False)


def _say(predicate: Predicate, *, positive: bool, inside: bool) -> str:
    """`positive` False says the opposite; `inside` True adds brackets around a joined part."""
    if isinstance(predicate, Not):
        return _say(predicate.inner, positive=not positive, inside=inside)
    if isinstance(predicate, (Every, Some)):
        word = "，且" if isinstance(predicate, Every) == positive else "，或"
        said = word.join(_say(part, positive=positive, inside=True) for part in predicate.parts)
        return f"（{said}）" if inside else said
    if isinstance(predicate, Truth):
        fact = FACTS[predicate.fact.name]
        if fact.sound:
            return (fact.fault or fact.label) if positive else fact.sound
        return f"应{fact.label}" if positive else f"不得{fact.label}"
    if isinstance(predicate, Membership):
        negated = predicate.negated == positive
        options = "、".join(_name(option) for option in predicate.options)
        if len(predicate.options) == 1:
            return f"{_name(predicate.left)}{'不得为' if negated else '应为'} {options}"
        return f"{_name(predicate.left)}{'不得是' if negated else '应是'} {options} 之一"
    left, operator, right = predicate.left, predicate.operator, predicate.right
    if not isinstance(left, Fact):
        left, operator, right = right, FLIPPED[operator], left
    phrase = _phrase(operator if positive else OPPOSITE[operator], unit_of(left))
    gap = "" if isinstance(right, Fact) else " "
    return f"{_name(left)}{phrase}{gap}{_name(right)}"


def _phrase(operator: Operator, unit: str) -> str:
    if unit == "date":
        return DATED[operator]
    return "应不少于" if operator == ">=" and unit in COUNTED else PHRASE[operator]


def _name(operand: Operand) -> str:
    if isinstance(operand, Fact):
        return FACTS[operand.name].label
    if isinstance(operand, Word):
        return operand.value
    return operand.written.replace(" min", " 分钟").replace(" h", " 小时").removesuffix(" s") + (
        " 秒" if operand.written.endswith(" s") else ""
    )
