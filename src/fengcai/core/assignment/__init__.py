"""Who may mark what: judges × works with recusals, and whether enough judges remain.

Every judge marks every work that he is eligible for (a complete design). Standard library only;
nothing is optimised here, and nothing is scored.
"""

from fengcai.core.assignment.matrix import (
    AssignmentError,
    Matrix,
    Pair,
    Shortage,
    check_panel,
    eligible_pairs,
)

__all__ = [
    "AssignmentError",
    "Matrix",
    "Pair",
    "Shortage",
    "check_panel",
    "eligible_pairs",
]
