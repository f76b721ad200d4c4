"""The rulebook's language: which keys stand where, and which values they take.

These models describe the file as people write it: things are keyed by their ids, every rule has a
`cite`, and any value may be a gap. Version 2 says all that version 1 said in the same words, and
more. They describe shape only; arithmetic is in `checks`, and `settle` turns a fully answered book
into `Rules`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field as Setting

from fengcai.core.rulebook.gaps import Cited, Clause, Id, QuestionId, Said, Slug
from fengcai.core.rulebook.questions import QuestionText
from fengcai.core.rulebook.words import Text

from .calendar import ChannelText, NamingText, PhaseText, WindowText, WorkCalendarText
from .judging import PanelText, RoundText, VoteText
from .outcomes import (
    AwardText,
    DocumentText,
    ObjectionsText,
    PrizesText,
    PublicationText,
    RecognitionText,
    RecommendationText,
)
from .parties import (
    BodyText,
    ContactText,
    EditionText,
    MailboxText,
    Notice,
    OrganiserText,
    RegionText,
    SuperiorText,
    UnitsText,
)
from .works import (
    DeclarationText,
    DivisionText,
    NoveltyText,
    PersonCapText,
    QualificationText,
    ReleaseText,
    RequirementText,
    TermText,
    TrackText,
)


class Background(Cited):
    """A sentence of the notice that sets no rule, and why."""

    why: Text


class Book(Clause):
    """One contest's rulebook, from the notice's number to its open questions."""

    rulebook: Literal["1", "2"]
    id: Slug
    title: Text
    short_title: Text
    theme: Said[Text]
    accent: Slug
    timezone: Text
    notice: Notice
    edition: Said[EditionText] | None = None
    feeds_into: Said[dict[Id, Said[SuperiorText]]] | None = None
    organisers: Said[list[Said[OrganiserText]]]
    bodies: Said[dict[Id, Said[BodyText]]] | None = None
    contacts: Said[list[Said[ContactText]]]
    mailbox: Said[MailboxText] | None = None
    units: UnitsText
    regions: dict[Id, Said[RegionText]] | None = None
    tracks: dict[Id, TrackText]
    divisions: dict[Id, Said[DivisionText]] | None = None
    person_caps: Said[dict[Id, Said[PersonCapText]]] | None = None
    qualifications: Said[dict[Id, Said[QualificationText]]] | None = None
    novelty: Said[dict[Id, Said[NoveltyText]]] | None = None
    requirements: Said[dict[Id, Said[RequirementText]]]
    declarations: Said[dict[Id, Said[DeclarationText]]]
    releases: Said[dict[Id, Said[ReleaseText]]] | None = None
    windows: dict[Id, Said[WindowText]]
    calendar: Said[WorkCalendarText] | None = None
    channels: Said[dict[Id, Said[ChannelText]]] | None = None
    schedule: list[Said[PhaseText]] | None = None
    naming: Said[list[Said[NamingText]]] | None = None
    panels: dict[Id, Said[PanelText]] | None = None
    votes: dict[Id, Said[VoteText]] | None = None
    rounds: dict[Id, Said[RoundText]]
    awards: Said[dict[Id, Said[AwardText]]]
    prizes: PrizesText
    recognition: Said[list[Said[RecognitionText]]] | None = None
    publication: Said[PublicationText] | None = None
    recommendation: Said[RecommendationText] | None = None
    objections: Said[ObjectionsText] | None = None
    documents: Said[dict[Id, Said[DocumentText]]] | None = None
    terms: Said[dict[Id, Said[TermText]]] | None = None
    background: list[Background] | None = None
    questions: dict[QuestionId, QuestionText] = Setting(default_factory=dict)
