"""Which demands are about a set of files as a whole: those that look at how many there are.

They are judged when the set is looked at, since it may have grown after each of its files was
measured.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from fengcai.core.rulebook import Requirement, parse_predicate
from fengcai.core.rulebook.predicate import facts_of

COUNT = "count"


def of_the_set(requirement: Requirement) -> bool:
    """Whether a demand is about how many files, links or things stand in their place."""
    return requirement.predicate is not None and _counts(requirement.predicate)


def for_each_file(requirements: Iterable[Requirement]) -> tuple[Requirement, ...]:
    """The demands that one file is judged by."""
    return tuple(each for each in requirements if not of_the_set(each))


@lru_cache(maxsize=1024)
def _counts(predicate: str) -> bool:
    return COUNT in facts_of(parse_predicate(predicate))
