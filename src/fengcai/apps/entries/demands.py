"""What contexts above ask for before a work may be handed in (a release of everybody on screen).

They say so when they start; what is owed to them stands on the form beside everything else.
"""

from __future__ import annotations

from collections.abc import Callable

from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.owed import Owed
from fengcai.core.rulebook import Rules

Demand = Callable[[Entry, Rules], list[Owed]]
_demands: dict[str, Demand] = {}


def demand_before_submission(name: str, owed: Demand) -> None:
    """Have `owed` say what this work still owes by these rules; it should cost no SQL where the rules
    ask nothing."""
    _demands[name] = owed


def demanded_above(entry: Entry, rules: Rules) -> list[Owed]:
    """Everything that contexts above wait for, in the order in which they registered."""
    return [each for owed in _demands.values() for each in owed(entry, rules)]
