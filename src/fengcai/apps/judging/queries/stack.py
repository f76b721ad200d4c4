"""A judge's whole stack in one round, read whole: what the hand-in signs and the printed sheets."""

from __future__ import annotations

from dataclasses import dataclass

from fengcai.apps.judging.models import Round
from fengcai.apps.judging.queries.cards import Card, cards_on
from fengcai.apps.judging.queries.head import Head, head_of
from fengcai.apps.judging.reach import reach_of
from fengcai.apps.people.models import User


@dataclass(frozen=True)
class Stack(Head):
    """A judge's round with every work. `cards` is empty until the promise is signed."""

    works: int
    cards: tuple[Card, ...]

    @property
    def due(self) -> list[Card]:
        """The works that this judge has to mark."""
        return [card for card in self.cards if card.state != "recused"]

    @property
    def done(self) -> int:
        """How many of them are fully marked."""
        return sum(1 for card in self.due if card.state == "done")

    @property
    def left(self) -> int:
        """How many are still to be marked."""
        return len(self.due) - self.done


def judge_stack(*, round: Round, user: User) -> Stack:
    """The judge's own stack. Raises `NotFound` for anybody without a seat. 3 SQL."""
    reach = reach_of(round, user)
    every = [] if reach.waits else reach.every()
    cards = cards_on(reach, every, reasons=reach.reasons(every)) if reach.promised else ()
    return Stack(**head_of(reach), works=len(every), cards=cards)
