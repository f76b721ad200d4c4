"""How figures are said: one JSON line each, with what it must keep and aims at, and the interval of what
was counted."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

from scipy.stats import beta  # type: ignore[import-untyped]


@dataclass(frozen=True)
class Goal:
    """What a figure must keep and what it aims at; `most`: it is better the smaller it is."""

    must: float
    aim: float
    most: bool = False

    def kept(self, figure: float, limit: float) -> bool:
        """Whether a figure is on the right side of a limit."""
        return figure <= limit if self.most else figure >= limit


NEAR, LOPSIDED = Goal(0.97, 0.99), Goal(0.6, 0.8)
FALSE = Goal(1, 1, most=True)
"""Per 100 000 pairs: at most one, and that has to be shown by the upper bound."""
QUERY = Goal(1.0, 0.2, most=True)


def wilson(hits: int, tries: int) -> list[float]:
    """The 95 % interval of a share (Wilson)."""
    z, p = 1.96, hits / tries
    middle = p + z * z / (2 * tries)
    reach = z * math.sqrt(p * (1 - p) / tries + z * z / (4 * tries * tries))
    low, high = ((middle + way * reach) / (1 + z * z / tries) for way in (-1, 1))
    return [round(max(0.0, low), 3), round(min(1.0, high), 3)]


def upper(hits: int, tries: int) -> float:
    """The one-sided 95 % upper bound of a rate per 100 000 (Clopper and Pearson, exact)."""
    return float(beta.ppf(0.95, hits + 1, tries - hits)) * 100_000 if hits < tries else 100_000.0


def say(name: str, figure: float, unit: str, goal: Goal | None, **about: object) -> None:
    """One line of JSON; a ratio above 1 is in our favour."""
    line: dict[str, object] = {"name": name, "figure": round(figure, 4), "unit": unit}
    if goal is not None:
        ratio = (goal.must / figure if figure else None) if goal.most else figure / goal.must
        line |= {
            "must": goal.must,
            "aim": goal.aim,
            "met": goal.kept(figure, goal.must),
            "aimed": goal.kept(figure, goal.aim),
            "ratio": None if ratio is None else round(ratio, 2),
        }
    print(json.dumps({**line, **about}, ensure_ascii=False), flush=True)


def share(name: str, hits: int, tries: int, goal: Goal | None, **about: object) -> None:
    """A recall with its interval."""
    say(name, hits / tries, "recall", goal, found=hits, of=tries, interval=wilson(hits, tries),
        **about)  # fmt: skip


def false_pairs(name: str, false: int, pairs: int, **about: object) -> None:
    """How many of pairs that share nothing were told to share something: what is held against the limit
    is not the rate but its upper bound, so that few pairs prove nothing."""
    say(name, upper(false, pairs), "at most, per 100 000 pairs (95 %)", FALSE, found=false, of=pairs,
        rate=round(false * 100_000 / pairs, 3), **about)  # fmt: skip
