"""A page of a judge's desk: the works of one page as cards, the recused ones, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fengcai.apps.judging import choosing
from fengcai.apps.judging.models import Round
from fengcai.apps.judging.open_round import Progress
from fengcai.apps.judging.queries.cards import Card, cards_of, cards_on
from fengcai.apps.judging.queries.head import Head, head_of
from fengcai.apps.judging.queries.work import Step
from fengcai.apps.judging.reach import Place, Reach, reach_of
from fengcai.apps.people.models import User

PER_PAGE = 48
"""How many works of a stack stand on a page."""

RECUSED_SHOWN = 24
"""How many works of one's own unit are named; those that one declared oneself are named always."""


@dataclass(frozen=True)
class Desk(Head):
    """A page of a judge's desk: what a `Stack` tells, with the cards of one page only.

    `going` is the work to go on with: the first that has some of its marks, else the first without.
    """

    progress: Progress
    cards: tuple[Card, ...]
    recused: tuple[Card, ...]
    recused_works: int
    """How many there are, named in `recused` or not."""
    going: Step | None
    number: int
    per_page: int

    @property
    def left(self) -> int:
        """How many works are still to be marked."""
        return self.progress.due - self.progress.done


def judge_desk(*, round: Round, user: User, page: int = 1) -> Desk:
    """A page of the judge's own desk. Raises `NotFound` for anybody without a seat.

    At most 8 SQL while the round is open (9 where works are shared out), whatever their number. A page that does not exist
    is the nearest one.
    """
    reach = reach_of(round, user)
    if reach.waits:
        return Desk(**head_of(reach), progress=Progress(0, 0, 0), cards=(), recused=(),
                    recused_works=0, going=None, number=1, per_page=PER_PAGE)  # fmt: skip
    progress = reach.progress()
    number = min(max(page, 1), max(1, -(-progress.due // PER_PAGE)))
    head = head_of(reach)
    if not reach.promised:
        return Desk(**head, progress=progress, cards=(), recused=(), recused_works=0, going=None,
                    number=number, per_page=PER_PAGE)  # fmt: skip
    begin = (number - 1) * PER_PAGE
    out = reach.recused()
    named = _named(out)
    return Desk(
        **head,
        progress=progress,
        cards=cards_on(reach, reach.page(begin, begin + PER_PAGE)),
        recused=cards_of(reach, named, reasons=reach.reasons(named)),
        recused_works=len(out),
        going=_going(reach) if progress.due > progress.done else None,
        number=number,
        per_page=PER_PAGE,
    )


def _named(out: Sequence[Place]) -> list[Place]:
    own = [place for place in out if place.declared is None][:RECUSED_SHOWN]
    declared = [place for place in out if place.declared is not None]
    return sorted([*own, *declared], key=lambda place: place.number)


def _going(reach: Reach) -> Step | None:
    """1 SQL where a work has some of its marks, else 2."""
    for works, state in ((choosing.BEGUN, "partial"), (choosing.UNFINISHED, "todo")):
        for entry, number in works.of(reach, 0, 1):
            return Step(entry, number, "", state)
    return None
