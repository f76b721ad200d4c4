"""What an allocation says: winners, vacancies, flags for a person, and the money.

Plain frozen values with a JSON form; how they come about is ``fold``.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from fengcai.core.allocation.field import Cell
from fengcai.core.allocation.places import Places

FlagKind = Literal[
    "tie", "undecided", "ineligible", "exclusive", "awaits", "money", "scope", "cap", "rounds", "unused",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Winner:
    """One award to one work.

    ``place`` is the place among the works that compete for the award and ``rank`` the place in the
    ranking (both None for a committee's award); ``money`` is in yuan; ``reason`` says why, in
    Chinese; ``cite`` and ``answer`` are the award rule's own; ``by`` and ``minutes`` are who
    decided and where it is written down. An organisation award has a ``unit`` and no work. ``cell``
    is the scope that the award has its own number for.
    """

    award: str
    award_name: str
    group: str
    work: str
    place: int | None
    rank: int | None
    figure: Decimal | None
    money: Decimal
    reason: str
    cite: Any
    answer: str | None
    by: str = ""
    minutes: str = ""
    unit: str = ""
    cell: Cell = ()


@dataclass(frozen=True, slots=True)
class Vacancy:
    """Places of an award that nobody takes; ``money`` (yuan) is what they would have cost."""

    award: str
    award_name: str
    count: int
    money: Decimal
    reason: str
    cite: Any
    cell: Cell = ()


@dataclass(frozen=True, slots=True)
class Flag:
    """Where a person must decide before the award list is whole.

    ``kind``: ``tie`` (a tie crosses the award's border), ``undecided`` (no decision of the
    committee yet), ``ineligible`` (the committee's choice has withdrawn or been refused),
    ``exclusive`` (its choice already holds an award), ``awaits`` (an earlier flag must be settled
    first), ``money`` (the rules' sums disagree), ``scope`` (the committee's choice is out of the
    award's scope or number), ``cap`` (it passes the number of one unit or person), ``rounds`` (the
    works were judged in different rounds and cannot be compared), ``unused`` (a decision that meets
    nothing). ``places`` are open because of it.
    """

    kind: FlagKind
    award: str
    works: tuple[str, ...]
    places: int
    text: str
    cite: Any
    cell: Cell = ()


@dataclass(frozen=True, slots=True)
class Money:
    """The money in yuan: ``awarded + vacant + undecided + remainder == planned`` always holds.

    ``stated`` is the rulebook's total, if it has one; ``balanced`` says that it equals ``planned``,
    or where numbers are upper bounds that it is not passed. ``remainder`` is what a shared pool
    leaves when it is divided to the fen: it is paid to nobody.
    """

    awarded: Decimal
    vacant: Decimal
    undecided: Decimal
    planned: Decimal
    stated: Decimal | None
    balanced: bool
    text: str
    remainder: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Allocation:
    """The award list in the order of the rules, then of places."""

    winners: tuple[Winner, ...]
    vacancies: tuple[Vacancy, ...]
    flags: tuple[Flag, ...]
    money: Money
    places: tuple[Places, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether nothing waits for a person, so that the list may be published."""
        return not self.flags

    def of(self, work: str) -> tuple[Winner, ...]:
        """The awards of one work."""
        return tuple(winner for winner in self.winners if winner.work == work)

    def to_json(self) -> dict[str, Any]:
        """JSON with money and figures as text, ready for a bundle or the ledger."""
        return {
            "winners": [
                {
                    "award": one.award,
                    "award_name": one.award_name,
                    "group": one.group,
                    "work": one.work,
                    "place": one.place,
                    "rank": one.rank,
                    "figure": None if one.figure is None else f"{one.figure:f}",
                    "money": f"{one.money:f}",
                    "reason": one.reason,
                    "cite": one.cite,
                    "answer": one.answer,
                    "by": one.by,
                    "minutes": one.minutes,
                    # Said only where there is something to say: older results keep their bytes.
                    **({"unit": one.unit} if one.unit else {}),
                    **_cell(one.cell),
                }
                for one in self.winners
            ],
            "vacancies": [
                {
                    "award": one.award,
                    "award_name": one.award_name,
                    "count": one.count,
                    "money": f"{one.money:f}",
                    "reason": one.reason,
                    "cite": one.cite,
                    **_cell(one.cell),
                }
                for one in self.vacancies
            ],
            "flags": [
                {
                    "kind": one.kind,
                    "award": one.award,
                    "works": list(one.works),
                    "places": one.places,
                    "text": one.text,
                    "cite": one.cite,
                    **_cell(one.cell),
                }
                for one in self.flags
            ],
            "money": {
                "awarded": f"{self.money.awarded:f}",
                "vacant": f"{self.money.vacant:f}",
                "undecided": f"{self.money.undecided:f}",
                "planned": f"{self.money.planned:f}",
                "stated": None if self.money.stated is None else f"{self.money.stated:f}",
                "balanced": self.money.balanced,
                "text": self.money.text,
                **({"remainder": f"{self.money.remainder:f}"} if self.money.remainder else {}),
            },
            **(
                {
                    "places": [
                        {
                            "award": one.award,
                            "number": one.number,
                            "text": one.text,
                            **_cell(one.cell),
                        }
                        for one in self.places
                    ]
                }
                if self.places
                else {}
            ),
        }


def _cell(cell: Cell) -> dict[str, Any]:
    return {"cell": [list(pair) for pair in cell]} if cell else {}
