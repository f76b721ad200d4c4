"""What a selection takes in and says: candidates, picks with their reasons, groups, flags.

Plain frozen values with a JSON form; how they come about is ``choosing``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

Outcome = Literal["selected", "reserve", "out", "tie", "waits"]
FlagKind = Literal["tie", "infeasible", "broken", "short", "unused"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A work that may go on. Equal ranks are tied; ``rank`` and ``figure`` are None if nobody marked.

    ``belongs`` holds what it is part of: ``("track", "video")``, ``("theme", "x")``, ``("division",
    "staff")``, ``("region", "north")``, ``("unit_class", "iii")``. ``people`` are opaque identities.
    """

    work: str
    rank: int | None = None
    figure: Decimal | None = None
    unit: str = ""
    people: frozenset[str] = frozenset()
    belongs: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Order:
    """A person's order (first to last) of exactly the works that a tie flag names."""

    works: tuple[str, ...]
    by: str
    reason: str

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Order:
        """Read ``{"works": [work, …], "by": …, "reason": …}``."""
        return cls(tuple(data["works"]), data["by"], data["reason"])


@dataclass(frozen=True, slots=True)
class Pick:
    """What became of one work, and why; ``cite`` is the rule's that decided it.

    ``tie``: its place waits for a person; ``waits``: so does the place of those before it.
    ``place`` counts reserves from 1; works that are tied share it.
    """

    work: str
    outcome: Outcome
    group: str
    rank: int | None
    figure: Decimal | None
    reason: str
    cite: Any
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """One group that is counted in: ``places`` None where the rule sets no number."""

    id: str
    name: str
    candidates: int
    base: int
    places: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Flag:
    """Where a person must decide before the shortlist stands.

    ``tie``: a tie crosses the border, ``works`` need an order; ``infeasible``: a constraint cannot be
    met by the works there are; ``broken``: the works selected break one; ``short``: fewer than the
    least number; ``unused``: an order that meets no tie of exactly its works.
    """

    kind: FlagKind
    works: tuple[str, ...]
    places: int
    text: str
    cite: Any


@dataclass(frozen=True, slots=True)
class Selection:
    """The shortlist: picks from first to last, the groups counted in, what a person must decide."""

    picks: tuple[Pick, ...]
    groups: tuple[Group, ...]
    flags: tuple[Flag, ...]

    @property
    def selected(self) -> tuple[str, ...]:
        """The works that go on, from first to last."""
        return tuple(one.work for one in self.picks if one.outcome == "selected")

    @property
    def complete(self) -> bool:
        """Whether nothing waits for a person."""
        return not self.flags

    def of(self, work: str) -> Pick:
        """What became of this work; ``KeyError`` if it was no candidate."""
        for pick in self.picks:
            if pick.work == work:
                return pick
        raise KeyError(work)

    def to_json(self) -> dict[str, Any]:
        """JSON with figures as text, ready for a bundle or the ledger."""
        return {
            "picks": [
                {
                    "work": one.work,
                    "outcome": one.outcome,
                    "group": one.group,
                    "rank": one.rank,
                    "figure": None if one.figure is None else f"{one.figure:f}",
                    "reason": one.reason,
                    "cite": one.cite,
                    "place": one.place,
                }
                for one in self.picks
            ],
            "groups": [
                {
                    "id": one.id,
                    "name": one.name,
                    "candidates": one.candidates,
                    "base": one.base,
                    "places": one.places,
                    "text": one.text,
                }
                for one in self.groups
            ],
            "flags": [
                {
                    "kind": one.kind,
                    "works": list(one.works),
                    "places": one.places,
                    "text": one.text,
                    "cite": one.cite,
                }
                for one in self.flags
            ],
        }
