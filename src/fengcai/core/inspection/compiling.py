"""A predicate made into one function of the facts, so that thousands of works are judged quickly.

Three values (true, false, unknown) after Kleene: `false and unknown` is false, `true and unknown` is
unknown. It parses nothing and knows no rule.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction

from fengcai.core.rulebook.predicate import (
    FACTS,
    Comparison,
    Every,
    Fact,
    Membership,
    Not,
    Number,
    Operand,
    Predicate,
    Some,
    Truth,
)

Found = Fraction | str | bool | None
Known = Mapping[str, Found]
Test = Callable[[Known], bool | None]
Look = Callable[[Known], Fraction | str | None]

COMPARE: dict[str, Callable[[Fraction | str, Fraction | str], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def compiled(predicate: Predicate) -> Test:
    """The predicate as a function from facts to true, false or (None) unknown."""
    if isinstance(predicate, (Every, Some)):
        return _joined([compiled(part) for part in predicate.parts], isinstance(predicate, Some))
    if isinstance(predicate, Not):
        inner = compiled(predicate.inner)
        return lambda facts: None if (held := inner(facts)) is None else not held
    if isinstance(predicate, Truth):
        name = predicate.fact.name
        return lambda facts: held if isinstance(held := facts[name], bool) else None
    return _comparison(predicate) if isinstance(predicate, Comparison) else _member(predicate)


def _joined(parts: list[Test], decisive: bool) -> Test:
    """One decisive part decides (false for and, true for or); else unknown if any is unknown."""

    def test(facts: Known) -> bool | None:
        unknown = False
        for part in parts:
            held = part(facts)
            if held is decisive:
                return decisive
            unknown = unknown or held is None
        return None if unknown else not decisive

    return test


FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def _bound(name: str, sign: str, bound: Fraction) -> Test:
    """A fact against a fixed number: nearly every requirement, so in whole numbers only."""
    above, below = bound.numerator, bound.denominator
    compare: Callable[[int, int], bool] = COMPARE[sign]  # type: ignore[assignment]

    def test(facts: Known) -> bool | None:
        found = facts[name]
        if not isinstance(found, Fraction):
            return None
        return compare(found.numerator * below, above * found.denominator)

    return test


def _comparison(comparison: Comparison) -> Test:
    one, two, sign = comparison.left, comparison.right, comparison.operator
    if isinstance(one, Fact) and isinstance(two, Number):
        return _bound(one.name, sign, two.value)
    if isinstance(one, Number) and isinstance(two, Fact):
        return _bound(two.name, FLIPPED[sign], one.value)
    left, right = _look(comparison.left), _look(comparison.right)
    compare = COMPARE[comparison.operator]

    def test(facts: Known) -> bool | None:
        one, other = left(facts), right(facts)
        return None if one is None or other is None else compare(one, other)

    return test


def _member(membership: Membership) -> Test:
    left = _look(membership.left)
    options = [_look(option) for option in membership.options]
    negated = membership.negated

    def test(facts: Known) -> bool | None:
        one = left(facts)
        if one is None:
            return None
        others = [option(facts) for option in options]
        if one in others:
            return not negated
        return None if None in others else negated

    return test


def _look(operand: Operand) -> Look:
    """A number or text; facts come in their kind, and a truth never reaches a comparison."""
    if isinstance(operand, Fact):
        name = operand.name
        if FACTS[name].kind == "number":
            return lambda facts: facts[name]  # type: ignore[return-value]
        return lambda facts: None if (found := facts[name]) is None else str(found).casefold()
    fixed = operand.value if isinstance(operand, Number) else operand.value.casefold()
    return lambda facts: fixed
