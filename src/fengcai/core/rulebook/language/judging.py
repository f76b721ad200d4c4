"""How the book says how works are judged: rounds, panels, score sheets, votes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from fengcai.core.rulebook.gaps import Cited, Id, Said
from fengcai.core.rulebook.words import Amount, Limit, Number, Share, Span, Text, Whole, YesNo

from .parties import RoundingText


class CriterionText(Cited):
    """A line of the score sheet."""

    name: Said[Text]
    description: Said[Text] | None = None
    min: Said[Number]
    max: Said[Number]
    step: Said[Number]
    weight: Said[Number]
    panel: Id | None = None


TieBreakText = Annotated[
    str,
    StringConstraints(
        pattern=r"^((criterion|component|round) [a-z][a-z0-9_]*"
        r"|committee|earlier_submission|extra_vote|lot|share_rank)$"
    ),
]
ComponentOf = Annotated[
    str, StringConstraints(pattern=r"^(marks|(panel|round|vote|field) [a-z][a-z0-9_]*)$")
]
ConstraintOf = Annotated[
    str,
    StringConstraints(pattern=r"^(theme|track|division|region|unit_class) [a-z][a-z0-9_]*$"),
]


class ComponentText(Cited):
    """One part of a score that has several: whose, and with which weight."""

    name: Said[Text]
    of: ComponentOf
    weight: Said[Share]
    full: Said[Number] | None = None
    aggregate: Said[Literal["mean", "median", "trimmed_mean"]] | None = None
    drop_high: Said[Whole] | None = None
    drop_low: Said[Whole] | None = None


class PenaltyText(Cited):
    """Points taken off: once, or for each `per`; at most `max`; `against` which time it counts."""

    name: Said[Text]
    points: Said[Number]
    per: Said[Span] | None = None
    max: Said[Number] | None = None
    against: Said[Literal["too_long", "too_short", "either"]] | None = None


class SchemeText(Cited):
    """How marks become a score and a rank."""

    criteria: Said[dict[Id, Said[CriterionText]]]
    total: Said[Number]
    aggregate: Said[Literal["mean", "median", "trimmed_mean"]]
    drop_high: Said[Whole]
    drop_low: Said[Whole]
    drop_only_if_at_least: Said[Whole]
    rounding_places: Said[Whole]
    rounding_mode: Said[Literal["half_up", "half_even"]]
    tie_break: Said[list[TieBreakText]]
    components: Said[dict[Id, Said[ComponentText]]] | None = None
    penalties: Said[dict[Id, Said[PenaltyText]]] | None = None
    missing: Said[Literal["wait", "leave_out", "zero"]] | None = None
    normalise: Said[Literal["none", "standard_score", "rank"]] | None = None


class ConstraintText(Cited):
    """What the works that go on must be made up of."""

    of: ConstraintOf
    min: Said[Whole] | None = None
    max: Said[Limit] | None = None
    min_share: Said[Share] | None = None
    max_share: Said[Share] | None = None


class AdvanceText(Cited):
    """Who goes on to the next round."""

    by: Said[Literal["all", "top", "ratio", "threshold"]]
    number: Said[Amount] | None = None
    base: Said[Literal["track", "unit", "total", "division", "region"]] | None = None
    of: Said[Literal["submitted", "accepted", "input"]] | None = None
    rounding: Said[RoundingText] | None = None
    min: Said[Whole] | None = None
    max: Said[Limit] | None = None
    max_per_unit: Said[Whole] | None = None
    max_per_person: Said[Whole] | None = None
    constraints: Said[dict[Id, Said[ConstraintText]]] | None = None
    reserve: Said[Whole] | None = None


class SeatsText(Cited):
    """How many judges of one kind a panel needs."""

    who: Said[Text]
    min: Said[Whole]


class PanelText(Cited):
    """A panel of judges and how it works."""

    name: Said[Text]
    judges: Said[Whole] | None = None
    per_entry: Said[Whole] | None = None
    blind: Said[YesNo] | None = None
    recusal: Said[list[Literal["own_unit", "own_region", "own_student", "declared"]]] | None = None
    composition: Said[list[Said[SeatsText]]] | None = None
    max_per_unit: Said[Whole] | None = None


class LiveText(Cited):
    """A live round: in which order, how long at most and at least, how long for questions."""

    order: Said[Literal["draw", "number", "listed"]]
    time_limit: Said[Span] | None = None
    time_min: Said[Span] | None = None
    questions: Said[Span] | None = None


class RoundText(Cited):
    """A round of judging and what feeds it.

    `panel` is a panel's id where `panels` describes it, otherwise its name. A vote needs no panel,
    no judges and no scheme; a screening needs no scheme.
    """

    name: Said[Text]
    kind: Said[Literal["screening", "preliminary", "second", "final", "live", "vote"]]
    input: Id
    panel: Said[Text] | None = None
    min_judges: Said[Whole] | None = None
    recuse_own_unit: Said[YesNo] | None = None
    window: Id | None = None
    scheme: Said[SchemeText] | None = None
    advance: Said[AdvanceText] | None = None
    tracks: list[Id] | None = None
    divisions: list[Id] | None = None
    regions: list[Id] | None = None
    vote: Id | None = None
    live: Said[LiveText] | None = None


class RankPointsText(Cited):
    """Points by rank: the first, each further one less, never under."""

    first: Said[Number]
    step: Said[Number]
    floor: Said[Number] | None = None


class VoteText(Cited):
    """A public vote: who may vote how often, and what votes are worth."""

    name: Said[Text]
    window: Id
    input: Id
    identity: Said[Literal["wechat", "phone", "account", "none"]]
    per_day: Said[Limit] | None = None
    per_entry: Said[Limit] | None = None
    per_entry_daily: Said[YesNo] | None = None
    per_voter: Said[Limit] | None = None
    transform: Said[Literal["share", "rank_points", "each_vote"]]
    share_of: Said[Literal["top", "all"]] | None = None
    full: Said[Number]
    points: Said[RankPointsText] | None = None
    each: Said[Number] | None = None
    cap: Said[Number] | None = None
    display: Said[Literal["live", "daily", "hidden"]]
    void: Said[Text] | None = None
    void_by: Said[Text] | None = None
    tracks: list[Id] | None = None
