"""From a ranking and the committee's decisions to the award list, each award with its reason.

Standard library only; resolved rules come in as JSON. It computes no score (``core.scoring``), and
where the rules do not settle a place it raises a flag for a person: it never chooses.
"""

from fengcai.core.allocation.decisions import AllocationError, CommitteeDecision, check_decision
from fengcai.core.allocation.fold import Ranked, Ranks, allocate
from fengcai.core.allocation.results import Allocation, Flag, Money, Vacancy, Winner

__all__ = [
    "Allocation",
    "AllocationError",
    "CommitteeDecision",
    "Flag",
    "Money",
    "Ranked",
    "Ranks",
    "Vacancy",
    "Winner",
    "allocate",
    "check_decision",
]
