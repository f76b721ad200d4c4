"""What one check measured: its answer, its values, the moments that show it.

A check answers `found`, `clear`, `doubtful` (a person has to look) or `unmeasured` (this mode or this
file does not let it tell). It holds no opinion on any rule: `facts` gives values to the names that
rulebooks use, and what is doubtful gives none.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from pydantic import Field

from fengcai.media.facts.exact import Exact, Part

Answer = Literal["found", "clear", "doubtful", "unmeasured"]
Box = tuple[float, float, float, float]
"""Left, top, width, height as shares (0–1) of the picture as shown, upright."""


class Span(Part):
    """A stretch of the film that shows what was measured.

    `picture` is the name of a JPEG among the outputs. `private` evidence (a person's number, a
    record) is shown blurred except to those who may see it; `text` then holds the masked form. What
    stands in a still picture is not `timed`: there is no moment to jump to.
    """

    from_s: Exact
    to_s: Exact
    value: float | None = None
    text: str = Field("", max_length=300)
    box: Box | None = None
    picture: str | None = None
    private: bool = False
    timed: bool = True

    @property
    def moment(self) -> str:
        """ "0:42–0:55", or "0:42" where both fall into one second; empty in a still."""
        if not self.timed:
            return ""
        began, ended = clock(self.from_s), clock(self.to_s)
        return began if began == ended else f"{began}–{ended}"


def clock(seconds: Fraction) -> str:
    """As a player shows it: 0:42, and 1:02:03 from one hour on."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class Curve(Part):
    """A value over time, for a plot: `values[i]` holds from `i × step_s`; at most 1 200 of them."""

    step_s: Exact
    unit: str
    values: tuple[float | None, ...] = Field(max_length=1200)


class Measure(Part):
    """The result of one check.

    `method` names how it was measured (English, with its source where there is one). `values` and
    `limits` carry their unit in the key (`tremor_percent`). `facts` are names that predicates know,
    with an exact number written "30000/1001" or a truth; `about` names all that the check speaks
    of, so that an undetermined finding still shows its moments. `why` says in Chinese what hindered
    the check. At most 60 spans, the weightiest, in the order of time.
    """

    method: str
    version: int = 1
    answer: Answer
    about: tuple[str, ...] = ()
    facts: dict[str, bool | int | str] = {}
    values: dict[str, float | int | bool | str | None] = {}
    limits: dict[str, float] = {}
    spans: tuple[Span, ...] = Field((), max_length=60)
    curve: Curve | None = None
    why: str = ""
