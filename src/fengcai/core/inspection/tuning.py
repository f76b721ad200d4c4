"""How a contest may move the limits of a check, and what its stored measure answers then.

Nothing is measured again: a measure keeps its values beside its limits. Facts that are numbers (how
long a black picture stands) need no tuning: the rulebook says how long is too long.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, cast

Answer = Literal["found", "clear", "doubtful", "unmeasured"]
Stance = Literal["judge", "advise", "off"]
Told = float | int | bool | str | None

LEAST, MOST = Fraction(1, 2), Fraction(3)
"""Between these a limit may be moved: beyond, a check says nothing any more."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Which value of a check is held against which of its limits.

    `doubtful` is the name of the limit from which it doubts, or the share of the limit where there
    is none of its own. The greater value is the worse one, unless `falling`.
    """

    value: str
    limit: str
    doubtful: str | Fraction
    falling: bool = False


SCALES: dict[str, Scale] = {
    "shake": Scale("tremor_percent", "tremor_percent", Fraction(85, 100)),
    "interlacing": Scale("woven_share", "woven_share", Fraction(8, 30)),
    "grain": Scale("noise_levels", "noise_levels", Fraction(8, 10)),
    "sharpness": Scale("sharp_share", "sharp_share", Fraction(85, 100), falling=True),
    "hum": Scale(
        "below_programme_db", "audible_below_programme_db", "faint_below_programme_db", falling=True
    ),
    "balance": Scale("left_over_right_db", "lean_db", "slight_lean_db"),
    "clipping": Scale("crowding", "crowding", "slight_crowding"),
    "noise": Scale(
        "pauses_below_speech_db", "pauses_below_speech_db", Fraction(85, 100), falling=True
    ),
}
"""The checks whose limit is one number that a contest may move. For all others there are stances."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """How a contest has a check judge: `judge` as measured, `advise` (what it finds is left to a
    person), `off` (all of it is). `factor` makes the limit wider (over 1) or stricter."""

    stance: Stance = "judge"
    factor: Fraction = Fraction(1)

    @property
    def plain(self) -> bool:
        """Whether it changes nothing."""
        return self.stance == "judge" and self.factor == 1


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one check: its answer, the facts that predicates know, its values and its limits."""

    answer: Answer
    facts: Mapping[str, bool | int | str]
    values: Mapping[str, Told]
    limits: Mapping[str, float]


def retuned(
    check: str, measured: Measured, about: tuple[str, ...], tuning: Tuning
) -> tuple[Answer, dict[str, bool | int | str]]:
    """The answer and the facts of a measure as a contest has tuned its check.

    `about` are the fact names that the check speaks of. A wider limit takes back only what its own
    value had decided; a stricter one raises by one step at most (clear to doubtful, doubtful to
    found), since a check found for more reasons than one number. What is not measured stays so.
    """
    answer, facts = measured.answer, dict(measured.facts)
    if tuning.factor != 1 and check in SCALES and about:
        moved = _moved(SCALES[check], measured, tuning.factor)
        if moved != answer:
            answer = moved
            facts = {} if moved == "doubtful" else {about[0]: moved == "found"}
    if tuning.stance == "off":
        return ("unmeasured", {})
    if tuning.stance == "advise" and answer == "found":
        return ("doubtful", {})
    return answer, facts


def _moved(scale: Scale, measured: Measured, factor: Fraction) -> Answer:
    standing = _standing(scale, measured)
    if standing is None or measured.answer == "unmeasured":
        return measured.answer
    level, doubt = standing
    if factor > 1:
        if measured.answer == "found" and 1 <= level < factor:
            return "doubtful" if level >= factor * doubt else "clear"
        if measured.answer == "doubtful" and doubt <= level < factor * doubt:
            return "clear"
        return measured.answer
    if measured.answer == "doubtful" and level >= factor:
        return "found"
    if measured.answer == "clear" and level >= factor * doubt:
        return "doubtful"
    return measured.answer


def _standing(scale: Scale, measured: Measured) -> tuple[float, float] | None:
    """How many times its limit the value is, and from how many times on the check doubts; None where
    the measure does not say."""
    value, limit = measured.values.get(scale.value), measured.limits.get(scale.limit)
    if isinstance(value, (str, bool)) or not value or not limit:
        return None
    doubtful = scale.doubtful
    if isinstance(doubtful, str):
        named = measured.limits.get(doubtful)
        if not named:
            return None
        doubt = limit / named if scale.falling else named / limit
    else:
        doubt = float(doubtful)
    level = abs(float(cast("float", value))) / limit
    return (1 / level if scale.falling else level), doubt
