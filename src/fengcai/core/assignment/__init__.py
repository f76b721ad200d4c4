"""Who may mark what, whether enough judges remain, works shared out among judges, orders drawn.

Unless a panel marks only so many of each work (``share``), every judge marks every work that he is
eligible for (a complete design). Standard library only; nothing is scored here.
"""

from fengcai.core.assignment.drawing import draw
from fengcai.core.assignment.matrix import (
    AssignmentError,
    Matrix,
    Pair,
    Shortage,
    check_panel,
    eligible_pairs,
)
from fengcai.core.assignment.sharing import Share, Sharing, share

__all__ = [
    "AssignmentError",
    "Matrix",
    "Pair",
    "Share",
    "Sharing",
    "Shortage",
    "check_panel",
    "draw",
    "eligible_pairs",
    "share",
]
