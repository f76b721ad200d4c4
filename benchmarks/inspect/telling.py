"""How the figures of an inspection are printed: one line of JSON each, with what it must keep, what it
aims at, and whether it does."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Goal:
    """What a figure must keep and aims at; `most`: it is better the smaller it is."""

    must: float
    aim: float
    most: bool = False

    def about(self, figure: float) -> dict[str, Any]:
        """The goal beside a figure; a ratio of 1 or more keeps it."""
        sign = "≤" if self.most else "≥"
        ratio = self.must / max(figure, self.must / 10) if self.most else figure / self.must
        return {
            "must": f"{sign} {self.must:g}", "aim": f"{sign} {self.aim:g}",
            "met": self._keeps(figure, self.must), "aim_met": self._keeps(figure, self.aim),
            "ratio": round(ratio, 2),
        }  # fmt: skip

    def _keeps(self, figure: float, bound: float) -> bool:
        return figure <= bound if self.most else figure >= bound


def tell(name: str, figure: float, unit: str, goal: Goal | None = None, **more: Any) -> None:
    """Print one figure."""
    line = {"name": name, "figure": round(figure, 4), "unit": unit}
    show(line | (goal.about(figure) if goal is not None else {}) | more)


def show(line: dict[str, Any]) -> None:
    """Print one line."""
    print(json.dumps(line, ensure_ascii=False), flush=True)


@contextmanager
def took(part: str) -> Iterator[None]:
    """Print how long a part of the benchmark took."""
    began = time.monotonic()
    yield
    show({"name": f"{part}.took", "figure": round(time.monotonic() - began, 1), "unit": "s"})
