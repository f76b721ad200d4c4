"""Files that are sent although the work is accepted already: those that a later context asks for.

The contexts above say so when they start; what they ask for must be signed at the award by the rules.
"""

from __future__ import annotations

from collections.abc import Callable

from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.scope import scope_of
from fengcai.apps.entries.states import State
from fengcai.core.rulebook import Rules, Slot

_asking: dict[str, Callable[[Entry], bool]] = {}


def ask_later(name: str, asks: Callable[[Entry], bool]) -> None:
    """Have `asks` say whether this entry owes what is signed at the award."""
    _asking[name] = asks


def asked_later(entry: Entry, rules: Rules, slot: Slot) -> bool:
    """Whether this slot of an accepted work takes a file now. No SQL where the rules know none."""
    return (
        entry.state == State.ACCEPTED
        and slot.id in scope_of(entry, rules).signed_at_award
        and any(asks(entry) for asks in _asking.values())
    )
