"""From a ranking to a shortlist: which works go on to the next round, each with its reason.

Standard library only; resolved rules come in as JSON. It computes no score (``core.scoring``), and
where the rules do not settle a place it raises a flag for a person: it never chooses.
"""

from fengcai.core.selection.choosing import select
from fengcai.core.selection.groups import SelectionError, group_of
from fengcai.core.selection.results import (
    Candidate,
    Flag,
    Group,
    Order,
    Pick,
    Selection,
)

__all__ = [
    "Candidate",
    "Flag",
    "Group",
    "Order",
    "Pick",
    "Selection",
    "SelectionError",
    "group_of",
    "select",
]
