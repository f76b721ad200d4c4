"""The language of machine-checkable requirements: `duration <= 5min and width >= 1920`.

Text becomes a small tree of comparisons joined by and, or, not; the tree explains itself in
Chinese. Nothing is executed: there is no call, no attribute, no arithmetic. Evaluating the tree
against the facts of a file is the business of `inspection`.
"""

from .grammar import parse_predicate
from .speech import explain_predicate
from .tree import (
    FACTS,
    Comparison,
    Every,
    Fact,
    Membership,
    Not,
    Number,
    Operand,
    Predicate,
    PredicateError,
    Some,
    Truth,
    Word,
    facts_of,
)

__all__ = [
    "FACTS", "Comparison", "Every", "Fact", "Membership", "Not", "Number", "Operand", "Predicate",
    "PredicateError", "Some", "Truth", "Word", "explain_predicate", "facts_of", "parse_predicate",
]  # fmt: skip
