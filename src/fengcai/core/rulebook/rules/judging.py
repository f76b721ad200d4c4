"""How works are judged: rounds and what leads from one to the next, panels, schemes, votes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Literal

from .part import Part, Rule, later
from .parties import Rounding


class Criterion(Rule):
    """One line of the score sheet. A sheet's score is the sum of mark × weight.

    `panel` is the id of the panel that marks it, None for every panel of the round.
    """

    id: str
    name: str
    description: str | None = None
    min: Decimal
    max: Decimal
    step: Decimal
    weight: Decimal
    panel: str | None = later()


class TieBreak(Part):
    """One step of breaking ties; `id` names the criterion, component or round that `by` speaks of.

    extra_vote: judges vote once more; lot: drawn with a committed seed; share_rank: they stay equal
    and the next rank is skipped.
    """

    by: Literal[
        "criterion", "committee", "earlier_submission", "component", "round", "extra_vote", "lot",
        "share_rank",
    ]  # fmt: skip
    id: str | None = None


class Component(Rule):
    """One part of a final score that has several.

    `of` says where the part comes from, `ref` which one: `marks` of this round's sheets (ref None),
    the sheets of one `panel` of this round, the figure of an earlier `round`, a `vote`, or a number
    that the entry's form holds (`field`, whose full mark is `full`). `aggregate`, `drop_high` and
    `drop_low` stand for the scheme's where a panel's marks are combined otherwise.

    Each part is taken as a share of its own full mark, so the score is
    total × Σ weight × value / full; the weights add up to 1.
    """

    id: str
    name: str
    of: Literal["marks", "panel", "round", "vote", "field"]
    ref: str | None = None
    weight: Decimal
    full: Decimal | None = None
    aggregate: Literal["mean", "median", "trimmed_mean"] | None = None
    drop_high: int | None = None
    drop_low: int | None = None


class Penalty(Rule):
    """Points taken from the final score: once, or for each `per` begun beyond the limit; at most
    `max` in all (None: no bound).

    `against` says which measured time of a live round it follows from: longer than `time_limit`,
    shorter than `time_min`, or either. None: a person records it; where it is the round's only
    penalty with a `per`, it follows from too long a time.
    """

    id: str
    name: str
    points: Decimal
    per: timedelta | None = None
    max: Decimal | None = None
    against: Literal["too_long", "too_short", "either"] | None = later()


class ScoreScheme(Rule):
    """How sheets become one score. `total` is the highest score a work can reach.

    `drop_high` and `drop_low` marks are left out of a trimmed mean only when a work has at least
    `drop_only_if_at_least` valid marks; otherwise the plain mean is taken.
    Rounding happens once, at the end, to `rounding_places` decimals.

    Where nobody marks (a vote, a screening), `criteria` is empty. `components` is empty where the
    score is the sheets' alone. `missing` says what a missing mark does: the round waits, the mark is
    left out, it counts as zero; None as before the language had the word (the round waits).
    `normalise` brings judges to one scale before they are combined.
    """

    criteria: tuple[Criterion, ...]
    total: Decimal
    aggregate: Literal["mean", "median", "trimmed_mean"]
    drop_high: int
    drop_low: int
    drop_only_if_at_least: int
    rounding_places: int
    rounding_mode: Literal["half_up", "half_even"]
    tie_break: tuple[TieBreak, ...]
    components: tuple[Component, ...] = later(())
    penalties: tuple[Penalty, ...] = later(())
    missing: Literal["wait", "leave_out", "zero"] | None = later()
    normalise: Literal["none", "standard_score", "rank"] = later("none")


class Constraint(Rule):
    """What the works that go on must be made up of.

    At least `min` of them, at least `min_share` (0 to 1), at most `max`, at most `max_share` belong to
    the theme, track, division, region or unit class named by `of` and `ref`; None sets no bound.
    """

    id: str
    of: Literal["theme", "track", "division", "region", "unit_class"]
    ref: str
    min: int | None = None
    max: int | None = None
    min_share: Decimal | None = None
    max_share: Decimal | None = None


class Advance(Rule):
    """Who goes on to the next round.

    `by`: everybody; the first `number`; that share of a base; everybody whose score is at least
    `number` (threshold). `base` is the group that is counted in: each track, each unit … by itself,
    or all together. For a ratio: of what (`of`), rounded how, at least `min` and at most `max`. The
    rest constrains whichever way it is (constrained selection): at most so many of one unit or
    person, and `constraints`. `reserve` works stand by (替补).
    """

    by: Literal["all", "top", "ratio", "threshold"]
    number: Decimal | None = None
    base: Literal["track", "unit", "total", "division", "region"] | None = None
    of: Literal["submitted", "accepted", "input"] | None = later()
    rounding: Rounding | None = later()
    min: int | None = later()
    max: int | None = later()
    max_per_unit: int | None = later()
    max_per_person: int | None = later()
    constraints: tuple[Constraint, ...] = later(())
    reserve: int | None = later()


class Seats(Rule):
    """Seats of a panel that one kind of judge takes: at least `min`."""

    who: str
    min: int


class Panel(Rule):
    """A panel of judges (评委组). `judges` is its size, `per_entry` how many mark each work (None: all).

    `blind`: judges see neither unit nor author. `recusal` says from what a judge keeps away.
    `max_per_unit` bounds judges from one unit.
    """

    id: str
    name: str
    judges: int | None = None
    per_entry: int | None = None
    blind: bool | None = None
    recusal: tuple[Literal["own_unit", "own_region", "own_student", "declared"], ...] = ()
    composition: tuple[Seats, ...] = ()
    max_per_unit: int | None = None


class Live(Rule):
    """现场: who appears when, and for how long. `order`: drawn, by number, or as listed.

    At most `time_limit`, at least `time_min`, both bounds themselves allowed; None sets no bound.
    """

    order: Literal["draw", "number", "listed"]
    time_limit: timedelta | None = None
    questions: timedelta | None = None
    time_min: timedelta | None = later()


class Round(Rule):
    """One round of judging; `input` is `submission` or the id of the round before.

    `window` names the entry of `Rules.windows` in which judges mark; `advance` says which works go
    on, None in a last round; `tracks`, `divisions` and `regions` hold ids, empty for all. `panel` is
    the panel's name, `panel_id` its id where the rulebook describes it, `vote` the id of the vote in a
    round of kind vote. Where nobody marks, `scheme.criteria` is empty and `min_judges` 0.
    """

    id: str
    name: str
    kind: Literal["screening", "preliminary", "final", "live", "second", "vote"]
    input: str
    panel: str
    min_judges: int
    recuse_own_unit: bool
    window: str | None = None
    scheme: ScoreScheme
    advance: Advance | None = None
    tracks: tuple[str, ...] = ()
    divisions: tuple[str, ...] = later(())
    regions: tuple[str, ...] = later(())
    panel_id: str | None = later()
    vote: str | None = later()
    live: Live | None = later()


class RankPoints(Rule):
    """Points by rank: the first gets `first`, each further rank `step` less, nobody under `floor`."""

    first: Decimal
    step: Decimal
    floor: Decimal = Decimal(0)


class Vote(Rule):
    """A public vote (网络投票).

    `input` is the round whose works stand to vote (or `submission`); `identity` what a voter is known
    by. Limits per voter, None for none: `per_day` in all on one day, `per_entry` for one work (on one
    day where `per_entry_daily`), `per_voter` in all. `transform` makes a score of the votes:

    - `share`: votes ÷ votes of the best (`share_of` top) or of all works (all) × `full`;
    - `rank_points`: by the rank, as `points` says;
    - `each_vote`: `each` for every vote, at most `full`.

    No work gets more than `cap` of them (None: `full`). `void` says what voids votes, `void_by` who decides.
    """

    id: str
    name: str
    window: str
    input: str
    identity: Literal["wechat", "phone", "account", "none"]
    per_day: int | None = None
    per_entry: int | None = None
    per_entry_daily: bool = False
    per_voter: int | None = None
    transform: Literal["share", "rank_points", "each_vote"]
    share_of: Literal["top", "all"] | None = None
    full: Decimal
    points: RankPoints | None = None
    each: Decimal | None = None
    cap: Decimal | None = None
    display: Literal["live", "daily", "hidden"]
    void: str | None = None
    void_by: str | None = None
    tracks: tuple[str, ...] = ()
