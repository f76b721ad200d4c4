"""Evaluate predicates over facts with three values (true, false, unknown) and exact numbers.

Numbers are fractions throughout, so that 24000/1001 frames a second is under 25 and 30000/1001 is
over. Unknown follows Kleene: `false and unknown` is false, `true and unknown` is unknown.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal

from fengcai.core.rulebook import Citation, Requirement, Severity, parse_predicate
from fengcai.core.rulebook.predicate import FACTS, Predicate, explain_predicate, facts_of

from .compiling import Known, Test, compiled
from .wording import measured, sentence

Value = str | int | float | bool | Decimal | Fraction | None
Verdict = Literal["pass", "fail", "undetermined", "person"]


@dataclass(frozen=True, slots=True)
class _Read:
    """A predicate made ready once: the facts it looks at, its test, how it is said."""

    names: tuple[str, ...]
    test: Test
    required: str


@lru_cache(maxsize=1024)
def _read(text: str) -> _Read:
    predicate = parse_predicate(text)
    return _Read(facts_of(predicate), compiled(predicate), explain_predicate(predicate))


@dataclass(frozen=True, slots=True)
class Finding:
    """One requirement against one work.

    `requirement` is its id; `measured` and `required` are Chinese phrases (empty when there is
    nothing to measure); `text` is a whole sentence for the page. Verdict `person` means that a
    person decides: the finding is a line of the reviewer's or judge's checklist. `names` are the facts
    that its predicate looks at: what shows its moments.
    """

    requirement: str
    verdict: Verdict
    severity: Severity
    measured: str
    required: str
    text: str
    cite: Citation
    names: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The finding as JSON holds it."""
        return {**asdict(self), "cite": self.cite.model_dump(), "names": list(self.names)}


def evaluate(
    requirements: Iterable[Requirement], facts: Mapping[str, Value]
) -> tuple[Finding, ...]:
    """Findings in the order of the requirements, one each.

    Number facts may be int, float, Decimal, Fraction or text such as "30000/1001".
    """
    known = _Facts(facts)
    return tuple(
        ready if read is None else _judged(each, read, known)
        for each, read, ready in _prepared(_Same(tuple(requirements)))
    )


def holds(predicate: Predicate, facts: Mapping[str, Value]) -> bool | None:
    """Whether a predicate holds; None when the facts do not tell."""
    return compiled(predicate)(_Facts(facts))


class _Facts(dict[str, Fraction | str | bool | None]):
    """Facts in their kinds, each worked out when it is first looked at."""

    def __init__(self, given: Mapping[str, Value]) -> None:
        super().__init__()
        self.given = given

    def __missing__(self, name: str) -> Fraction | str | bool | None:
        found = self[name] = value_of(name, self.given)
        return found


class _Same:
    """Requirements that are the same if they are one object: looking through them takes longer."""

    __slots__ = ("requirements",)

    def __init__(self, requirements: tuple[Requirement, ...]) -> None:
        self.requirements = requirements

    def __hash__(self) -> int:
        return id(self.requirements)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.requirements is self.requirements


@lru_cache(maxsize=256)
def _prepared(same: _Same) -> tuple[tuple[Requirement, _Read | None, Finding], ...]:
    """Each requirement with its predicate made ready or, without one, its finding for any work."""
    return tuple(
        (each, None if each.predicate is None else _read(each.predicate), _asked(each))
        for each in same.requirements
    )


def _asked(requirement: Requirement) -> Finding:
    return Finding(
        requirement=requirement.id,
        verdict="person",
        severity=requirement.severity,
        measured="",
        required="",
        text=sentence(requirement, "person", "", ""),
        cite=requirement.cite,
    )


def _judged(requirement: Requirement, read: _Read, facts: Known) -> Finding:
    held = read.test(facts)
    verdict: Verdict = "undetermined" if held is None else "pass" if held else "fail"
    found = measured({name: facts[name] for name in read.names})
    required = requirement.required_text or read.required
    return Finding(
        requirement=requirement.id,
        verdict=verdict,
        severity=requirement.severity,
        measured=found,
        required=required,
        text=sentence(requirement, verdict, found, required),
        cite=requirement.cite,
        names=read.names,
    )


def value_of(name: str, facts: Mapping[str, Value]) -> Fraction | str | bool | None:
    """A fact in its kind (exact number, text, truth), None when absent or of another kind.

    Edges, the aspect and the size of a print follow from width, height and dpi where they are not
    given themselves. Dates are days since the year 1.
    """
    value = facts.get(name)
    fact = FACTS[name]
    if value is None and name in DERIVED:
        return _derived(name, facts)
    if fact.kind == "truth":
        return value if isinstance(value, bool) else None
    if fact.kind == "text":
        return value if isinstance(value, str) else None
    if fact.unit == "date":
        return _day(value)
    return _number(value)


DERIVED = frozenset({"long_edge", "short_edge", "aspect", "print_width", "print_height"})
MM_PER_INCH = Fraction(254, 10)


def _derived(name: str, facts: Mapping[str, Value]) -> Fraction | None:
    width, height = _number(facts.get("width")), _number(facts.get("height"))
    if width is None or height is None:
        return None
    if name in {"long_edge", "short_edge"}:
        return max(width, height) if name == "long_edge" else min(width, height)
    if name == "aspect":
        return width / height if height else None
    dpi = _number(facts.get("dpi"))
    return (width if name == "print_width" else height) / dpi * MM_PER_INCH if dpi else None


def _number(value: Value) -> Fraction | None:
    if isinstance(value, Fraction):
        return value
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    try:
        return Fraction(value)
    except (ValueError, ArithmeticError):
        return None


def _day(value: Value) -> Fraction | None:
    """A day written as 2026-04-30 or, as cameras do, 2026:04:30; a time after it is left out."""
    if not isinstance(value, str):
        return None
    try:
        return Fraction(date.fromisoformat(value[:10].replace(":", "-")).toordinal())
    except ValueError:
        return None
