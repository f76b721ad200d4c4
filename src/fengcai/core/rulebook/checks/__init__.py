"""Arithmetic and names of a rulebook: what can be known to be wrong before anyone enters.

Works on a book whose questions may be open: whatever is open is left out of the sums. Each fault
names the line and says how to mend it. The shape of the file is the business of `reading`.
"""

from __future__ import annotations

from fengcai.core.rulebook.book import Answers, Filled, Rulebook, fill
from fengcai.core.rulebook.problems import Problem

from . import calendar, judging, outcomes, parties, works
from .look import Look, known, listed

FAMILIES = (parties, works, calendar, judging, outcomes)

__all__ = ["check", "check_filled", "known", "listed"]


def check(rulebook: Rulebook, answers: Answers) -> tuple[Problem, ...]:
    """Faults of the answers and of the arithmetic, in the order of the lines."""
    filled, problems = fill(rulebook, answers)
    return tuple(problems) if filled is None else check_filled(filled)


def check_filled(filled: Filled) -> tuple[Problem, ...]:
    """Faults of a book with its answers in place."""
    look = Look(filled)
    found = dict.fromkeys(fault for family in FAMILIES for fault in family.faults(look))
    return tuple(sorted(found, key=lambda each: (each.line, each.path)))
