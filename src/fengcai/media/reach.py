"""How far a reading came: its faults, and whether the end of what the headers promise was reached."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from fengcai.media.opening import Faults


def how_far(
    faults: Faults, declared: Fraction | None, reached: Fraction | None, gap: Fraction
) -> dict[str, Any]:
    """Fields of facts.decoding: faults, and whether the end was reached."""
    complete = not faults.ended_early
    if declared is not None and reached is not None:
        # A header may round, and a stream may start late, by a few frames.
        complete = complete and declared - reached <= max(Fraction(1, 2), 3 * gap)
        reached = min(reached, declared)
    return {
        "errors": faults.count,
        "first_error": faults.first,
        "to_the_end": complete,
        "reached_s": None if reached is None else str(reached),
        "declared_s": None if declared is None else str(declared),
    }
