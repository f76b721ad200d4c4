"""Facts about a work against the clauses of its rulebook: findings that cite.

It measures nothing and stores nothing: facts come from `media`, requirements from the rulebook.
A fact that is not known makes a finding undetermined, never a failure.
"""

from .evaluation import Finding, Value, Verdict, evaluate, holds
from .sets import COUNT, for_each_file, of_the_set
from .tuning import LEAST, MOST, SCALES, Measured, Stance, Tuning, retuned

__all__ = [
    "COUNT",
    "LEAST",
    "MOST",
    "SCALES",
    "Finding",
    "Measured",
    "Stance",
    "Tuning",
    "Value",
    "Verdict",
    "evaluate",
    "for_each_file",
    "holds",
    "of_the_set",
    "retuned",
]
