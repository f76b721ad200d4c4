"""Evaluate predicates over facts with three values (true, false, unknown) and exact numbers.

Numbers are fractions throughout, so that 24000/1001 frames a second is under 25 and 30000/1001 is
over. Unknown follows Kleene: `false and unknown` is false, `true and unknown` is unknown.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from fengcai.core.rulebook import Citation, Requirement, Severity, parse_predicate
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
    explain_predicate,
    facts_of,
)

from .wording import measured, sentence

Value = str | int | float | bool | Decimal | Fraction | None
Verdict = Literal["pass", "fail", "undetermined", "person"]

Known = Mapping[str, Fraction | str | bool | None]


@lru_cache(maxsize=1024)
def _read(text: str) -> tuple[Predicate, tuple[str, ...]]:
    predicate = parse_predicate(text)
    return predicate, facts_of(predicate)


_COMPARE: dict[str, Callable[[Fraction | str, Fraction | str], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


class Finding(BaseModel):
    """One requirement against one work.

    `requirement` is its id; `measured` and `required` are Chinese phrases (empty when there is
    nothing to measure); `text` is a whole sentence for the page. Verdict `person` means that a
    person decides: the finding is a line of the reviewer's or judge's checklist.
    """

    model_config = ConfigDict(frozen=True)

    requirement: str
    verdict: Verdict
    severity: Severity
    measured: str
    required: str
    text: str
    cite: Citation


def evaluate(
    requirements: Iterable[Requirement], facts: Mapping[str, Value]
) -> tuple[Finding, ...]:
    """Findings in the order of the requirements, one each.

    Number facts may be int, float, Decimal, Fraction or text such as "30000/1001".
    """
    known = {name: value_of(name, facts) for name in FACTS}
    return tuple(_finding(each, known) for each in requirements)


def holds(predicate: Predicate, facts: Mapping[str, Value]) -> bool | None:
    """Whether a predicate holds; None when the facts do not tell."""
    return _holds(predicate, {name: value_of(name, facts) for name in FACTS})


def _holds(predicate: Predicate, facts: Known) -> bool | None:
    if isinstance(predicate, Every):
        return _all(_holds(part, facts) for part in predicate.parts)
    if isinstance(predicate, Some):
        return _opposite(_all(_opposite(_holds(part, facts)) for part in predicate.parts))
    if isinstance(predicate, Not):
        return _opposite(_holds(predicate.inner, facts))
    if isinstance(predicate, Truth):
        value = facts[predicate.fact.name]
        return value if isinstance(value, bool) else None
    if isinstance(predicate, Comparison):
        return _compare(predicate, facts)
    return _member(predicate, facts)


def _finding(requirement: Requirement, facts: Known) -> Finding:
    verdict: Verdict = "person"
    found = required = ""
    if requirement.predicate is not None:
        predicate, names = _read(requirement.predicate)
        held = _holds(predicate, facts)
        verdict = "undetermined" if held is None else "pass" if held else "fail"
        found = measured({name: facts[name] for name in names})
        required = requirement.required_text or explain_predicate(predicate)
    return Finding(
        requirement=requirement.id,
        verdict=verdict,
        severity=requirement.severity,
        measured=found,
        required=required,
        text=sentence(requirement, verdict, found, required),
        cite=requirement.cite,
    )


def _all(values: Iterable[bool | None]) -> bool | None:
    seen = set(values)
    if False in seen:
        return False
    return None if None in seen else True


def _opposite(value: bool | None) -> bool | None:
    return None if value is None else not value


def _compare(comparison: Comparison, facts: Known) -> bool | None:
    left, right = _value(comparison.left, facts), _value(comparison.right, facts)
    if left is None or right is None:
        return None
    return _COMPARE[comparison.operator](left, right)


def _member(membership: Membership, facts: Known) -> bool | None:
    left = _value(membership.left, facts)
    options = [_value(option, facts) for option in membership.options]
    if left is None:
        return None
    if left in options:
        return not membership.negated
    return None if None in options else membership.negated


def _value(operand: Operand, facts: Known) -> Fraction | str | None:
    if isinstance(operand, Number):
        return operand.value
    found = facts[operand.name] if isinstance(operand, Fact) else operand.value
    # A truth never reaches a comparison: the grammar lets it stand alone only.
    return found if isinstance(found, Fraction) or found is None else str(found).casefold()


def value_of(name: str, facts: Mapping[str, Value]) -> Fraction | str | bool | None:
    """A fact in its kind (exact number, text, truth), None when absent or of another kind."""
    value = facts.get(name)
    kind = FACTS[name].kind
    if kind == "truth":
        return value if isinstance(value, bool) else None
    if kind == "text":
        return value if isinstance(value, str) else None
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    try:
        return Fraction(value)
    except (ValueError, ArithmeticError):
        return None
