"""How measured values and verdicts are said in Chinese.

Rounding here is for the eye only; verdicts are decided on exact values in `evaluation`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from fengcai.core.rulebook import Requirement
from fengcai.core.rulebook.predicate import FACTS

UNKNOWN = "未测出"
CHECKERS = {
    "machine": "系统检查",
    "form": "报送时填写",
    "declaration": "由承诺保证",
    "human": "请审核员查看",
    "judge": "请评委在评分时把握",
}
BREACH = {"must": "不符合要求", "should": "与建议不一致", "prefer": "未体现优先项"}


def measured(facts: Mapping[str, Fraction | str | bool | None]) -> str:
    """“画面宽度 1280 px、画面高度 720 px”, facts in the given order."""
    return "、".join([_labelled(name, value) for name, value in facts.items()])


def sentence(requirement: Requirement, verdict: str, found: str, required: str) -> str:
    """One sentence for the page: the verdict, what was measured, what is required, what to do."""
    text = requirement.text + (f"（{requirement.exception}）" if requirement.exception else "")
    if verdict == "person":
        return f"{CHECKERS[requirement.checked_by]}：{text}"
    by_person = requirement.checked_by == "human"
    if verdict == "pass":
        return f"{'没有发现问题' if by_person else '符合'}：{text}（{found}）"
    if verdict == "undetermined":
        return f"系统没有测出，请人工查看：{text}（{found}；{required}）"
    mend = f"。{requirement.hint}" if requirement.hint else ""
    if by_person:
        return f"发现问题，由审核员判断：{text}（看到的：{found}；要求：{required}）{mend}"
    return f"{BREACH[requirement.severity]}：{text}（{found}；{required}）{mend}"


def _labelled(name: str, value: Fraction | str | bool | None) -> str:
    if isinstance(value, Fraction):
        return _number(name, value.numerator, value.denominator)
    if isinstance(value, str):
        return f"{FACTS[name].label} {value}"
    fact = FACTS[name]
    if value is None:
        return f"{fact.label} {UNKNOWN}"
    if fact.sound:
        return (fact.fault or fact.label) if value else fact.sound
    return f"{fact.label} {'是' if value else '否'}"


@lru_cache(maxsize=65536)
def _number(name: str, above: int, below: int) -> str:
    """Kept by whole numbers: a Fraction takes longer to look up than to write."""
    return f"{FACTS[name].label} {_shown(FACTS[name].unit, Fraction(above, below))}"


def _shown(unit: str, value: Fraction) -> str:
    if unit == "s":
        return _time(value)
    if unit == "B":
        return _size(value)
    if unit == "date":
        day = date.fromordinal(int(value))
        return f"{day.year} 年 {day.month} 月 {day.day} 日"
    return f"{_short(value)} {unit}".rstrip()


def _short(value: Fraction) -> str:
    """At most three decimals, cut and not rounded: a value under a bound never looks like it."""
    if value.denominator == 1:
        return str(value.numerator)
    cut = Decimal(int(abs(value) * 1000)) / 1000
    return f"{'-' if value < 0 and cut else ''}{cut.normalize():f}"


def _time(seconds: Fraction) -> str:
    if seconds < 60:
        return f"{_short(seconds)} 秒"
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} 分 {_short(rest)} 秒"


def _size(count: Fraction) -> str:
    for unit, factor in (("GB", 1024**3), ("MB", 1024**2), ("KB", 1024)):
        if count >= factor:
            return f"{_short(count / factor)} {unit}"
    return f"{_short(count)} B"
