"""The resolved rules of a contest, part by part; `whole.Rules` holds them together."""

from .calendar import Channel, Extension, Naming, Phase, Window, WindowKind, WorkCalendar
from .judging import (
    Advance,
    Component,
    Constraint,
    Criterion,
    Live,
    Panel,
    Penalty,
    RankPoints,
    Round,
    ScoreScheme,
    Seats,
    TieBreak,
    Vote,
)
from .outcomes import (
    Award,
    AwardQuota,
    Decision,
    Document,
    Formula,
    FormulaPart,
    Objections,
    Publication,
    Recognition,
    Recommendation,
)
from .part import Citation, Part, Rule, canonical, canonical_form, fingerprint
from .parties import (
    Body,
    Collector,
    Contact,
    Edition,
    EntryQuota,
    Exemption,
    Mix,
    Organiser,
    Region,
    Registration,
    Rounding,
    Superior,
    UnitClass,
)
from .whole import Rules
from .works import (
    Ages,
    Checker,
    Choice,
    Declaration,
    Division,
    Field,
    FieldKind,
    Novelty,
    PersonCap,
    PersonDetail,
    Qualification,
    Release,
    Requirement,
    RoleCount,
    Severity,
    Slot,
    SlotKind,
    SlotRole,
    Term,
    Theme,
    Track,
    TrackGroup,
)

__all__ = [
    "Advance", "Ages", "Award", "AwardQuota", "Body", "Channel", "Checker", "Choice", "Citation",
    "Collector", "Component", "Constraint", "Contact", "Criterion", "Decision", "Declaration",
    "Division", "Document", "Edition", "EntryQuota", "Exemption", "Extension", "Field", "FieldKind",
    "Formula", "FormulaPart", "Live", "Mix", "Naming", "Novelty", "Objections", "Organiser", "Panel",
    "Part", "Penalty", "PersonCap", "PersonDetail", "Phase", "Publication", "Qualification",
    "RankPoints", "Recognition", "Recommendation", "Region", "Registration", "Release", "Requirement",
    "RoleCount", "Round", "Rounding", "Rule", "Rules", "ScoreScheme", "Seats", "Severity", "Slot", "SlotKind", "SlotRole",
    "Superior", "Term", "Theme", "TieBreak", "Track", "TrackGroup", "UnitClass", "Vote", "Window",
    "WindowKind", "WorkCalendar", "canonical", "canonical_form", "fingerprint",
]  # fmt: skip
