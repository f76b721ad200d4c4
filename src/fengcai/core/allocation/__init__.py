"""From a ranking and the committee's decisions to the award list, each award with its reason.

Standard library only; resolved rules come in as JSON. It computes no score (``core.scoring``), and
where the rules do not settle a place it raises a flag for a person: it never chooses.
"""

from fengcai.core.allocation.decisions import (
    AllocationError,
    AwardOrder,
    CommitteeDecision,
    Vacated,
    check_decision,
    check_vacated,
)
from fengcai.core.allocation.field import Entrant, Field, Ranked, Ranks
from fengcai.core.allocation.fold import allocate
from fengcai.core.allocation.places import Places
from fengcai.core.allocation.results import Allocation, Flag, Money, Vacancy, Winner

__all__ = [
    "Allocation",
    "AllocationError",
    "AwardOrder",
    "CommitteeDecision",
    "Entrant",
    "Field",
    "Flag",
    "Money",
    "Places",
    "Ranked",
    "Ranks",
    "Vacancy",
    "Vacated",
    "Winner",
    "allocate",
    "check_decision",
    "check_vacated",
]
