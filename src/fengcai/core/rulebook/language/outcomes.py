"""How the book says what comes of it: awards, money, objections, what is shown and passed on."""

from __future__ import annotations

from typing import Literal

from fengcai.core.rulebook.gaps import Cited, Id, Said
from fengcai.core.rulebook.words import Limit, Moment, Money, Number, Share, Text, Whole, YesNo

from .parties import RoundingText
from .works import TermText


class RatioText(Cited):
    """A share of the works that were counted, rounded, within bounds."""

    share: Said[Share]
    of: Said[Literal["submitted", "accepted", "shortlisted"]]
    rounding: Said[RoundingText]
    min: Said[Whole] | None = None
    max: Said[Limit] | None = None


class ThresholdText(Cited):
    """Everybody who reaches a score (and, where set, stays under another)."""

    score: Said[Number]
    below: Said[Number] | None = None
    max: Said[Limit] | None = None


class FormulaPartText(Cited):
    """Points of a unit for one thing."""

    of: Said[Literal["submitted", "accepted", "shortlisted", "awarded", "votes", "coverage"]]
    awards: list[Id] | None = None
    points: Said[Number]
    max: Said[Number] | None = None
    weight: Said[Share] | None = None


class FormulaText(Cited):
    """How units earn an organisation award."""

    parts: Said[dict[Id, Said[FormulaPartText]]]
    min_entries: Said[Whole] | None = None
    min_points: Said[Number] | None = None


class AwardText(Cited):
    """A prize, its number and its money.

    Exactly one of `count` (fixed), `at_most`, `ratio`, `threshold` and `discretionary` says how many.
    """

    name: Said[Text]
    group: Said[Text]
    count: Said[Whole] | None = None
    at_most: Said[Whole] | None = None
    ratio: Said[RatioText] | None = None
    threshold: Said[ThresholdText] | None = None
    discretionary: Said[YesNo] | None = None
    money_each: Said[Money] | None = None
    money_pool: Said[Money] | None = None
    in_kind: Said[Text] | None = None
    decided_by: Said[Literal["ranking", "committee", "vote", "formula"]]
    kind: (
        Said[Literal["grade", "special", "popularity", "organisation", "consolation", "instructor"]]
        | None
    ) = None
    tracks: list[Id] | None = None
    divisions: list[Id] | None = None
    regions: list[Id] | None = None
    per: Said[list[Literal["track", "division", "region"]]] | None = None
    round: Id | None = None
    criterion: Id | None = None
    component: Id | None = None
    vote: Id | None = None
    formula: Said[FormulaText] | None = None
    vacancy: Said[YesNo] | None = None
    stacking: Said[Literal["stack", "exclusive"]] | None = None
    max_per_unit: Said[Whole] | None = None
    max_per_person: Said[Whole] | None = None
    recipient: Said[Literal["unit", "authors", "instructors"]] | None = None


class PrizesText(Cited):
    """What holds for all awards together."""

    stacking: Said[Literal["stack", "exclusive"]]
    total: Said[Money] | None = None
    recipient: Said[Literal["unit", "authors"]] | None = None
    certificate: Said[TermText] | None = None
    max_per_unit: Said[Limit] | None = None
    max_per_person: Said[Limit] | None = None
    note: Said[Text] | None = None


class RecognitionText(Cited):
    """What an award counts for afterwards."""

    to: Said[Text]
    text: Said[Text]


class PublicationText(Cited):
    """Where works are shown and what is paid for it."""

    channels: Said[list[Text]]
    royalty: Said[Text] | None = None
    licence: Said[Text] | None = None
    takedown: Said[Text] | None = None
    credit: Said[Text] | None = None
    fee_each: Said[Money] | None = None


class RecommendationText(Cited):
    """Passing works on to superior contests."""

    text: Said[Text]
    targets: Said[list[Text]] | None = None
    max: Said[Limit] | None = None
    awards: list[Id] | None = None


class ObjectionsText(Cited):
    """公示: how long objections are taken, of which days, and how."""

    days: Said[Whole]
    basis: Said[Literal["calendar", "working"]] | None = None
    real_name: Said[YesNo] | None = None
    channel: Said[Text] | None = None
    window: Id | None = None


class DocumentText(Cited):
    """A document that the contest needs."""

    kind: Said[
        Literal[
            "shortlist", "publicity", "announcement", "amendment", "summary", "score_sheet",
            "certificate", "entry_form", "label", "live_order",
        ]
    ]  # fmt: skip
    name: Said[Text]
    number: Said[Text] | None = None
    due: Said[Moment] | None = None
