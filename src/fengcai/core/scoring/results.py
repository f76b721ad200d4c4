"""What a ranking says: marks, standings, borders between places, ties, decisions on them.

Plain frozen values with a JSON form; how they come about is ``ranking`` and ``tally``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from fengcai.core.scoring.composition import Part, Taken


@dataclass(frozen=True, slots=True)
class Mark:
    """One judge's total for a work; ``dropped`` is ``"high"``, ``"low"`` or ``""`` (it counts)."""

    judge: str
    total: Fraction
    dropped: str = ""

    @property
    def why(self) -> str:
        """Why the mark does not count, in Chinese; empty if it counts."""
        return {"high": "去掉的最高分", "low": "去掉的最低分"}.get(self.dropped, "")


@dataclass(frozen=True, slots=True)
class Separation:
    """What tells a work from its neighbour.

    ``by`` is ``figure``, the step of the tie chain that told them apart (with its ``id``), or
    ``tied`` where nothing does yet; ``text`` says it in Chinese, true of both neighbours.
    """

    by: str
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class TieDecision:
    """The committee's order (first to last) for one whole group of tied works, with its reason."""

    order: tuple[str, ...]
    by: str
    reason: str

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> TieDecision:
        """Read ``{"order": [work, …], "by": …, "reason": …}``."""
        return cls(tuple(data["order"]), data["by"], data["reason"])


@dataclass(frozen=True, slots=True)
class Tie:
    """Works that share the places ``first`` to ``last``.

    ``committee`` is true where the rulebook's tie chain calls for persons; otherwise the tie
    stands, and only an award's border can call for one. ``by`` is ``extra_vote`` where judges vote
    once more, ``share_rank`` where the rules let works stay equal, else empty.
    """

    works: tuple[str, ...]
    first: int
    last: int
    committee: bool
    by: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """One work's place and how it came about; unranked works have ``rank`` None and a ``reason``.

    ``n`` marks were received; ``marks`` run from the highest total to the lowest. ``aggregate`` is
    exact, ``figure`` is the official one, rounded once. ``criteria`` pairs each criterion's id with
    its exact aggregate. ``above`` and ``below`` tell it from its neighbours (None at either end).
    """

    work: str
    rank: int | None
    n: int
    marks: tuple[Mark, ...] = ()
    trimming: str = ""
    aggregate: Fraction | None = None
    figure: Decimal | None = None
    criteria: tuple[tuple[str, Fraction], ...] = ()
    above: Separation | None = None
    below: Separation | None = None
    tied_with: tuple[str, ...] = ()
    reason: str = ""
    parts: tuple[Part, ...] = ()
    taken: tuple[Taken, ...] = ()

    @classmethod
    def unranked(cls, work: str, reason: str) -> Standing:
        """A work that has no place, and why."""
        return cls(work=work, rank=None, n=0, reason=reason)

    def to_json(self) -> dict[str, Any]:
        """JSON with exact numbers as text (``"365/4"``), ready for a bundle or the ledger."""
        return {
            "work": self.work,
            "rank": self.rank,
            "n": self.n,
            "marks": [
                {"judge": mark.judge, "total": str(mark.total), "dropped": mark.dropped}
                for mark in self.marks
            ],
            "trimming": self.trimming,
            "aggregate": None if self.aggregate is None else str(self.aggregate),
            "figure": None if self.figure is None else f"{self.figure:f}",
            "criteria": {id: str(value) for id, value in self.criteria},
            "above": None if self.above is None else _separation(self.above),
            "below": None if self.below is None else _separation(self.below),
            "tied_with": list(self.tied_with),
            "reason": self.reason,
            # Said only where there is something to say: rankings of older contests keep their bytes.
            **({"parts": [part.to_json() for part in self.parts]} if self.parts else {}),
            **({"taken": [one.to_json() for one in self.taken]} if self.taken else {}),
        }


def _separation(one: Separation) -> dict[str, str]:
    return {"by": one.by, "id": one.id, "text": one.text}


@dataclass(frozen=True, slots=True)
class Ranking:
    """Standings from first to last (tied works by id, which means nothing), then the unranked.

    ``ties`` are still open; ``unused`` are committee decisions that met no tie of exactly their
    works, and must be shown to the organiser, since somebody meant something by them.
    """

    standings: tuple[Standing, ...]
    ties: tuple[Tie, ...] = ()
    unused: tuple[TieDecision, ...] = ()

    def of(self, work: str) -> Standing:
        """This work's standing; ``KeyError`` if it did not take part."""
        for standing in self.standings:
            if standing.work == work:
                return standing
        raise KeyError(work)

    def to_json(self) -> dict[str, Any]:
        """JSON with exact numbers as text, ready for a bundle or the ledger."""
        return {
            "standings": [standing.to_json() for standing in self.standings],
            "ties": [
                {
                    "works": list(tie.works),
                    "first": tie.first,
                    "last": tie.last,
                    "committee": tie.committee,
                    **({"by": tie.by} if tie.by else {}),
                }
                for tie in self.ties
            ],
            "unused": [
                {"order": list(one.order), "by": one.by, "reason": one.reason}
                for one in self.unused
            ],
        }
