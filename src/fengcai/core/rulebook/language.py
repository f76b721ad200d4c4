"""The rulebook's language: which keys stand where, and which values they take.

These models describe the file as people write it, version 1: things are keyed by their ids, every
rule has a `cite`, and any value may be `待明确 A10` or `待明确 A10.step` where the notice is silent.
They describe shape only; arithmetic is in `check`, and `settle` turns a fully answered book into
`Rules`.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    StringConstraints,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic import Field as Setting

from .words import (
    Cite,
    Day,
    Instant,
    Limit,
    Moment,
    Money,
    Number,
    Size,
    Span,
    Text,
    Whole,
    YesNo,
    refuse,
)

VERSION = "1"
OPEN_WORD = "待明确"
ABSENT = "不设"
OPEN = re.compile(r"待明确[ \u3000]*([A-Za-z][A-Za-z0-9]*)(?:\.([a-z][a-z0-9_]*))?")

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
QuestionId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9]*$")]


class Clause(BaseModel):
    """A frozen piece of the book; keys that the language does not know are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Open(Clause):
    """A gap in the notice: the question that has to fill it and, if it fills several, the name."""

    question: str
    name: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        match = OPEN.fullmatch(value.strip())
        if match is None:
            raise refuse(f"“{value}”没有指明问题", "请写成“待明确 A10”或“待明确 A10.step”。")
        return {"question": match[1], "name": match[2]}

    def __str__(self) -> str:
        return f"{OPEN_WORD} {self.question}" + (f".{self.name}" if self.name else "")


def _which(value: Any) -> str:
    opened = isinstance(value, Open) or (isinstance(value, str) and value.startswith(OPEN_WORD))
    return "=open" if opened else "=said"


T = TypeVar("T")
_Gap = Annotated[Open, Tag("=open"), WithJsonSchema({"type": "string", "pattern": "^待明确 "})]
Said = Annotated[Annotated[T, Tag("=said")] | _Gap, Discriminator(_which)]
"""A value that the notice states, or the gap where it is silent."""


class Cited(Clause):
    """A rule with its source in the notice."""

    cite: Cite


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
    head_confirmation: Said[HeadConfirmationText]


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
    money_each: Said[Money]
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


class Option(Clause):
    """One way to answer: what it means in words, and the values it gives to the gaps."""

    means: Text
    sets: dict[Id, Any] = Setting(default_factory=dict)


class QuestionText(Cited):
    """A question that the notice leaves open.

    `free` names the gaps that an answer may fill with a value of its own, each with its meaning.
    """

    ask: Text
    also: Text | None = None
    blocks: Literal["opening", "judging", "awards", "publication"]
    options: dict[Id, Option] = Setting(default_factory=dict)
    free: dict[Id, Text] = Setting(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The gaps that this question can fill."""
        sets = [name for option in self.options.values() for name in option.sets]
        return tuple(dict.fromkeys([*sets, *self.free]))


class Question(QuestionText):
    """A question with its id, as the pages show it."""

    id: str


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


class AnswerText(Clause):
    """One decision: an option or values of one's own, by which post, when and why."""

    choice: Id | None = None
    value: Any = None
    by: Text
    at: Instant
    reason: Text

    @model_validator(mode="after")
    def _decides(self) -> AnswerText:
        if self.choice is None and self.value is None:
            raise refuse(
                "答复既没有选项（choice），也没有值（value）",
                "请写 choice: 选项名，或 value: 自定的值。",
            )
        return self


class AnswersText(Clause):
    """The answers to one rulebook's questions."""

    answers: Literal["1"]
    rulebook: Slug
    decisions: dict[QuestionId, AnswerText]


def inner(annotation: Any, step: str | int) -> list[Any]:
    """Types that may stand at one step (key or index) below a value of the given type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = annotation.model_fields.get(str(step))
        return [field.annotation] if field else []
    origin = getattr(annotation, "__origin__", None)
    arguments = getattr(annotation, "__args__", ())
    if origin is dict:
        return [arguments[1]]
    if origin is list:
        return [arguments[0]]
    return [found for each in arguments for found in inner(each, step)]
