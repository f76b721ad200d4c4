"""How figures are said: one JSON line each, with the interval of what was counted."""

from __future__ import annotations

import json
import math

from scipy.stats import chi2  # type: ignore[import-untyped]


def wilson(hits: int, tries: int) -> list[float]:
    """The 95 % interval of a share (Wilson)."""
    z, p = 1.96, hits / tries
    middle = p + z * z / (2 * tries)
    reach = z * math.sqrt(p * (1 - p) / tries + z * z / (4 * tries * tries))
    low, high = ((middle + way * reach) / (1 + z * z / tries) for way in (-1, 1))
    return [round(max(0.0, low), 3), round(min(1.0, high), 3)]


def upper(hits: int, tries: int) -> float:
    """The upper bound of the 95 % interval of a rate per 100 000 (Poisson, one-sided: 3 for none)."""
    return float(chi2.ppf(0.95, 2 * (hits + 1)) / 2 * 100_000 / tries)


def say(name: str, figure: float, unit: str, limit: float | None, **about: object) -> None:
    """One line of JSON; a ratio above 1 is in our favour."""
    line: dict[str, object] = {"name": name, "figure": round(figure, 4), "unit": unit}
    if limit is not None:
        better = figure / limit if unit == "recall" else limit / figure if figure else None
        line |= {"ratio": None if better is None else round(better, 2), "against": limit}
    print(json.dumps({**line, **about}, ensure_ascii=False), flush=True)


def share(name: str, hits: int, tries: int, limit: float | None, **about: object) -> None:
    """A recall with its interval."""
    say(name, hits / tries, "recall", limit, found=hits, of=tries, interval=wilson(hits, tries),
        **about)  # fmt: skip
