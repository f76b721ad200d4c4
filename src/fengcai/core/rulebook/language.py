"""The rulebook's language: which keys stand where, and which values they take.

These models describe the file as people write it, version 1: things are keyed by their ids, every
rule has a `cite`, and any value may be a gap. They describe shape only; arithmetic is in `check`,
and `settle` turns a fully answered book into `Rules`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field as Setting
from pydantic import StringConstraints, model_validator

from .gaps import Cited, Clause, Id, QuestionId, Said, Slug
from .questions import QuestionText
from .words import Day, Limit, Moment, Money, Number, Size, Span, Text, Whole, YesNo, refuse


class Notice(Cited):
    """The notice itself: its number, who issued it, and when."""

    number: Said[Text] | None = None
    issuer: Said[Text]
    issued: Said[Day]


class OrganiserText(Cited):
    """主办、协办 … and who it is."""

    role: Said[Text]
    name: Said[Text]


class ContactText(Cited):
    """People to ask, and what they answer for."""

    names: Said[list[Text]]
    phone: Said[Text] | None = None
    email: Said[Text] | None = None
    scope: Said[Text] | None = None


class MailboxText(Cited):
    """The address that entries may be sent to."""

    address: Said[Text]


class UnitClassText(Cited):
    """A class of units: must it enter, may it."""

    name: Said[Text]
    must_enter: Said[YesNo]
    may_enter: Said[YesNo]


class EntriesText(Cited):
    """How many entries a unit hands in."""

    min: Said[Whole]
    max: Said[Limit]
    consequence: Said[Text] | None = None


class HeadConfirmationText(Cited):
    """Whether the head of the unit confirms an entry."""

    required: Said[YesNo]


class UnitsText(Clause):
    """Who enters, how often, and who confirms."""

    classes: Said[dict[Id, Said[UnitClassText]]]
    entries: Said[EntriesText]
    head_confirmation: Said[HeadConfirmationText] | None = None


class ThemeText(Cited):
    """One direction a work may belong to."""

    name: Said[Text]
    hint: Said[Text] | None = None


class ThemesText(Cited):
    """How many directions a work picks, and which there are."""

    min: Said[Whole]
    max: Said[Limit]
    options: Said[dict[Id, Said[ThemeText]]]


class FieldText(Cited):
    """A field of the entry form."""

    label: Said[Text]
    kind: Said[Literal["text", "longtext", "people", "choice", "references"]]
    required: Said[YesNo]
    max_chars: Said[Whole] | None = None
    hint: Said[Text] | None = None
    roles: Said[list[Text]] | None = None
    options: Said[list[Text]] | None = None


class RequirementText(Cited):
    """Exactly one of must (强制), should (建议), prefer (优先) holds the requirement's text."""

    must: Said[Text] | None = None
    should: Said[Text] | None = None
    prefer: Said[Text] | None = None
    checked_by: Said[Literal["machine", "form", "declaration", "human", "judge"]]
    predicate: Said[Text] | None = None
    hint: Said[Text] | None = None
    exception: Said[Text] | None = None
    effect: Said[Literal["none", "tie_break", "bonus"]] | None = None
    tracks: list[Id] | None = None

    @model_validator(mode="after")
    def _one_severity(self) -> RequirementText:
        said = [key for key in ("must", "should", "prefer") if getattr(self, key) is not None]
        if len(said) != 1:
            raise refuse(
                "一条要求要写明轻重，且只能写一种"
                + (f"，这里写了 {'、'.join(said)}" if said else ""),
                "请用 must（强制）、should（建议）、prefer（优先）之一写出要求的内容。",
            )
        return self


class SlotText(Cited):
    """A place for files, with the demands on them."""

    name: Said[Text]
    kind: Said[Literal["video", "audio", "image", "document"]]
    min: Said[Whole]
    max: Said[Whole]
    accept: Said[list[Annotated[str, StringConstraints(pattern=r"^\.[a-z0-9]+$")]]]
    max_size: Said[Size] | None = None
    hint: Said[Text] | None = None
    requirements: Said[dict[Id, Said[RequirementText]]] | None = None


class TrackText(Cited):
    """A category of works with its directions, form and files."""

    name: Said[Text]
    themes: Said[ThemesText] | None = None
    fields: Said[dict[Id, Said[FieldText]]] | None = None
    slots: Said[dict[Id, Said[SlotText]]]


class DeclarationText(Cited):
    """A promise: its text, who signs it, and at which step."""

    text: Said[Text]
    signatory: Said[Literal["author", "unit", "head", "judge"]]
    when: Said[Literal["submit", "confirm", "judge"]]
    tracks: list[Id] | None = None


class WindowText(Cited):
    """A span of time, with everything that a deadline needs said."""

    opens: Said[Moment]
    closes: Said[Moment]
    closes_inclusive: Said[YesNo]
    basis: Said[Literal["server_received", "mail_date", "paper_arrival"]]
    late: Said[Literal["reject", "mark", "allow"]]
    grace: Said[Span] | None = None
    begun_counts: Said[YesNo] | None = None
    original: Said[Text]


class PhaseText(Cited):
    """A step of the timeline in the notice's own words."""

    name: Said[Text]
    when: Said[Text]


class NamingText(Cited):
    """How mails or files must be named."""

    applies_to: Said[list[Literal["mail_subject", "video_filename"]]]
    template: Said[Text]
    collision: Said[Text]


class CriterionText(Cited):
    """A line of the score sheet."""

    name: Said[Text]
    description: Said[Text] | None = None
    min: Said[Number]
    max: Said[Number]
    step: Said[Number]
    weight: Said[Number]


TieBreakText = Annotated[
    str, StringConstraints(pattern=r"^(criterion [a-z][a-z0-9_]*|committee|earlier_submission)$")
]


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


class AdvanceText(Cited):
    """Who goes on to the next round."""

    by: Said[Literal["all", "top", "ratio"]]
    number: Said[Number] | None = None
    base: Said[Literal["track", "unit", "total"]] | None = None


class RoundText(Cited):
    """A round of judging and what feeds it."""

    name: Said[Text]
    kind: Said[Literal["screening", "preliminary", "final", "live"]]
    input: Id
    panel: Said[Text]
    min_judges: Said[Whole]
    recuse_own_unit: Said[YesNo]
    window: Id | None = None
    scheme: Said[SchemeText]
    advance: Said[AdvanceText] | None = None
    tracks: list[Id] | None = None


class AwardText(Cited):
    """A prize, its number and its money."""

    name: Said[Text]
    group: Said[Text]
    count: Said[Whole]
    money_each: Said[Money] | None = None
    decided_by: Said[Literal["ranking", "committee"]]
    tracks: list[Id] | None = None


class TermText(Cited):
    """A statement shown to entrants."""

    text: Said[Text]


class PrizesText(Cited):
    """What holds for all awards together."""

    stacking: Said[Literal["stack", "exclusive"]]
    total: Said[Money] | None = None
    recipient: Said[Literal["unit", "authors"]] | None = None
    certificate: Said[TermText] | None = None


class RecognitionText(Cited):
    """What an award counts for afterwards."""

    to: Said[Text]
    text: Said[Text]


class PublicationText(Cited):
    """Where works are shown and what is paid for it."""

    channels: Said[list[Text]]
    royalty: Said[Text] | None = None


class RecommendationText(Cited):
    """Passing works on to superior contests."""

    text: Said[Text]
    targets: Said[list[Text]] | None = None
    max: Said[Limit] | None = None


class ObjectionsText(Cited):
    """公示: how long objections are taken."""

    days: Said[Whole]


class Background(Cited):
    """A sentence of the notice that sets no rule, and why."""

    why: Text


class Book(Clause):
    """One contest's rulebook, from the notice's number to its open questions."""

    rulebook: Literal["1"]
    id: Slug
    title: Text
    short_title: Text
    theme: Said[Text]
    accent: Slug
    timezone: Text
    notice: Notice
    organisers: Said[list[Said[OrganiserText]]]
    contacts: Said[list[Said[ContactText]]]
    mailbox: Said[MailboxText] | None = None
    units: UnitsText
    tracks: dict[Id, TrackText]
    requirements: Said[dict[Id, Said[RequirementText]]]
    declarations: Said[dict[Id, Said[DeclarationText]]]
    windows: dict[Id, Said[WindowText]]
    schedule: list[Said[PhaseText]] | None = None
    naming: Said[list[Said[NamingText]]] | None = None
    rounds: dict[Id, Said[RoundText]]
    awards: Said[dict[Id, Said[AwardText]]]
    prizes: PrizesText
    recognition: Said[list[Said[RecognitionText]]] | None = None
    publication: Said[PublicationText] | None = None
    recommendation: Said[RecommendationText] | None = None
    objections: Said[ObjectionsText] | None = None
    terms: Said[dict[Id, Said[TermText]]] | None = None
    background: list[Background] | None = None
    questions: dict[QuestionId, QuestionText] = Setting(default_factory=dict)
